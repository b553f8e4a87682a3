import type { Group } from '../question.ts';
import type { KeySetCount, Shape } from './shape.ts';

/** Longer keys are not tracked one by one: they are no names that people gave. */
const LONGEST_KEY = 2048;
/** Sets of 64 long names are longer, and are names that people gave: what is not tracked looks as if it were gone. */
const LONGEST_SET = 32_768;
/** Twice what Kubernetes allows a label's value: thirty labels of fifty such values still fit where baselines are kept. */
const LONGEST_VALUE = 128;

/** How many live series, by key. */
export type Counts = ReadonlyMap<string, number>;

/** Groups by the labels that do not turn over. */
export function groupCounts(groups: NonNullable<Shape['groups']>, without: readonly string[]): Counts {
  return sum(
    groups.map(({ group, series }) => [
      [...group].filter(([label]) => !without.includes(label)).sort(byName),
      series,
    ]),
  );
}

export function nameCounts(keySets: readonly KeySetCount[]): Counts {
  return sum(
    keySets.map(({ names, series }) => [[...new Set(names)].sort(), series]),
    LONGEST_SET,
  );
}

/** The key of a group as it stands in a drift. */
export function groupKey(group: Group): string {
  return JSON.stringify([...group].sort(byName));
}

export function groupOf(key: string): Group {
  return new Map(JSON.parse(key) as [string, string][]);
}

export function namesOf(key: string): readonly string[] {
  return JSON.parse(key) as string[];
}

/** The names of one list that another has not. */
export function without(names: readonly string[], others: readonly string[]): readonly string[] {
  const known = new Set(others);
  return names.filter((name) => !known.has(name));
}

/** How many characters a group's key takes that nothing else shares: names are everywhere the same, values are not. */
export function weightOfGroup(key: string): number {
  return (JSON.parse(key) as [string, string][]).reduce((sum, [, value]) => sum + value.length, 0);
}

/** The labels that were known and that no live series carries: nothing has their values. Empty where that was not seen. */
export function unlabelled(
  known: Iterable<string>,
  { keySets, values }: Pick<Shape, 'keySets' | 'values'>,
): readonly string[] {
  if (!keySets || keySets.length === 0) return [];
  const carried = new Set(keySets.flatMap(({ names, series }) => (series > 0 ? names : [])));
  return [...known].filter((label) => !carried.has(label) && !values?.has(label));
}

/** Values of one label; what is too long for a name is left out. */
export function valueCounts(values: ReadonlyMap<string, number>): Counts {
  return sorted([...values].filter(([value, series]) => series > 0 && value.length <= LONGEST_VALUE));
}

function sum(rows: readonly (readonly [readonly unknown[], number])[], longest = LONGEST_KEY): Counts {
  const counts = new Map<string, number>();
  for (const [parts, series] of rows) {
    const key = JSON.stringify(parts);
    if (series > 0 && key.length <= longest) counts.set(key, (counts.get(key) ?? 0) + series);
  }
  return sorted([...counts]);
}

/** In the order of the keys, so that the order of an answer means nothing. */
function sorted(counts: readonly [string, number][]): Counts {
  return new Map(counts.toSorted(byName));
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
