import { expect, test } from 'vitest';
import { restarted, rolledOver, scaledTo, steadyService } from '../../rehearsal/ecs-service.ts';
import { serviceAt } from '../../rehearsal/ecs-state.ts';
import {
  addStreams,
  endTraces,
  resumeStreams,
  resumeTraces,
  silence,
  turnStreams,
} from '../../rehearsal/estate.ts';
import { eventTimes } from '../../rehearsal/log-groups.ts';
import { startPipeline } from '../../rehearsal/pipeline.ts';
import { fleetOf } from '../../rehearsal/fleet.ts';
import { tracesIn } from '../../rehearsal/trace-world.ts';
import { emptyWorld } from '../../rehearsal/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const GROUP = '/logs/shop';

test('streams that have ended stay ended when their successors end, and go on only where they are told to', () => {
  const world = emptyWorld();
  addStreams(world, GROUP, ['a'], 0);
  turnStreams(world, GROUP, ['b'], 10 * MINUTE, MINUTE);
  silence(world, GROUP, 20 * MINUTE);
  resumeStreams(world, GROUP, ['b'], 40 * MINUTE);
  const streams = world.groups.get(GROUP)?.streams ?? [];
  const sent = Object.fromEntries(
    streams.map((stream) => [stream.name, eventTimes(stream, 0, 42 * MINUTE).map((at) => at / MINUTE)]),
  );
  expect(sent).toEqual({ a: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], b: [40, 41] });
});

test('traces of one service end and begin again, those of another go on', () => {
  const world = emptyWorld();
  const every = { everyMs: MINUTE };
  world.traces.services = [
    { name: 'cart', ...every },
    { name: 'shop', ...every },
  ];
  endTraces(world, 'shop', 5 * MINUTE);
  resumeTraces(world, 'shop', 8 * MINUTE);
  const begun = (name: string) =>
    tracesIn(world.traces, 0, 10 * MINUTE)
      .filter(({ service }) => service.name === name)
      .map(({ startedAt }) => startedAt / MINUTE)
      .toSorted((a, b) => a - b);
  expect(begun('shop')).toEqual([0, 1, 2, 3, 4, 8, 9]);
  expect(begun('cart')).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(() => resumeTraces(world, 'bank', 0)).toThrow('there is no service bank');
});

test('a service of ECS is scaled, rolled over and restarted one after the other', () => {
  const counted = (desired: number, running: number, pending = 0) =>
    expect.objectContaining({ desiredCount: desired, runningCount: running, pendingCount: pending });
  const scaled = scaledTo(steadyService('shop:1', 2, 0), 3, MINUTE);
  expect(serviceAt(scaled, 1.2 * MINUTE, String)).toEqual(counted(3, 2, 1));
  const fewer = scaledTo(scaled, 1, 10 * MINUTE);
  expect(serviceAt(fewer, 11 * MINUTE, String)).toEqual(counted(1, 1));
  const rolled = rolledOver(fewer, 'shop:2', 20 * MINUTE, MINUTE);
  expect(serviceAt(rolled, 20.75 * MINUTE, String)).toEqual(counted(1, 2));
  const again = restarted(rolled, 30 * MINUTE, 10_000);
  expect([30, 30.3, 31].map((minutes) => serviceAt(again, minutes * MINUTE, String))).toEqual([
    counted(1, 0),
    counted(1, 0, 1),
    counted(1, 1),
  ]);
});

test('a fleet forgets what no question can see any more, and nothing else', () => {
  const pipeline = startPipeline({ jobs: [{ name: 'pods', scrapeInterval: 15, targets: [] }] }, 0);
  const fleet = fleetOf(pipeline);
  const old = fleet.add('pods', { instance: 'old' }, 0);
  fleet.add('pods', { instance: 'new' }, HOUR);
  fleet.remove(old, HOUR, false);
  const instances = () => [...new Set(pipeline.series.map(({ labels }) => labels.get('instance')))];
  fleet.forget(8 * HOUR);
  expect(instances()).toEqual(['old', 'new']);
  fleet.forget(10 * HOUR);
  expect(instances()).toEqual(['new']);
});
