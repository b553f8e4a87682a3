import fc from 'fast-check';
import { expect, test } from 'vitest';
import { accept } from '../../lib/baseline/accept.ts';
import type { Baseline } from '../../lib/baseline/baseline.ts';
import { baselineWire } from '../../lib/baseline/baseline-wire.ts';
import { learn } from '../../lib/baseline/learn.ts';
import { nameDrift } from '../../lib/baseline/name-drift.ts';
import { seriesDrift } from '../../lib/baseline/series-drift.ts';
import type { Drift, Shape } from '../../lib/baseline/shape.ts';
import { valueDrift } from '../../lib/baseline/value-drift.ts';
import { HOUR, T0 } from './shapes.ts';

const name = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'job', 'pod', 'a b', '\u0000', ''),
  fc.string({ maxLength: 6 }),
);
const series = fc.oneof(fc.nat({ max: 5 }), fc.nat({ max: 300 }));
const groups = fc.array(
  fc.record({
    group: fc.array(fc.tuple(name, name), { maxLength: 2 }).map((pairs) => new Map(pairs)),
    series,
  }),
  { maxLength: 6 },
);
const keySets = fc.array(
  fc.record({ names: fc.uniqueArray(name, { maxLength: 4 }).map((names) => names.sort()), series }),
  { maxLength: 5 },
);
const values = fc
  .array(
    fc.tuple(
      name,
      fc.array(fc.tuple(name, series), { maxLength: 4 }).map((all) => new Map(all)),
    ),
    { maxLength: 3 },
  )
  .map((all) => new Map(all));
const optional = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined, freq: 8 });
const seen = fc.record({ groups: optional(groups), keySets: optional(keySets), values: optional(values) });

/** Runs from a few shapes that come again and again, each some minutes or hours after the other. */
const histories = fc
  .tuple(
    fc.array(seen, { minLength: 1, maxLength: 3 }),
    fc.array(fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 150 }), fc.boolean()), {
      minLength: 5,
      maxLength: 70,
    }),
  )
  .map(([shapes, runs]) => {
    let at = T0;
    return runs.map(([which, minutes, rollout]) => {
      at += minutes * 60_000;
      return { shape: { ...shapes[which % shapes.length], at }, rollout: rollout && minutes < 20 };
    });
  });

function judged(baseline: Baseline | undefined, shape: Shape): readonly Drift[] {
  return [
    ...seriesDrift(baseline, shape, { drop: 0.2, rise: 0.2 }),
    ...nameDrift(baseline, shape, { sets: shape.at % 2 === 0 }),
    ...valueDrift(baseline, shape),
  ];
}

type Runs = readonly { readonly shape: Shape; readonly rollout: boolean }[];

function play(runs: Runs, times = 1, turn: (shape: Shape) => Shape = (shape) => shape) {
  let baseline: Baseline | undefined;
  const told: (readonly Drift[])[] = [];
  for (const { shape, rollout } of runs) {
    const drifts = judged(baseline, turn(shape));
    for (let time = 0; time < times; time += 1) {
      baseline = learn(baseline, turn(shape), { fed: drifts.length === 0, rollout, drifts });
    }
    told.push(drifts);
  }
  return { baseline, told };
}

const RUNS = { numRuns: 60 };

test('a run that is counted twice changes nothing', () => {
  fc.assert(
    fc.property(histories, (runs) => {
      const [once, twice] = [play(runs), play(runs, 2)];
      expect(twice.told).toStrictEqual(once.told);
      expect(twice.baseline).toStrictEqual(once.baseline);
    }),
    RUNS,
  );
});

test('the order of rows changes nothing', () => {
  const turned = ({ at, groups, keySets, values }: Shape): Shape => ({
    at,
    groups: groups?.toReversed(),
    keySets: keySets?.toReversed(),
    values:
      values &&
      new Map([...values].toReversed().map(([label, of]) => [label, new Map([...of].toReversed())])),
  });
  const sorted = (drifts: readonly Drift[]): string[] =>
    drifts
      .map((drift) =>
        JSON.stringify(drift, (_, value: unknown) => (value instanceof Map ? [...value] : value)),
      )
      .sort();
  fc.assert(
    fc.property(histories, (runs) => {
      const [one, other] = [play(runs), play(runs, 1, turned)];
      expect(other.told.map(sorted)).toStrictEqual(one.told.map(sorted));
      expect(other.baseline).toEqual(one.baseline);
    }),
    RUNS,
  );
});

test('whatever was learned can be stored and read', () => {
  fc.assert(
    fc.property(histories, (runs) => {
      const { baseline } = play(runs);
      if (!baseline) return;
      const json: unknown = JSON.parse(JSON.stringify(baselineWire.toJson(baseline)));
      expect(baselineWire.fromJson(json)).toEqual({ value: baseline });
    }),
    RUNS,
  );
});

test('what is accepted is not told any more', () => {
  fc.assert(
    fc.property(histories, (runs) => {
      const { baseline } = play(runs);
      const last = runs.at(-1)?.shape;
      if (!baseline || !last) return;
      expect(judged(accept(baseline, last, last.at, { by: 'me', why: 'planned' }), last)).toStrictEqual([]);
    }),
    RUNS,
  );
});

test('what is always the same is never told', () => {
  fc.assert(
    fc.property(seen, (shape) => {
      const runs = Array.from({ length: 40 }, (_, hour) => ({
        shape: { ...shape, at: T0 + hour * HOUR },
        rollout: false,
      }));
      expect(play(runs).told.flat()).toStrictEqual([]);
    }),
    RUNS,
  );
});

test('churn never grows it', () => {
  let baseline: Baseline | undefined;
  let [most, atDay10] = [0, 0];
  for (let hour = 0; hour < 24 * 20; hour += 1) {
    const at = T0 + hour * HOUR;
    const group = (index: number) => new Map([['kind', `thing ${hour * 7 + index}`]]);
    const shape: Shape = {
      at,
      groups: Array.from({ length: 7 }, (_, index) => ({ group: group(index), series: 2 })),
      values: new Map([['kind', new Map([[`thing ${hour}`, 2]])]]),
    };
    baseline = learn(baseline, shape, { fed: true, rollout: false, drifts: judged(baseline, shape) });
    most = Math.max(most, JSON.stringify(baselineWire.toJson(baseline)).length);
    if (hour === 240) atDay10 = most;
  }
  expect(most).toBe(atDay10);
  expect(most).toBeLessThan(40_000);
});
