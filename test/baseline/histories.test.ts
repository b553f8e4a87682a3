import { expect, test } from 'vitest';
import { BREAKS } from '../../bench/drift/breaks.ts';
import { HEALTHY } from '../../bench/drift/healthy.ts';
import { measure } from '../../bench/drift/measure.ts';

/** The short form of the benchmark: the smallest estates, two days learned and one watched. */
const SHORT = { seeds: [3], sizes: ['small', 'cloudwatch'], afterDays: 2, days: 1, rivals: [] };

const isQuick = ({ days, afterDays }: { days?: number; afterDays?: number }): boolean =>
  days === undefined && afterDays === undefined;

test('there are at least thirty kinds of each', () => {
  expect(BREAKS.length).toBeGreaterThanOrEqual(30);
  expect(HEALTHY.length).toBeGreaterThanOrEqual(30);
  expect(new Set([...BREAKS, ...HEALTHY].map(({ name }) => name)).size).toBe(BREAKS.length + HEALTHY.length);
});

test('drift of every third kind is told within half an hour, mostly, and nothing before they begin', () => {
  const every = BREAKS.filter(isQuick).filter((_, index) => index % 3 === 0);
  const outcomes = every.flatMap((kind) => measure(kind, true, SHORT).slice(0, 1));
  const runs = outcomes.flatMap(({ runsUntil }) => runsUntil);
  const histories = outcomes.reduce((sum, outcome) => sum + outcome.histories, 0);
  expect(outcomes.filter(({ wrong }) => wrong > 0)).toEqual([]);
  expect(runs.length / histories).toBeGreaterThan(0.9);
  expect(runs.filter((count) => count <= 6).length / histories).toBeGreaterThan(0.85);
});

test.each([
  'all workloads are deployed every day',
  'nothing happens',
  'a slow job flickers one run in ten',
  'a job every hour for ten minutes',
])('nothing is told where %s', (name) => {
  const kind = HEALTHY.find((one) => one.name === name);
  if (!kind) throw new Error(`there is no kind ${name}`);
  expect(measure(kind, false, { ...SHORT, days: 3 })[0]).toMatchObject({
    wrong: 0,
    warnings: 0,
    examples: [],
  });
});

test('a gain is one warning', () => {
  const kind = HEALTHY.find(({ name }) => name === 'a new team has a workload');
  if (!kind) throw new Error('there is no such kind');
  expect(measure(kind, false, { ...SHORT, days: 3 })[0]).toMatchObject({
    histories: 1,
    wrong: 0,
    warnings: 1,
  });
});
