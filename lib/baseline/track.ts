import { envelope, isWeekKnown, type Rhythm, UNKNOWN_WEEK, withHour } from './rhythm.ts';
import { DAY_MS, hourOf, WEEK_MS } from './time.ts';

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
  /** Of the total and the largest groups. */
  readonly rhythm?: Rhythm | undefined;
  /** How it was when a week of it was known, or when people accepted it. */
  readonly anchor?: Anchor | undefined;
  /** A gain that was told and is not normal yet. */
  readonly gain?: Gain | undefined;
  /** What became normal a day after it was told, until the rhythm knows it. */
  readonly risen?: { readonly to: number; readonly until: number } | undefined;
  /** Of a set of names: the key of the set whose series have these names now. */
  readonly from?: string | undefined;
}

export interface Range {
  readonly low: number;
  readonly high: number;
}

export interface Anchor extends Range {
  readonly at: number;
  readonly rhythm?: Rhythm | undefined;
  /** When it is replaced by what is usual then, because a rise became normal. */
  readonly renewAt?: number | undefined;
}

/** From the least to the most that was seen since it was first told. */
export interface Gain extends Range {
  readonly since: number;
  readonly lastAt: number;
}

/** What became normal stays so until the rhythm has seen a week of it. */
const RISEN_MS = WEEK_MS + DAY_MS;

/** How a track begins that is usual from its first sight. */
export function firstTrack(series: number, at: number, rhythm: boolean): Track {
  const range = { low: series, high: series };
  return {
    firstAt: at,
    lastAt: at,
    last: series,
    range,
    ...(rhythm ? { rhythm: withHour(UNKNOWN_WEEK, at, series) } : {}),
  };
}

/** How a track begins that is a gain: normal after a day. */
export function gainedTrack(series: number, at: number): Track {
  const gain = { since: at, lastAt: at, low: series, high: series };
  return { firstAt: at, lastAt: at, last: series, range: { low: 0, high: 0 }, gain };
}

/** The track with one more count that is usual. `newWeek`: it is the first of its week. */
export function fed(track: Track, series: number, at: number, how: { readonly newWeek: boolean }): Track {
  const range = how.newWeek ? { low: series, high: series } : widened(track.range, series);
  const next: Track = {
    ...track,
    lastAt: series > 0 ? at : track.lastAt,
    last: series,
    from: undefined,
    range,
    before: how.newWeek ? track.range : track.before,
    ...(track.rhythm ? { rhythm: withHour(track.rhythm, at, series) } : {}),
  };
  return anchored(next, at);
}

/** Gives the track its anchor once a week of it is known, and another when that is due. */
function anchored(track: Track, at: number): Track {
  const { anchor, rhythm, firstAt } = track;
  const isDue = anchor ? anchor.renewAt !== undefined && at >= anchor.renewAt : at - firstAt >= WEEK_MS;
  if (!isDue || (rhythm && !isWeekKnown(rhythm))) return track;
  return { ...track, anchor: anchorOf(track, at) };
}

/** What is usual now, to be kept. */
export function anchorOf(track: Track, at: number): Anchor {
  return { at, ...rangeOf(track), ...(track.rhythm ? { rhythm: track.rhythm } : {}) };
}

/** The track after a day of a gain: what was gained is normal. */
export function promoted(track: Track, at: number): Track {
  const { gain, range, anchor } = track;
  if (!gain) return track;
  return {
    ...track,
    gain: undefined,
    range: isNew(track) ? { low: gain.low, high: gain.high } : widened(range, gain.high),
    risen: track.rhythm ? { to: gain.high, until: at + RISEN_MS } : undefined,
    ...(anchor ? { anchor: { ...anchor, renewAt: at + WEEK_MS } } : {}),
  };
}

export function widened({ low, high }: Range, series: number): Range {
  return { low: Math.min(low, series), high: Math.max(high, series) };
}

/** The least and the most of the last week or two. */
export function rangeOf({ range, before }: Track): Range {
  if (!before) return range;
  return { low: Math.min(range.low, before.low), high: Math.max(range.high, before.high) };
}

/** What is usual at a time, without tolerance: of this hour of any day once a week is known, else all that was seen. */
export function usualAt(track: Track, at: number): Range {
  const usual = (track.rhythm && envelope(track.rhythm, at)) ?? rangeOf(track);
  const { risen } = track;
  return risen && risen.until > at ? { low: usual.low, high: Math.max(usual.high, risen.to) } : usual;
}

/** What was usual at this hour when the track was anchored; undefined while it is not, or no week has passed since. */
export function anchoredAt({ anchor }: Track, at: number): Range | undefined {
  if (!anchor) return undefined;
  return (anchor.rhythm && envelope(anchor.rhythm, at)) ?? { low: anchor.low, high: anchor.high };
}

/** Whether something was there whenever it was looked for, for at least a day. */
export function isSteady(track: Track, at: number): boolean {
  return at - track.firstAt >= DAY_MS && rangeOf(track).low > 0;
}

/** Whether something was never usual: a gain. */
export function isNew(track: Track): boolean {
  return track.gain !== undefined && rangeOf(track).high === 0;
}

/** When the gain becomes normal, undefined where there is none. */
export function normalAt({ gain }: Track): number | undefined {
  return gain && gain.since + DAY_MS;
}

export function isNewHour(at: number, before: number): boolean {
  return hourOf(at) > hourOf(before);
}
