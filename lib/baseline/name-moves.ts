import type { Learned } from './baseline.ts';
import { type Counts, namesOf, without } from './keys.ts';
import { DAY_MS } from './time.ts';
import { isNew, rangeOf, type Track } from './track.ts';

/** Series that had one set of names and have another. */
export interface Move {
  readonly from: string;
  readonly to: string;
  readonly series: number;
}

/** Among known sets, what one lost and another got differ by at most this share. */
const ALIKE = 0.1;
/** A set that came longer after another went did not take its place. */
const SOON_MS = DAY_MS;

/** Which series have other names than they had: of sets that came, and among those that are known. */
export function moves(part: Learned, seen: Counts, at: number): readonly Move[] {
  const came = [...seen].flatMap(([to, series]): Move[] => {
    const track = part.tracks.get(to);
    const from =
      track?.from ?? (track === undefined || isNew(track) ? sourceOf(part, seen, to, at) : undefined);
    return from === undefined ? [] : [{ from, to, series }];
  });
  return [...came, ...shifts(part, seen)];
}

/** Remembers where the series of sets that came have come from: counts change later, that does not. */
export function withSources(part: Learned, seen: Counts, at: number): Learned {
  const found = [...part.tracks].flatMap(([key, track]): [string, Track][] => {
    if (track.from !== undefined || !isNew(track) || !seen.has(key)) return [];
    const from = sourceOf(part, seen, key, at);
    return from === undefined ? [] : [[key, { ...track, from }]];
  });
  return found.length === 0 ? part : { ...part, tracks: new Map([...part.tracks, ...found]) };
}

/** The known set that lost as many series as the new one has, the most alike one; undefined where it is an addition. */
function sourceOf(part: Learned, seen: Counts, to: string, at: number): string | undefined {
  const names = namesOf(to);
  const series = seen.get(to) ?? 0;
  const since = part.tracks.get(to)?.firstAt ?? at;
  const sources = [...part.tracks].flatMap(([from, track]) => {
    if (from === to || isNew(track) || rangeOf(track).low === 0) return [];
    const distance = differenceOf(namesOf(from), names);
    return isAlike(namesOf(from), names) && gave(track, seen.get(from) ?? 0, series, distance)
      ? [{ from, distance }]
      : [];
  });
  if (at - since > SOON_MS) return undefined;
  return sources.toSorted((a, b) => a.distance - b.distance)[0]?.from;
}

/** Whether a set that has `left` series now may have given so many away. */
function gave(track: Track, left: number, series: number, distance: number): boolean {
  const { low, high } = rangeOf(track);
  const spread = high - low;
  if (low - left >= series / 2) return true;
  const fell = track.last - left;
  if (spread < series) return fell >= series / 2 && fell > spread / 2;
  // So few cannot be told from the usual ups and downs; that they differ by one name alone can.
  return distance === 1;
}

/** Whether one set may be what the other became: they differ by one name, or share a third of them. */
function isAlike(a: readonly string[], b: readonly string[]): boolean {
  const shared = a.length - without(a, b).length;
  return differenceOf(a, b) <= 2 || 3 * shared >= Math.max(a.length, b.length);
}

/** How many names are in one of the sets only. */
function differenceOf(a: readonly string[], b: readonly string[]): number {
  return without(a, b).length + without(b, a).length;
}

/** Moves between known sets: one has fewer series than ever, an alike one as many more, beyond their own ups and downs. */
function shifts(part: Learned, seen: Counts): readonly Move[] {
  const known = [...part.tracks].flatMap(([key, track]) => {
    if (isNew(track) || track.from !== undefined) return [];
    const { low, high } = rangeOf(track);
    const series = seen.get(key) ?? 0;
    const change = series > high ? series - high : Math.min(0, series - low);
    return Math.abs(change) > high - low ? [{ key, change, isFlat: high === low }] : [];
  });
  const fallen = known.filter(({ change }) => change < 0);
  return known.flatMap((to): Move[] => {
    if (to.change <= 0) return [];
    const from = fallen.find(
      (one) =>
        differenceOf(namesOf(one.key), namesOf(to.key)) <= 2 &&
        Math.abs(to.change + one.change) <= ALIKE * to.change &&
        (to.change >= 3 || (to.isFlat && one.isFlat)),
    );
    return from ? [{ from: from.key, to: to.key, series: to.change }] : [];
  });
}
