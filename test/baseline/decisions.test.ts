import { describe as about, expect, test } from 'vitest';
import { accept } from '../../lib/baseline/accept.ts';
import { resetBaselines } from '../../lib/baseline/decided.ts';
import { describe } from '../../lib/baseline/describe.ts';
import { learn } from '../../lib/baseline/learn.ts';
import { pinOf } from '../../lib/baseline/pin.ts';
import { seriesDrift } from '../../lib/baseline/series-drift.ts';
import type { Shape } from '../../lib/baseline/shape.ts';
import { memoryStore } from '../support/memory-store.ts';
import { fakeClock } from '../support/ports.ts';
import { signal } from '../support/world.ts';
import { DAY, groups, HOUR, learned, names, OK, T0, values } from './shapes.ts';

const TOLERANCE = { drop: 0.2, rise: 0.2 };
const WHO = { by: 'alice', why: 'the team left' };
const whole = (at: number): Shape => ({
  ...groups(at, { pods: 40, nodes: 10 }),
  ...names(at, { 'instance job pod': 40, 'instance job': 10 }),
  ...values(at, { job: { pods: 40, nodes: 10 }, version: { v1: 50 } }),
});
const now = T0 + 10 * DAY;
const baseline = learned(whole, now);

about('accept', () => {
  test('what is gone is forgotten, what is there is usual, and who said so is kept', () => {
    const left = groups(now, { pods: 25 });
    const after = accept(baseline, left, now, WHO);
    expect(seriesDrift(after, left, TOLERANCE)).toStrictEqual([]);
    expect(after.accepted).toStrictEqual([{ at: now, ...WHO }]);
    expect(seriesDrift(after, groups(now, { pods: 15 }), TOLERANCE)).toMatchObject([{ kind: 'drop' }]);
    expect(after.keySets).toBe(baseline.keySets);
  });

  test('the ups and downs of the day are scaled with it', () => {
    const daily =
      (size: number) =>
      (at: number): Shape =>
        groups(at, { pods: Math.round(size * (1 + 0.5 * Math.cos(((at % DAY) / DAY) * 2 * Math.PI))) });
    const after = accept(learned(daily(200), now), daily(100)(now), now, WHO);
    for (let at = now; at < now + 3 * DAY; at += HOUR)
      expect(seriesDrift(after, daily(100)(at), TOLERANCE)).toStrictEqual([]);
    expect(seriesDrift(after, daily(55)(now), TOLERANCE)).toMatchObject([{ kind: 'drop' }]);
  });

  test('a slide that is accepted is compared with from there', () => {
    const sliding = (at: number): Shape =>
      groups(at, { pods: Math.round(400 * 0.985 ** ((at - T0) / DAY)), nodes: 100 });
    const slid = learned(sliding, T0 + 25 * DAY);
    const then = T0 + 25 * DAY;
    expect(seriesDrift(slid, sliding(then), TOLERANCE)).toMatchObject([{ kind: 'drop', against: 'anchor' }]);
    expect(seriesDrift(accept(slid, sliding(then), then, WHO), sliding(then), TOLERANCE)).toStrictEqual([]);
  });

  test('only the last twenty are kept', () => {
    let known = baseline;
    for (let hour = 0; hour < 30; hour += 1) known = accept(known, whole(now), now + hour * HOUR, WHO);
    expect(known.accepted.map(({ at }) => (at - now) / HOUR)).toStrictEqual(
      Array.from({ length: 20 }, (_, index) => 10 + index),
    );
  });
});

test('a baseline for people', () => {
  expect(describe(baseline, now)).toMatchObject({
    maturity: { runs: 24, of: 24, ready: true },
    firstAt: T0,
    total: { from: 50, to: 50, median: 50, spread: 0 },
    groups: [
      { group: new Map([['job', 'pods']]), from: 40, to: 40 },
      { group: new Map([['job', 'nodes']]), from: 10, to: 10 },
    ],
    keySets: [
      { names: ['instance', 'job', 'pod'], from: 40 },
      { names: ['instance', 'job'], from: 10 },
    ],
    labels: [
      { label: 'instance', share: 1 },
      { label: 'job', share: 1 },
      { label: 'pod', share: 0.8 },
    ],
    values: [
      { label: 'job', turnsOver: false, values: ['nodes', 'pods'] },
      { label: 'version', turnsOver: true, values: ['v1'] },
    ],
  });
});

about('pin', () => {
  test('what is usual as explicit expectations', () => {
    expect(pinOf(baseline, now, TOLERANCE)).toStrictEqual({
      series: { min: 40, max: 60 },
      labels: { require: ['instance', 'job'], values: new Map([['job', ['nodes', 'pods']]]) },
      dimensions: [
        ['instance', 'job', 'pod'],
        ['instance', 'job'],
      ],
    });
  });

  test('only what has a tolerance, and nothing of what is being learned', () => {
    expect(pinOf(baseline, now, { drop: 0.5 }).series).toStrictEqual({ min: 25, max: undefined });
    expect(pinOf(learn(undefined, whole(T0), OK), T0, TOLERANCE)).toStrictEqual({});
  });
});

test('of what was decided the last twenty are kept, also of beginning anew', async () => {
  const store = memoryStore();
  const clock = fakeClock(now);
  const one = signal({ name: 'one', series: { drift: TOLERANCE } });
  const cluster = { name: 'c', region: 'eu-west-1', signals: [{ judged: true, signal: one }] };
  for (let time = 0; time < 25; time += 1)
    await resetBaselines(cluster, { by: 'alice', why: `move ${time}` }, { clock, store });
  const known = (await store.baselines('c')).get('one');
  const accepted = known && 'baseline' in known ? known.baseline.accepted : [];
  expect(accepted).toHaveLength(20);
  expect(accepted.at(-1)).toStrictEqual({ at: now, by: 'alice', why: 'begun anew: move 24' });
});
