import type { Drift, Shape } from '../../lib/baseline/shape.ts';
import { DAY_MS, EVERY_MS } from './estate.ts';

/** What people use instead. Each learns for a day first, as Plumbline does. */
export type Rival = () => (shape: Shape) => readonly Drift[];

export const RIVALS: Readonly<Record<string, Rival>> = {
  'fixed ±20 %': fixedBounds,
  'presence only': presence,
  '3-sigma band': threeSigma,
};

const LEARNING_RUNS = DAY_MS / EVERY_MS;
const WEEK_RUNS = 7 * LEARNING_RUNS;

/** Bounds of the total, and of each group, around their medians of the first day. */
function fixedBounds(): (shape: Shape) => readonly Drift[] {
  const seen = new Map<string, number[]>();
  let runs = 0;
  let usual: Map<string, number> | undefined;
  return (shape) => {
    runs += 1;
    const counts = countsOf(shape);
    if (runs <= LEARNING_RUNS) for (const [key, series] of counts) append(seen, key, series);
    if (runs < LEARNING_RUNS) return [];
    usual ??= new Map(
      [...seen].map(([key, all]) => [key, all.toSorted((a, b) => a - b)[all.length >> 1] ?? 0]),
    );
    return [...usual].flatMap(([key, mid]) => {
      const now = counts.get(key) ?? 0;
      return now < mid * 0.8 || now > mid * 1.2 ? [found(key, now < mid ? 'drop' : 'rise', now)] : [];
    });
  };
}

/** Whether every group, label and value of the first day is still there. */
function presence(): (shape: Shape) => readonly Drift[] {
  const known = new Set<string>();
  let runs = 0;
  return (shape) => {
    runs += 1;
    const there = new Set([
      ...countsOf(shape).keys(),
      ...(shape.keySets ?? []).flatMap(({ names }) => names.map((name) => `name ${name}`)),
      ...[...(shape.values ?? [])].flatMap(([label, all]) =>
        [...all.keys()].map((value) => `${label}=${value}`),
      ),
    ]);
    if (runs <= LEARNING_RUNS) for (const key of there) known.add(key);
    return runs <= LEARNING_RUNS
      ? []
      : [...known].filter((key) => !there.has(key)).map((key) => found(key, 'gone', 0));
  };
}

/** The total and each group within three standard deviations of their means of the last seven days. */
function threeSigma(): (shape: Shape) => readonly Drift[] {
  const windows = new Map<string, { sum: number; squares: number; runs: number[] }>();
  let runs = 0;
  return (shape) => {
    const counts = countsOf(shape);
    runs += 1;
    const drifts = [...new Set([...windows.keys(), ...counts.keys()])].flatMap((key) => {
      const now = counts.get(key) ?? 0;
      const window = windows.get(key) ?? { sum: 0, squares: 0, runs: [] };
      windows.set(key, window);
      const count = window.runs.length;
      const mean = window.sum / count;
      const sigma = Math.sqrt(Math.max(0, window.squares / count - mean * mean));
      const isOut = runs > LEARNING_RUNS && Math.abs(now - mean) > 3 * sigma + 1e-6;
      window.runs.push(now);
      window.sum += now;
      window.squares += now * now;
      const old = window.runs.length > WEEK_RUNS ? (window.runs.shift() ?? 0) : 0;
      window.sum -= old;
      window.squares -= old * old;
      return isOut ? [found(key, now < mean ? 'drop' : 'rise', now)] : [];
    });
    return drifts;
  };
}

function countsOf({ groups = [] }: Shape): Map<string, number> {
  const counts = new Map<string, number>([['', 0]]);
  for (const { group, series } of groups) {
    counts.set('', (counts.get('') ?? 0) + series);
    counts.set(JSON.stringify([...group]), series);
  }
  return counts;
}

function append(seen: Map<string, number[]>, key: string, series: number): void {
  const all = seen.get(key);
  if (all) all.push(series);
  else seen.set(key, [series]);
}

/** In the words of drift, so that all are told alike; what it is about stands in the group. */
function found(key: string, kind: 'drop' | 'rise' | 'gone', observed: number): Drift {
  return {
    of: 'series',
    kind,
    group: new Map([['of', key]]),
    observed,
    usual: { from: 0, to: 0 },
    against: 'usual',
  };
}
