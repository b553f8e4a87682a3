import { describe, expect, test } from 'vitest';
import type { Baseline } from '../../lib/baseline/baseline.ts';
import { learn } from '../../lib/baseline/learn.ts';
import { seriesDrift } from '../../lib/baseline/series-drift.ts';
import type { Shape } from '../../lib/baseline/shape.ts';
import { DAY, groups, HOUR, learned, MINUTE, OK, T0 } from './shapes.ts';

const TOLERANCE = { drop: 0.2, rise: 0.2 };
const steady = (at: number): Shape => groups(at, { pods: 40, nodes: 10 });
const told = (baseline: Baseline | undefined, shape: Shape) =>
  seriesDrift(baseline, shape, TOLERANCE).map(({ kind, group, observed, against }) =>
    [kind, group?.get('job') ?? 'whole', observed, against].join(' '),
  );

describe('while it is being learned', () => {
  test.each([
    ['nothing is known', undefined],
    ['23 hours are known', learned(steady, T0 + 23 * HOUR)],
  ])('nothing is told: %s', (_, baseline) => {
    expect(told(baseline, groups(T0 + 23 * HOUR, { pods: 1 }))).toStrictEqual([]);
  });

  test('a day of two runs is no day of learning', () => {
    const two = learn(learn(undefined, steady(T0), OK), steady(T0 + DAY), OK);
    expect(told(two, groups(T0 + 2 * DAY, { pods: 1 }))).toStrictEqual([]);
  });

  test('what was not asked is not missing', () => {
    expect(told(learned(steady, T0 + 2 * DAY), { at: T0 + 2 * DAY })).toStrictEqual([]);
  });
});

describe('after a day', () => {
  const now = T0 + 2 * DAY;
  const baseline = learned(steady, now);

  test.each<[string, Record<string, number>, string[]]>([
    ['as usual', { pods: 40, nodes: 10 }, []],
    ['within the tolerance', { pods: 33, nodes: 11 }, []],
    ['small changes of small groups', { pods: 40, nodes: 8 }, []],
    ['a group fell', { pods: 20, nodes: 10 }, ['drop pods 20 usual']],
    ['a group is gone', { nodes: 10 }, ['gone pods 0 usual']],
    ['a group is new', { pods: 40, nodes: 10, extra: 1 }, ['new extra 1 usual']],
    ['all doubled, which is told once', { pods: 80, nodes: 20 }, ['rise whole 100 usual']],
    ['all fell, and one is gone', { pods: 10 }, ['drop whole 10 usual', 'gone nodes 0 usual']],
    ['nothing is there', {}, ['drop whole 0 usual']],
  ])('%s', (_, counts, expected) => {
    expect(told(baseline, groups(now, counts)).sort()).toStrictEqual(expected.toSorted());
  });

  test('what is usual is told, and when a gain becomes normal', () => {
    expect(seriesDrift(baseline, groups(now, { pods: 80, nodes: 20 }), TOLERANCE)).toStrictEqual([
      {
        of: 'series',
        kind: 'rise',
        group: undefined,
        observed: 100,
        usual: { from: 40, to: 60 },
        against: 'usual',
        normalAt: now + DAY,
      },
    ]);
  });

  test('only what has a tolerance is judged', () => {
    expect(
      seriesDrift(baseline, groups(now, { pods: 10, extra: 3 }), { rise: 0.2 }).map(({ kind }) => kind),
    ).toStrictEqual(['new']);
    expect(
      seriesDrift(baseline, groups(now, { pods: 90, extra: 3 }), { drop: 0.2 }).map(({ kind }) => kind),
    ).toStrictEqual(['gone']);
  });
});

/** Runs every half an hour through judging and learning, as a schedule does. */
function run(baseline: Baseline, shapeAt: (at: number) => Shape, from: number, to: number) {
  const tape: string[] = [];
  let known = baseline;
  for (let at = from; at < to; at += 30 * MINUTE) {
    const drifts = seriesDrift(known, shapeAt(at), TOLERANCE);
    known = learn(known, shapeAt(at), { fed: drifts.length === 0, rollout: false, drifts });
    const line = drifts.map(({ kind, group }) => `${kind} ${group?.get('job') ?? 'whole'}`).join(', ');
    if (line !== (tape.at(-1) ?? '').replace(/^.*: /, '')) tape.push(`+${(at - from) / HOUR}h: ${line}`);
  }
  return { tape, baseline: known };
}

describe('as time goes by', () => {
  const start = T0 + 2 * DAY;
  const baseline = learned(steady, start);

  test('a rise is normal after a day, a fall back to what was is not told for a week', () => {
    const doubled = (at: number): Shape => groups(at, { pods: 80, nodes: 20 });
    const { tape, baseline: risen } = run(baseline, doubled, start, start + 4 * DAY);
    expect(tape).toStrictEqual(['+0h: rise whole', '+24h: ']);
    expect(run(risen, steady, start + 4 * DAY, start + 5 * DAY).tape).toStrictEqual([]);
  });

  test('a new group is normal after a day, and expected from then on', () => {
    const more = (at: number): Shape => groups(at, { pods: 40, nodes: 10, extra: 5 });
    const { tape, baseline: grown } = run(baseline, more, start, start + 3 * DAY);
    expect(tape).toStrictEqual(['+0h: new extra', '+24h: ']);
    expect(told(grown, steady(start + 3 * DAY))).toStrictEqual(['gone extra 0 usual']);
  });

  test('a drop never is', () => {
    const fallen = (at: number): Shape => groups(at, { pods: 20, nodes: 10 });
    expect(run(baseline, fallen, start, start + 60 * DAY).tape).toStrictEqual(['+0h: drop pods']);
  });

  test('most of many groups gone is a loss and no turnover', () => {
    const many =
      (count: number) =>
      (at: number): Shape =>
        groups(at, Object.fromEntries(Array.from({ length: count }, (_, index) => [`job-${index}`, 5])));
    const { tape } = run(learned(many(60), start), many(5), start, start + 20 * DAY);
    expect(tape).toHaveLength(1);
    expect(tape[0]).toMatch(/^\+0h: drop whole, gone job-/);
  });

  test('young groups that go again are missed', () => {
    const some =
      (count: number) =>
      (at: number): Shape =>
        groups(at, {
          pods: 40,
          nodes: 10,
          ...Object.fromEntries(Array.from({ length: count }, (_, index) => [`team-${index}`, 5])),
        });
    const { baseline: grown } = run(baseline, some(4), start, start + 3 * DAY);
    const { tape } = run(grown, steady, start + 3 * DAY, start + 12 * DAY);
    expect(tape).toStrictEqual(['+0h: gone team-0, gone team-1, gone team-2, gone team-3']);
  });

  test('a group that flickers while it is learned is not missed', () => {
    const flickers = (at: number): Shape =>
      groups(at, at % (2 * HOUR) === 0 ? { pods: 40, slow: 5 } : { pods: 40 });
    expect(run(learned(flickers, start), flickers, start, start + 5 * DAY).tape).toStrictEqual([]);
  });

  test('one percent a day does not slide by', () => {
    const sliding = (at: number): Shape =>
      groups(at, { pods: Math.round(400 * 0.99 ** Math.max(0, (at - start) / DAY - 7)), nodes: 100 });
    const { tape } = run(learned(sliding, start), sliding, start, start + 40 * DAY);
    expect(tape.map((line) => line.replace(/^\S+ /, ''))).toStrictEqual(['drop pods']);
    const hours = Number(/\d+/.exec(tape[0] ?? '')?.[0]);
    expect(hours / 24 - 7).toBeGreaterThan(20);
    expect(hours / 24 - 7).toBeLessThan(26);
  });

  test('a rollout does not teach what overlaps', () => {
    const shape = groups(start, { pods: 80, nodes: 20 });
    const after = learn(baseline, shape, { fed: true, rollout: true, drifts: [] });
    expect(told(after, groups(start + 30 * MINUTE, { pods: 80, nodes: 20 }))).toStrictEqual([
      'rise whole 100 usual',
    ]);
  });
});

describe('rhythm', () => {
  const daily = (at: number): Shape =>
    groups(at, { pods: Math.round(100 + 60 * Math.cos(((at % DAY) / DAY) * 2 * Math.PI)) });
  const start = T0 + 9 * DAY;
  const baseline = learned(daily, start);

  test('what is usual at night is a drop at noon, once a week is known', () => {
    const [midnight, noon] = [start, start + 12 * HOUR];
    expect(told(baseline, groups(noon, { pods: 40 }))).toStrictEqual([]);
    expect(told(baseline, groups(midnight, { pods: 40 }))).toStrictEqual(['drop pods 40 usual']);
    expect(told(learned(daily, T0 + 5 * DAY), groups(T0 + 5 * DAY, { pods: 40 }))).toStrictEqual([]);
  });

  test('what is usual by day is a rise at night', () => {
    expect(told(baseline, groups(start, { pods: 160 }))).toStrictEqual([]);
    expect(told(baseline, groups(start + 12 * HOUR, { pods: 160 }))).toStrictEqual(['rise pods 160 usual']);
  });
});

test('groups whose labels turn over are compared without them', () => {
  const byPod = (at: number): Shape => ({
    at,
    groups: Array.from({ length: 20 }, (_, index) => ({
      group: new Map([
        ['job', index < 15 ? 'pods' : 'nodes'],
        ['pod', `web-${Math.floor(at / HOUR)}-${index}`],
      ]),
      series: 2,
    })),
  });
  const now = T0 + 3 * DAY;
  const baseline = learned(byPod, now);
  expect(baseline.groups?.tracks.size).toBe(2);
  expect(told(baseline, byPod(now))).toStrictEqual([]);
  const { groups: rows = [] } = byPod(now);
  expect(told(baseline, { at: now, groups: rows.slice(15) })).toStrictEqual(['gone pods 0 usual']);
});
