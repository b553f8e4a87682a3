import { envelope, isWeekKnown, type Rhythm, UNKNOWN_WEEK, withHour } from './rhythm.ts';
import { DAY_MS, learnedHour, WEEK_MS } from './time.ts';

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
  /** Seen in this week of the epoch until today, and in the one before. */
  readonly range: Range;
  readonly before?: Range | undefined;
  /** Seen today, once it is judged: it becomes usual tomorrow, so that a fall does not pull the bound down behind it. */
  readonly today?: Range | undefined;
  /** Of the total and the largest groups. */
  readonly rhythm?: Rhythm | undefined;
  /** How it was when a week of it was known, or when people accepted it. */
  readonly anchor?: Anchor | undefined;
  /** A gain that was told and is not normal yet. */
  readonly gain?: Gain | undefined;
  /** What became normal a day after it was told, until the rhythm knows it. */
  readonly risen?: { readonly to: number; readonly until: number } | undefined;
  /** In how many runs it was absent while all was being learned, and in which one last. */
  readonly missed?: { readonly runs: number; readonly at: number } | undefined;
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
  /** It was told itself, and not as part of another: of all series together, or of the groups that explained it. */
  readonly isTold: boolean;
}

/** What became normal stays so until the rhythm has seen a week of it. */
const RISEN_MS = WEEK_MS + DAY_MS;

/** A missed scrape or a restart is no flicker. */
const FLICKERS = 3;

/** A day that goes up and down by more than this says nothing of the week. */
const MOST_SWING = 2;

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
  const gain = { since: at, lastAt: at, low: series, high: series, isTold: true };
  return { firstAt: at, lastAt: at, last: series, range: { low: 0, high: 0 }, gain };
}

/** When a track is fed: whether it is the first time in its day and week, and whether it is judged already. */
export interface Feeding {
  readonly newDay: boolean;
  readonly newWeek: boolean;
  readonly ready: boolean;
}

/** The track with one more count that is usual. */
export function fed(track: Track, series: number, at: number, how: Feeding): Track {
  const next: Track = {
    ...track,
    ...ranges(track, series, how),
    lastAt: series > 0 ? at : track.lastAt,
    last: series,
    from: undefined,
    ...(track.rhythm ? { rhythm: withHour(track.rhythm, at, series) } : {}),
  };
  return anchored(next, at);
}

function ranges(track: Track, series: number, { newDay, newWeek, ready }: Feeding): Partial<Track> {
  const now = { low: series, high: series };
  const { range, today } = track;
  if (!ready) return newWeek ? { range: now, before: range } : { range: joined(range, now) };
  if (!today) return { today: now };
  if (newWeek) return { range: today, before: range, today: now };
  return newDay ? { range: joined(range, today), today: now } : { today: joined(today, now) };
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
    range: isNew(track)
      ? { low: gain.low, high: gain.high }
      : joined(range, { low: range.low, high: gain.high }),
    risen: track.rhythm ? { to: gain.high, until: at + RISEN_MS } : undefined,
    ...(anchor ? { anchor: { ...anchor, renewAt: at + WEEK_MS } } : {}),
  };
}

/** The track with one more absence while all is being learned; after a few of them it is known to flicker. */
export function missed(track: Track, at: number): Track {
  const before = track.missed ?? { runs: 0, at: 0 };
  if (before.runs >= FLICKERS || at <= before.at) return track;
  const runs = before.runs + 1;
  const range = runs < FLICKERS ? track.range : { ...track.range, low: 0 };
  return { ...track, range, missed: { runs, at } };
}

export function joined(a: Range, b: Range): Range {
  return { low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) };
}

/** The least and the most of the last week or two. */
export function rangeOf({ range, before }: Pick<Track, 'range' | 'before'>): Range {
  return before ? joined(range, before) : range;
}

/** What is usual at a time, without tolerance: of this hour of any day once a week is known, else all that was seen. */
export function usualAt(track: Track, at: number): Range {
  const usual = (track.rhythm && envelope(track.rhythm, at)) ?? seenUntil(track, at);
  const { risen } = track;
  return risen && risen.until > at ? { low: usual.low, high: Math.max(usual.high, risen.to) } : usual;
}

/**
 * All that was seen; until that is more than a week, what goes up and down by day may go up as much again: who began to
 * look on a Saturday has not seen a Monday.
 */
function seenUntil(track: Track, at: number): Range {
  const { low, high } = rangeOf(track);
  if (at - track.firstAt >= WEEK_MS + DAY_MS) return { low, high };
  return { low, high: Math.round(high * Math.min(MOST_SWING, high / Math.max(1, low))) };
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

/** Whether there is an hour to learn of that there was not before. */
export function isNewHour(at: number, before: number): boolean {
  return learnedHour(at) > learnedHour(before);
}
