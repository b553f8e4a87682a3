import type { Shape } from '../../lib/baseline/shape.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
export const EVERY_MS = 5 * MINUTE_MS;

/** Series that have the same labels, those aside whose values turn over. */
export interface Row {
  /** The values of labels that do not turn over. */
  readonly labels: Readonly<Record<string, string>>;
  /** All label names, sorted. */
  readonly names: readonly string[];
  readonly series: number;
}

/** What a simulated signal has at a time. */
export interface Estate {
  readonly name: string;
  readonly by: readonly string[];
  /** Judged by whole dimension sets, as on CloudWatch. */
  readonly sets: boolean;
  rows(at: number): readonly Row[];
}

/** What happens to an estate from some time on. */
export type Change = (rows: readonly Row[], at: number) => readonly Row[];

export function rowOf(labels: Row['labels'], others: readonly string[], series: number): Row {
  return { labels, names: [...Object.keys(labels), ...others].sort(), series };
}

/** Labels with more values are not asked for theirs. */
const MOST_VALUES = 50;

/** What a run sees of the rows. */
export function shapeOf(estate: Estate, rows: readonly Row[], at: number): Shape {
  const groups = new Map<string, { group: ReadonlyMap<string, string>; series: number }>();
  const keySets = new Map<string, { names: readonly string[]; series: number }>();
  const values = new Map<string, Map<string, number>>();
  for (const { labels, names, series } of rows) {
    if (series === 0) continue;
    const keys = keysOf(estate, labels, names);
    groups.set(keys.group, { group: keys.labels, series: (groups.get(keys.group)?.series ?? 0) + series });
    keySets.set(keys.set, { names, series: (keySets.get(keys.set)?.series ?? 0) + series });
    for (const [label, value] of keys.entries) {
      const of = values.get(label) ?? new Map<string, number>();
      values.set(label, of.set(value, (of.get(value) ?? 0) + series));
    }
  }
  return {
    at,
    groups: [...groups.values()],
    keySets: [...keySets.values()],
    values: new Map([...values].filter(([, of]) => of.size <= MOST_VALUES)),
  };
}

interface Keys {
  readonly labels: ReadonlyMap<string, string>;
  readonly group: string;
  readonly set: string;
  readonly entries: readonly [string, string][];
}

const known = new WeakMap<readonly string[], Keys>();

function keysOf({ by }: Estate, labels: Row['labels'], names: readonly string[]): Keys {
  const before = known.get(names);
  if (before) return before;
  const group = new Map(by.flatMap((label) => (label in labels ? [[label, labels[label] ?? '']] : [])));
  const keys = {
    labels: group,
    group: JSON.stringify([...group]),
    set: names.join(),
    entries: Object.entries(labels),
  };
  known.set(names, keys);
  return keys;
}
