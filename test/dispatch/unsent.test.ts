import { describe, expect, test } from 'vitest';
import type { SendBatch } from '../../lib/dispatch/send.ts';
import { TICK_MS } from '../../lib/dispatch/slots.ts';
import { type Fleet, fleet, NOON } from './fleet.ts';

const DAY_MS = 24 * 60 * TICK_MS;
const isoOf = (at: number) => new Date(at).toISOString();
const nothing: SendBatch = () => Promise.reject(new Error('unreachable: no answer'));

/** A queue that takes everything but the runs of some clusters. */
function takingAllBut(world: Fleet, refused: readonly string[]): SendBatch {
  return async (batch) => {
    const isRefused = (body: string) => refused.some((name) => body.includes(`"${name}"`));
    for (const { body, delaySeconds } of batch)
      if (!isRefused(body)) world.queue.push({ body, at: world.clock.now() + delaySeconds * 1000 });
    return new Map(
      batch.flatMap(({ body }, at) => (isRefused(body) ? [[at, 'InternalError'] as const] : [])),
    );
  };
}

const slotsOf = ({ queue }: Fleet) =>
  queue.map(({ body }) => {
    const { clusters, scheduledAt } = JSON.parse(body) as { clusters: string[]; scheduledAt: string };
    return `${clusters.join()} ${scheduledAt}`;
  });

async function tick(world: Fleet, minute: number, send?: SendBatch) {
  world.clock.advance(NOON + minute * TICK_MS - world.clock.now());
  return world.dispatch(NOON + minute * TICK_MS, send ? { send } : {});
}

describe('a run that the queue did not take', () => {
  test('is sent again by the next tick, as the same run, and what was taken is not', async () => {
    const world = fleet(['a', 'b', 'c']);
    expect(await tick(world, 0, takingAllBut(world, ['b']))).toMatchObject({ sent: 2, unsent: 1 });
    expect(await tick(world, 1)).toMatchObject({ sent: 1, unsent: 0 });
    expect(await tick(world, 2)).toMatchObject({ sent: 0, unsent: 0 });
    expect(slotsOf(world)).toEqual(['a', 'c', 'b'].map((name) => `${name} ${isoOf(NOON)}`));
  });

  test('is tried by every tick while its slot is open, however long that is', async () => {
    const world = fleet(['a'], { everyMs: DAY_MS / 2 });
    for (let minute = 0; minute < 30; minute += 1)
      expect(await tick(world, minute, nothing)).toMatchObject({ sent: 0, unsent: 1 });
    expect(await tick(world, 30)).toMatchObject({ sent: 1 });
    expect(await tick(world, 31)).toMatchObject({ sent: 0 });
    expect(slotsOf(world)).toEqual([`a ${isoOf(NOON)}`]);
  });

  test('is not sent once a later one is due, and is recorded as missed', async () => {
    const world = fleet(['a'], { everyMs: TICK_MS });
    await tick(world, -1);
    for (const message of world.take(NOON)) await world.verify(message);
    await tick(world, 0, nothing);
    await tick(world, 1);
    expect(slotsOf(world)).toEqual([`a ${isoOf(NOON + TICK_MS)}`]);
    for (const message of world.take(NOON + 2 * TICK_MS)) await world.verify(message);
    await tick(world, 2);
    const missed = world.kept.recorded.filter(({ id }) => id.endsWith('+missed'));
    expect(missed.map(({ cluster, at }) => `${cluster} ${isoOf(at)}`)).toEqual([`a ${isoOf(NOON)}`]);
  });

  test('is sent again where the cluster is verified more seldom meanwhile', async () => {
    const world = fleet(['a']);
    await tick(world, 5, nothing);
    world.clock.advance(TICK_MS);
    const seldom = world.scheduled.map((one) => ({ ...one, everyMs: 10 * TICK_MS }));
    expect(await world.dispatch(NOON + 6 * TICK_MS, {}, seldom)).toMatchObject({ sent: 1 });
    expect(slotsOf(world)).toEqual([`a ${isoOf(NOON + 5 * TICK_MS)}`]);
  });

  test('is nothing to anybody once its cluster left', async () => {
    const world = fleet(['a', 'b']);
    await tick(world, 0, takingAllBut(world, ['b']));
    world.clock.advance(TICK_MS);
    const left = world.scheduled.filter(({ cluster }) => cluster.name === 'a');
    expect(await world.dispatch(NOON + TICK_MS, {}, left)).toMatchObject({ sent: 0, unsent: 0 });
  });

  test('does nothing a second time where its first message had arrived after all', async () => {
    const world = fleet(['a']);
    await tick(world, 0, async (batch) => {
      await takingAllBut(world, [])(batch);
      throw new Error('timeout: no answer in time');
    });
    await tick(world, 1);
    expect(slotsOf(world)).toHaveLength(4);
    const verdicts: unknown[] = [];
    for (const message of world.take(Number.POSITIVE_INFINITY))
      verdicts.push((await world.verify(message)).clusters[0]?.verdict);
    expect(verdicts[0]).toBe('ok');
    expect(new Set(verdicts.slice(1))).toEqual(new Set(['repeated']));
    expect(world.kept.recorded).toHaveLength(1);
  });
});

test('runs that were missed for an hour are recorded as long as there is time, and the rest is told', async () => {
  const names = Array.from({ length: 50 }, (_, index) => `c${index}`);
  const world = fleet(names);
  await tick(world, 0);
  for (const message of world.take(NOON + TICK_MS)) await world.verify(message);
  const addRun: typeof world.kept.addRun = async (run) => {
    await world.clock.sleep(250);
    return world.kept.addRun(run);
  };
  world.clock.advance(NOON + 60 * TICK_MS - world.clock.now());
  const result = await world.dispatch(NOON + 60 * TICK_MS, { store: { ...world.kept, addRun } });
  const missed = world.kept.recorded.filter(({ id }) => id.endsWith('+missed'));
  expect(result.forgotten).toBe(1);
  expect(missed.length).toBeGreaterThan(100);
  const told = world.log.find(({ what }) => what === 'forgetful');
  expect(told).toMatchObject({
    error: { message: `no time was left to record ${550 - missed.length} missed runs` },
  });
});

describe('a queue that hangs', () => {
  test('takes half of the time at most, and what was found is told all the same', async () => {
    const names = Array.from({ length: 200 }, (_, index) => `c${index}`);
    const world = fleet(names);
    world.silent.add('c0');
    const hanging: SendBatch = async () => {
      await world.clock.sleep(4000);
      throw new Error('timeout: no answer in time');
    };
    for (const minute of [0, 5]) {
      await tick(world, minute);
      for (const message of world.take(NOON + (minute + 1) * TICK_MS)) await world.verify(message);
    }
    const before = world.clock.now();
    const result = await world.dispatch(NOON + 10 * TICK_MS, { send: hanging });
    expect(result.unsent).toBe(200);
    expect(world.clock.now() - before).toBeLessThanOrEqual(TICK_MS / 2 + 8 * 4000);
    expect(world.titles()).toEqual(['c0: canary failing (prometheus)']);
    expect(await world.dispatch(NOON + 11 * TICK_MS)).toMatchObject({ sent: 200 });
  });
});
