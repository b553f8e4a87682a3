import type { Absent, Unavailable } from '../evidence.ts';

/** Milliseconds since the epoch, both inclusive. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/** A trace, and when it was last added to. Milliseconds since the epoch. */
export interface Sighting {
  readonly trace: string;
  readonly at: number;
}

export interface TracePage {
  readonly sightings: readonly Sighting[];
  /** Which services the traces of this page passed through. */
  readonly services: readonly string[];
  readonly isLast: boolean;
}

/** A place that keeps traces. */
export interface TracePlace {
  /**
   * The traces of a service, or of any, in a period, the newest page first; a page may be empty. `enough` is how many
   * are wanted. Rejects as the SDK does.
   */
  pages(service: string | undefined, period: Period, enough: number): AsyncGenerator<TracePage>;
  /** What a rejection of `pages` means. */
  failure(error: unknown, service: string | undefined): Absent | Unavailable;
}

/** What a place throws where an answer lacks what it must have. */
export function lacking(what: string): Error {
  return Object.assign(new Error(`it answered without ${what}`), { name: 'InvalidAnswer' });
}
