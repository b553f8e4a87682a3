import type { Group } from '../question.ts';
import { type Acceptance, type Baseline, type Learned, type Maturity, maturity } from './baseline.ts';
import { groupOf, namesOf } from './keys.ts';
import { knownHours, median } from './rhythm.ts';
import { isNew, normalAt, rangeOf, type Track } from './track.ts';
import { looksTurning } from './turning.ts';

export interface Usual {
  readonly from: number;
  readonly to: number;
  /** Seen for the last time. Milliseconds since the epoch. */
  readonly lastAt: number;
  /** When it becomes usual, where it is a gain that was told. */
  readonly normalAt?: number | undefined;
}

/** A baseline for people, and as JSON. */
export interface BaselineDescription {
  readonly maturity: Maturity;
  readonly firstAt: number | undefined;
  readonly lastAt: number | undefined;
  /** Of the hours of a week that are known: the median, and how far half of them are from it at most. */
  readonly total: (Usual & { readonly median: number; readonly spread: number }) | undefined;
  /** The largest first. */
  readonly groups: readonly (Usual & { readonly group: Group })[];
  /** The largest first. */
  readonly keySets: readonly (Usual & { readonly names: readonly string[] })[];
  /** The share of series that carry each, 0 to 1. */
  readonly labels: readonly { readonly label: string; readonly share: number }[];
  readonly values: readonly {
    readonly label: string;
    /** Its values turn over: it is compared by name only. */
    readonly turnsOver: boolean;
    readonly values: readonly string[];
  }[];
  readonly accepted: readonly Acceptance[];
}

/** What is usual as of `now`, as data. */
export function describe(baseline: Baseline, now: number): BaselineDescription {
  const { groups, keySets, values, accepted } = baseline;
  const parts = [groups, keySets, ...values.values()].filter((part) => part !== undefined);
  return {
    maturity: maturity(baseline, now),
    firstAt: parts.length === 0 ? undefined : Math.min(...parts.map(({ firstAt }) => firstAt)),
    lastAt: parts.length === 0 ? undefined : Math.max(...parts.map(({ lastAt }) => lastAt)),
    total: groups?.total && { ...usual(groups.total), ...middle(groups.total) },
    groups: largestFirst(groups).map(([key, track]) => ({ group: groupOf(key), ...usual(track) })),
    keySets: largestFirst(keySets).map(([key, track]) => ({ names: namesOf(key), ...usual(track) })),
    labels: shares(keySets),
    values: [...values].map(([label, part]) => ({
      label,
      turnsOver: part.turns === true || looksTurning(label, part.tracks.keys()),
      values: [...part.tracks.keys()].sort(),
    })),
    accepted,
  };
}

function usual(track: Track): Usual {
  const { low, high } = isNew(track) ? (track.gain ?? track.range) : rangeOf(track);
  return { from: low, to: high, lastAt: track.lastAt, normalAt: normalAt(track) };
}

function middle({ rhythm = [], last }: Track): { readonly median: number; readonly spread: number } {
  const known = knownHours(rhythm);
  const mid = median(known) ?? last;
  return { median: mid, spread: median(known.map((series) => Math.abs(series - mid))) ?? 0 };
}

function largestFirst(part: Learned | undefined): readonly [string, Track][] {
  return [...(part?.tracks ?? [])].sort(([a, x], [b, y]) => y.last - x.last || (a < b ? -1 : 1));
}

function shares(part: Learned | undefined): BaselineDescription['labels'] {
  const carrying = new Map<string, number>();
  let all = 0;
  for (const [key, track] of part?.tracks ?? []) {
    if (isNew(track)) continue;
    all += track.last;
    for (const name of namesOf(key)) carrying.set(name, (carrying.get(name) ?? 0) + track.last);
  }
  const share = (label: string): number => (all === 0 ? 0 : (carrying.get(label) ?? 0) / all);
  return [...carrying.keys()].sort().map((label) => ({ label, share: share(label) }));
}
