import { isReady, type Learned } from './baseline.ts';
import { type Counts, weightOfGroup } from './keys.ts';
import { DAY_MS, dayOf, weekOf } from './time.ts';
import { UNKNOWN_WEEK } from './rhythm.ts';
import {
  fed,
  type Feeding,
  firstTrack,
  gainedTrack,
  isNew,
  isNewHour,
  promoted,
  rangeOf,
  type Track,
  usualAt,
  joined,
  missed,
} from './track.ts';
import { behavesTurning, isGeneration } from './turning.ts';

/** The most characters of keys that are remembered, so that a part can be stored whatever the names look like. */
const MOST_CHARACTERS = 350_000;
/** The groups whose rhythm is kept: the largest, and while they are among twice as many. */
const LARGEST = 20;
const FEWEST_WITH_RHYTHM = 10;
/** What was there only at times is forgotten after so long: longer than a month, for what comes monthly. */
const FORGOTTEN_MS = 35 * DAY_MS;
/** A gain that is not seen for so long is not pending any more. */
const GAIN_GONE_MS = 2 * DAY_MS;

export interface Learning {
  readonly at: number;
  /** What is seen says what is usual. */
  readonly fed: boolean;
  /** A gain was told, whose end as one is a day later. */
  readonly gained: boolean;
  /** The keys of gains that were told themselves, undefined that of all series; all of them where it is missing. */
  readonly told?: ReadonlySet<string | undefined>;
  /** The most that is remembered. */
  readonly most: number;
  /** What comes and goes may be recognised as turning over. */
  readonly mayTurn: boolean;
  /** Of all live series, where it is tracked. */
  readonly total?: number;
}

/** Whether a run may change a part: one of each hour does, any that tells a gain, and for absences any of the first day. */
export function mayLearn(
  part: Learned | undefined,
  { at, gained, fed }: Pick<Learning, 'at' | 'gained' | 'fed'>,
): boolean {
  if (!part) return fed;
  return at >= part.lookedAt && (gained || isNewHour(at, part.lookedAt) || (fed && !isReady(part, at)));
}

/** A part of the baseline after a run, the same where nothing changed; undefined while there is none. */
export function learnPart(part: Learned | undefined, seen: Counts, how: Learning): Learned | undefined {
  if (!mayLearn(part, how)) return part;
  if (!part) return firstPart(seen, how);
  const { at } = how;
  const isHour = isNewHour(at, part.lookedAt);
  const step = {
    ...how,
    isHour,
    newWeek: weekOf(at) > weekOf(part.lastAt),
    newDay: dayOf(at) > dayOf(part.lastAt),
    ready: isReady(part, at),
  };
  const tracks = nextTracks(part, seen, step);
  const total =
    part.total && how.total !== undefined ? nextTrack(part.total, undefined, how.total, step) : part.total;
  if (!isHour && total === part.total && tracks === part.tracks) return part;
  const isFed = how.fed && isHour;
  const next = {
    ...part,
    lookedAt: isHour ? at : part.lookedAt,
    ...(isFed ? { lastAt: at, runs: part.runs + 1 } : {}),
    total,
    tracks,
  };
  return isHour && how.mayTurn ? recognised(next, part, seen, at) : next;
}

function firstPart(seen: Counts, how: Learning): Learned {
  const { at, total } = how;
  const tracks = new Map(
    fitting([...seen.keys()], [], how).map((key) => [key, firstTrack(seen.get(key) ?? 0, at, false)]),
  );
  return {
    firstAt: at,
    lastAt: at,
    lookedAt: at,
    runs: 1,
    ...(total === undefined ? {} : { total: firstTrack(total, at, true) }),
    tracks,
  };
}

/** The part without what turned out to turn over, which would only grow it. */
function recognised(next: Learned, before: Learned, seen: Counts, at: number): Learned {
  const keys = new Set(seen.keys());
  const turns =
    next.turns || behavesTurning(next, keys, at) || (isReady(before, at) && isGeneration(before, keys));
  if (!turns) return next;
  const there = [...next.tracks].filter(([key]) => seen.has(key));
  return { ...next, turns, tracks: next.total ? new Map() : new Map(there) };
}

interface Step extends Learning, Feeding {
  readonly isHour: boolean;
}

function nextTracks(part: Learned, seen: Counts, step: Step): ReadonlyMap<string, Track> {
  if (part.turns && part.total) return part.tracks;
  let changed = false;
  const next = new Map<string, Track>();
  const rhythmic = step.isHour && part.total ? largest(part.tracks) : undefined;
  for (const [key, track] of part.tracks) {
    const learned = nextTrack(track, key, seen.get(key) ?? 0, step);
    const kept = rhythmic ? withRhythm(learned, rhythmic(track)) : learned;
    if (isForgotten(kept, step.at)) changed = true;
    else next.set(key, kept);
    changed ||= kept !== track;
  }
  const arrivals = [...seen.keys()].filter((key) => !part.tracks.has(key));
  for (const key of fitting(arrivals, next.keys(), step)) {
    const track = arrived(seen.get(key) ?? 0, step);
    if (track) next.set(key, track);
    changed ||= track !== undefined;
  }
  return changed ? next : part.tracks;
}

/** Those of the arrivals that there is room for. Only keys of groups have parts: a value may look like anything. */
function fitting(
  arrivals: readonly string[],
  known: Iterable<string>,
  { most, total }: Pick<Learning, 'most' | 'total'>,
): readonly string[] {
  if (arrivals.length === 0) return arrivals;
  const weight = total === undefined ? ({ length }: string): number => length : weightOfGroup;
  let [room, characters] = [most, MOST_CHARACTERS];
  for (const key of known) [room, characters] = [room - 1, characters - weight(key)];
  return arrivals.filter((key) => {
    const fits = room > 0 && characters >= weight(key);
    if (fits) [room, characters] = [room - 1, characters - weight(key)];
    return fits;
  });
}

/** How something begins that was not known: usual while all is being learned or nobody judges it, else a gain. */
function arrived(series: number, { at, ready, fed: isFed, gained, isHour }: Step): Track | undefined {
  if (ready && gained) return gainedTrack(series, at);
  return isFed && isHour ? firstTrack(series, at, false) : undefined;
}

function nextTrack(track: Track, key: string | undefined, series: number, step: Step): Track {
  const gaining = withGain(track, series, step, step.told?.has(key) ?? true);
  const next = step.isHour ? hourly(gaining, series, step) : gaining;
  return series === 0 && step.fed && !step.ready ? missed(next, step.at) : next;
}

function hourly(gaining: Track, series: number, step: Step): Track {
  const { at } = step;
  const next = series > 0 ? { ...gaining, lastAt: at } : gaining;
  const isGaining = next.gain !== undefined && (isNew(next) || series > usualAt(next, at).high);
  return step.fed && !isGaining ? fed(next, series, at, step) : next;
}

/** The track as far as gains go: one begins, is seen again, becomes normal or is given up. */
function withGain(track: Track, series: number, { at, isHour, gained }: Step, isTold: boolean): Track {
  const { gain } = track;
  const isOver = series > usualAt(track, at).high;
  if (!gain) {
    if (!gained || !isOver) return track;
    return { ...track, gain: { since: at, lastAt: at, low: series, high: series, isTold } };
  }
  if (!isHour) return track;
  if (!isOver && !isNew(track)) {
    return at - gain.lastAt > GAIN_GONE_MS ? { ...track, gain: undefined } : track;
  }
  const next = {
    ...track,
    gain: { ...gain, ...joined(gain, { low: series, high: series }), lastAt: isOver ? at : gain.lastAt },
  };
  return isOver && at - gain.since >= DAY_MS ? promoted(next, at) : next;
}

/** What was always there is kept until people say that it is no more; what was only there at times is not. */
function isForgotten(track: Track, at: number): boolean {
  return at - track.lastAt > FORGOTTEN_MS && rangeOf(track).low === 0;
}

function largest(tracks: ReadonlyMap<string, Track>): (track: Track) => boolean {
  const sizes = [...tracks.values()].map(({ last }) => last).sort((a, b) => b - a);
  const [joins = 0, stays = 0] = [sizes[LARGEST - 1], sizes[2 * LARGEST - 1]];
  let room = 2 * LARGEST;
  return ({ last, rhythm }) => {
    const isIn = last >= Math.max(FEWEST_WITH_RHYTHM, rhythm ? stays : joins) && room > 0;
    room -= Number(isIn);
    return isIn;
  };
}

function withRhythm(track: Track, wanted: boolean): Track {
  if (wanted === (track.rhythm !== undefined)) return track;
  return { ...track, rhythm: wanted ? UNKNOWN_WEEK : undefined };
}
