import * as z from 'zod/mini';
import { RHYTHM_LENGTH } from './rhythm.ts';
import type { Range, Track } from './track.ts';

const time = z.number();
const count = z.int().check(z.minimum(0));
const numbers = z.array(z.int().check(z.minimum(-1)));
const times = z.array(time);
const rhythm = z.array(z.int().check(z.minimum(-1))).check(z.length(RHYTHM_LENGTH));

/** What few tracks have, by their index. */
const some = <T extends z.ZodMiniType>(of: T) => z.array(z.tuple([count, of]));

/**
 * Tracks column by column, because most of a column is alike: thousands of groups compress to a few bytes each. Times
 * are told as how long they are before that of the part; -1 is what a track does not have.
 */
export const trackColumns = z.strictObject({
  firstAt: times,
  lastAt: times,
  last: numbers,
  low: numbers,
  high: numbers,
  beforeLow: numbers,
  beforeHigh: numbers,
  todayLow: numbers,
  todayHigh: numbers,
  anchorAt: z.array(z.nullable(time)),
  anchorLow: numbers,
  anchorHigh: numbers,
  renewAt: some(time),
  rhythm: some(rhythm),
  anchorRhythm: some(rhythm),
  gain: some(z.tuple([time, time, count, count, z.boolean()])),
  risen: some(z.tuple([count, time])),
  from: some(z.string()),
  missed: some(z.tuple([count, time])),
});

export type TrackColumns = z.output<typeof trackColumns>;

/** The columns of tracks. */
export function columnsOf(tracks: readonly Track[], asOf: number): TrackColumns {
  const few = <T>(pick: (track: Track) => T | undefined): [number, T][] =>
    tracks.flatMap((track, index): [number, T][] => {
      const picked = pick(track);
      return picked === undefined ? [] : [[index, picked]];
    });
  return {
    firstAt: tracks.map(({ firstAt }) => asOf - firstAt),
    lastAt: tracks.map(({ lastAt }) => asOf - lastAt),
    last: tracks.map(({ last }) => last),
    low: tracks.map(({ range }) => range.low),
    high: tracks.map(({ range }) => range.high),
    beforeLow: tracks.map(({ before }) => before?.low ?? -1),
    beforeHigh: tracks.map(({ before }) => before?.high ?? -1),
    todayLow: tracks.map(({ today }) => today?.low ?? -1),
    todayHigh: tracks.map(({ today }) => today?.high ?? -1),
    anchorAt: tracks.map(({ anchor }) => (anchor ? asOf - anchor.at : null)),
    anchorLow: tracks.map(({ anchor }) => anchor?.low ?? -1),
    anchorHigh: tracks.map(({ anchor }) => anchor?.high ?? -1),
    renewAt: few(({ anchor }) => anchor?.renewAt),
    rhythm: few((track) => track.rhythm && [...track.rhythm]),
    anchorRhythm: few(({ anchor }) => anchor?.rhythm && [...anchor.rhythm]),
    gain: few(({ gain }) => gain && [gain.since, gain.lastAt, gain.low, gain.high, gain.isTold]),
    risen: few(({ risen }) => risen && [risen.to, risen.until]),
    from: few(({ from }) => from),
    missed: few((track) => track.missed && [track.missed.runs, track.missed.at]),
  };
}

/** The tracks of columns; undefined where they are not as many as `length` each. */
export function tracksOf(columns: TrackColumns, asOf: number, length: number): readonly Track[] | undefined {
  const { renewAt, rhythm, anchorRhythm, gain, risen, from, missed, ...full } = columns;
  if (Object.values(full).some((column) => column.length !== length)) return undefined;
  const few = { renewAt, rhythm, anchorRhythm, gain, risen, from, missed };
  if (Object.values(few).some((entries) => entries.some(([index]) => index >= length))) return undefined;
  const at = {
    renewAt: new Map(renewAt),
    rhythm: new Map(rhythm),
    anchorRhythm: new Map(anchorRhythm),
    gain: new Map(gain),
    risen: new Map(risen),
    from: new Map(from),
    missed: new Map(missed),
  };
  return Array.from({ length }, (_, index): Track => {
    const of = (column: readonly number[]): number => column[index] ?? 0;
    const [gained, rose, absent] = [at.gain.get(index), at.risen.get(index), at.missed.get(index)];
    const anchoredBefore = full.anchorAt[index];
    return {
      firstAt: asOf - of(full.firstAt),
      lastAt: asOf - of(full.lastAt),
      last: of(full.last),
      range: { low: of(full.low), high: of(full.high) },
      before: rangeIn(of(full.beforeLow), of(full.beforeHigh)),
      today: rangeIn(of(full.todayLow), of(full.todayHigh)),
      rhythm: at.rhythm.get(index),
      anchor:
        anchoredBefore === null || anchoredBefore === undefined
          ? undefined
          : {
              at: asOf - anchoredBefore,
              low: of(full.anchorLow),
              high: of(full.anchorHigh),
              rhythm: at.anchorRhythm.get(index),
              renewAt: at.renewAt.get(index),
            },
      gain: gained && {
        since: gained[0],
        lastAt: gained[1],
        low: gained[2],
        high: gained[3],
        isTold: gained[4],
      },
      risen: rose && { to: rose[0], until: rose[1] },
      from: at.from.get(index),
      missed: absent && { runs: absent[0], at: absent[1] },
    };
  });
}

function rangeIn(low: number, high: number): Range | undefined {
  return high < 0 ? undefined : { low, high };
}
