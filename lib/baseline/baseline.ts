import { DAY_MS } from './time.ts';
import type { Track } from './track.ts';

/** Runs and time after which a shape is judged. */
const READY_RUNS = 24;

/**
 * What is remembered of a signal's shape. It grows with groups, sets of names and values, never with runs or churn.
 * Nothing in it is changed: learning makes another.
 */
export interface Baseline {
  readonly groups?: Learned | undefined;
  readonly keySets?: Learned | undefined;
  /** By label. */
  readonly values: ReadonlyMap<string, Learned>;
  /** Who said that what was seen is usual, the newest last. */
  readonly accepted: readonly Acceptance[];
}

/** A part of the shape that was learned: at most once an hour. */
export interface Learned {
  readonly firstAt: number;
  /** When it was learned last, and when it was looked at last: a run that is not ok is only looked at. */
  readonly lastAt: number;
  readonly lookedAt: number;
  /** In how many hours it was learned. */
  readonly runs: number;
  /** Of all live series together; of groups only. */
  readonly total?: Track | undefined;
  /** Labels of groups that are summed away because their values turn over. */
  readonly without?: readonly string[] | undefined;
  /** What is tracked turns over: only the total is compared, and the names. */
  readonly turns?: boolean | undefined;
  readonly tracks: ReadonlyMap<string, Track>;
}

export interface Acceptance {
  readonly at: number;
  readonly by: string;
  readonly why: string;
}

export interface Maturity {
  /** Hours in which a healthy run was learned, at most `of`. */
  readonly runs: number;
  readonly of: 24;
  /** Learned in so many hours, and for a day: drift is judged. */
  readonly ready: boolean;
}

/** How far the learning of the least known part is. */
export function maturity(baseline: Baseline | undefined, now: number): Maturity {
  const parts = baseline
    ? [baseline.groups, baseline.keySets].filter((part): part is Learned => part !== undefined)
    : [];
  const runs = parts.length === 0 ? 0 : Math.min(READY_RUNS, ...parts.map((part) => part.runs));
  return { runs, of: READY_RUNS, ready: parts.length > 0 && parts.every((part) => isReady(part, now)) };
}

/** Whether a part was learned long enough to be compared with. */
export function isReady(part: Learned | undefined, now: number): part is Learned {
  return part !== undefined && part.runs >= READY_RUNS && now - part.firstAt >= DAY_MS;
}
