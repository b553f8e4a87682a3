/**
 * How many live series something had: the whole signal, a group, a set of names, a value. Absence is a count of 0, so
 * that what flickers has a range that begins with 0. All times are milliseconds since the epoch.
 */
export interface Track {
  /** The first and the last time that it was seen. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** The count when it was last learned. */
  readonly last: number;
  /** Seen in this week of the epoch, and in the one before. */
  readonly range: Range;
  readonly before?: Range | undefined;
  /** By hour of the week, beginning with Thursday 00:00 UTC as the epoch does; -1 is not known. Of the total and the largest groups. */
  readonly rhythm?: readonly number[] | undefined;
  /** How it was when a week of it was known; renewed a week after a gain became normal, and by people. */
  readonly anchor?: Anchor | undefined;
  /** A gain that was told and is not normal yet. */
  readonly gain?: Gain | undefined;
}

export interface Range {
  readonly low: number;
  readonly high: number;
}

export interface Anchor extends Range {
  readonly at: number;
  readonly rhythm?: readonly number[] | undefined;
}

export interface Gain extends Range {
  readonly since: number;
}
