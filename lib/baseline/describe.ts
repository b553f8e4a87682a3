import type { Acceptance, Baseline, Maturity } from './baseline.ts';
import { maturity } from './baseline.ts';
import type { Group } from '../question.ts';

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
  readonly total: (Usual & { readonly median: number; readonly spread: number }) | undefined;
  /** The largest first. */
  readonly groups: readonly (Usual & { readonly group: Group })[];
  /** The largest first. */
  readonly keySets: readonly (Usual & { readonly names: readonly string[] })[];
  readonly labels: readonly { readonly label: string; readonly share: number }[];
  readonly values: readonly {
    readonly label: string;
    /** Its values turn over: it is compared by name only. */
    readonly turnsOver: boolean;
    readonly values: readonly string[];
  }[];
  readonly accepted: readonly Acceptance[];
}

/** What is usual as of `now`, in words of data. */
export function describe(baseline: Baseline, now: number): BaselineDescription {
  return {
    maturity: maturity(baseline, now),
    firstAt: undefined,
    lastAt: undefined,
    total: undefined,
    groups: [],
    keySets: [],
    labels: [],
    values: [],
    accepted: baseline.accepted,
  };
}
