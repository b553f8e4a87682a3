import { expect, test } from 'vitest';
import { BREAKS } from '../../bench/drift/breaks.ts';
import { HEALTHY } from '../../bench/drift/healthy.ts';
import type { Kind } from '../../bench/drift/kind.ts';
import { measure, type Outcome } from '../../bench/drift/measure.ts';

/** A seed with which nothing was tuned; the larger estates are played by `npm run bench:drift`. */
const HELD_OUT = { seeds: [21], sizes: ['small', 'cloudwatch'], rivals: [] };

const play = (kinds: readonly Kind[], isBreak: boolean): readonly Outcome[] =>
  kinds.flatMap((kind) =>
    measure(kind, isBreak, { ...HELD_OUT, afterDays: isBreak ? 9 : 8, days: isBreak ? 8 : 23 }).slice(0, 1),
  );
const sum = (outcomes: readonly Outcome[], of: 'told' | 'histories' | 'wrong' | 'warnings'): number =>
  outcomes.reduce((total, outcome) => total + outcome[of], 0);

test('97 of 100 real drifts are told, and nothing before they begin', () => {
  const outcomes = play(BREAKS, true);
  expect(outcomes.filter(({ wrong }) => wrong > 0)).toEqual([]);
  expect(sum(outcomes, 'told') / sum(outcomes, 'histories')).toBeGreaterThanOrEqual(0.97);
});

test('at most one false message in 70 months of one cluster', () => {
  const outcomes = play(HEALTHY, false);
  expect(sum(outcomes, 'histories')).toBeGreaterThanOrEqual(70);
  expect(sum(outcomes, 'wrong')).toBeLessThanOrEqual(1);
});
