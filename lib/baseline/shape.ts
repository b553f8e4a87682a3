import type { Group } from '../question.ts';

/**
 * What one run saw of a signal's live series: what a baseline is made of, and what it is compared with. A part is
 * undefined where it was not asked, or could not be answered in full; what is left out of an answer never looks like absence.
 */
export interface Shape {
  /** When the plane evaluated the questions. Milliseconds since the epoch. */
  readonly at: number;
  /** Live series by the labels of `by`; one group without labels where there is no `by`. */
  readonly groups?: readonly { readonly group: Group; readonly series: number }[] | undefined;
  /** How many live series have exactly these label names (on CloudWatch: dimensions), each list sorted. */
  readonly keySets?: readonly KeySetCount[] | undefined;
  /** How many live series carry each value, by label: of labels whose values are few and do not turn over. */
  readonly values?: ReadonlyMap<string, ReadonlyMap<string, number>> | undefined;
}

export interface KeySetCount {
  readonly names: readonly string[];
  readonly series: number;
}

/** A change of shape against what was learned. `normalAt` is when a gain becomes normal by itself; losses never do. */
export type Drift = SeriesDrift | NameDrift | ValueDrift;

interface Change {
  /** Milliseconds since the epoch; undefined for losses. */
  readonly normalAt?: number | undefined;
  /** Against what: what is usual, or how it was at least a week ago, before it slid. */
  readonly against: 'usual' | 'anchor';
}

/** There are more or fewer series than usual, of the whole signal or of a group; a group that came or went. */
export interface SeriesDrift extends Change {
  readonly of: 'series';
  readonly kind: 'drop' | 'rise' | 'new' | 'gone';
  /** undefined is the whole signal. */
  readonly group: Group | undefined;
  readonly observed: number;
  /** What would have been told as usual. */
  readonly usual: { readonly from: number; readonly to: number };
}

/** A label name (or a whole dimension set) that series lost, have anew, or have under another name. */
export interface NameDrift extends Change {
  readonly of: 'names';
  readonly kind: 'lost' | 'new' | 'renamed';
  /** The label; on CloudWatch the whole set. Of `renamed`: what it was called. */
  readonly names: readonly string[];
  /** Of `renamed`: what it is called now. */
  readonly now?: readonly string[] | undefined;
  /** Shares of live series that carry it, 0 to 1. */
  readonly before: number;
  readonly after: number;
  /** How many live series are affected. */
  readonly series: number;
}

/** A value of a stable label that is gone, or new. */
export interface ValueDrift extends Change {
  readonly of: 'values';
  readonly kind: 'gone' | 'new';
  readonly label: string;
  readonly value: string;
  /** How many live series had it (gone), or have it (new). */
  readonly series: number;
}
