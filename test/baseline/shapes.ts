import type { Baseline } from '../../lib/baseline/baseline.ts';
import { learn } from '../../lib/baseline/learn.ts';
import type { Shape } from '../../lib/baseline/shape.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** Thursday 2026-11-05 00:00 UTC, when a week of the epoch begins. */
export const T0 = Date.UTC(2026, 10, 5);

/** Groups by job. */
export function groups(at: number, counts: Readonly<Record<string, number>>): Shape {
  return {
    at,
    groups: Object.entries(counts).map(([job, series]) => ({ group: new Map([['job', job]]), series })),
  };
}

/** Sets of names, each written as its names with spaces between. */
export function names(at: number, counts: Readonly<Record<string, number>>): Shape {
  return { at, keySets: Object.entries(counts).map(([set, series]) => ({ names: set.split(' '), series })) };
}

/** Values of labels. */
export function values(
  at: number,
  counts: Readonly<Record<string, Readonly<Record<string, number>>>>,
): Shape {
  return {
    at,
    values: new Map(Object.entries(counts).map(([label, of]) => [label, new Map(Object.entries(of))])),
  };
}

export const OK = { fed: true, rollout: false, drifts: [] } as const;

/** What was learned of ok runs every half an hour, until before `to`. */
export function learned(
  shapeAt: (at: number) => Shape,
  to: number,
  { from = T0, baseline }: { from?: number; baseline?: Baseline } = {},
): Baseline {
  let known = baseline;
  for (let at = from; at < to; at += 30 * MINUTE) known = learn(known, shapeAt(at), OK);
  if (!known) throw new Error('nothing was learned');
  return known;
}
