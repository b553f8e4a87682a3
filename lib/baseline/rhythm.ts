import type { Range } from './track.ts';
import { hourOf, learnedHour } from './time.ts';

/**
 * A count by hour of the week, beginning with Thursday 00:00 UTC as the epoch does, and then by hour of the last day,
 * which becomes known a day later: what falls with the evening would else pull the bound down behind it. -1 is not known.
 */
export type Rhythm = readonly number[];

const WEEK_HOURS = 168;
export const RHYTHM_LENGTH = WEEK_HOURS + 24;
const DAYS = [0, 1, 2, 3, 4, 5, 6];
/** Clocks change by an hour, and what rises in the morning differs from one end of an hour to the other. */
const NEAR = [-2, -1, 0, 1, 2];
/** Of a week that counts as known: some of its hours may have been missed. */
const KNOWN_HOURS = 126;

export const UNKNOWN_WEEK: Rhythm = Array.from({ length: RHYTHM_LENGTH }, () => -1);

/** The rhythm with what was seen in one more hour. */
export function withHour(rhythm: Rhythm, at: number, series: number): Rhythm {
  const hour = learnedHour(at);
  const latest = WEEK_HOURS + (hour % 24);
  const yesterday = rhythm[latest] ?? -1;
  const known = yesterday < 0 ? rhythm : rhythm.with((hour - 24) % WEEK_HOURS, yesterday);
  return known.with(latest, series);
}

export function isWeekKnown(rhythm: Rhythm): boolean {
  let known = 0;
  for (let hour = 0; hour < WEEK_HOURS; hour += 1) known += Number((rhythm[hour] ?? -1) >= 0);
  return known >= KNOWN_HOURS;
}

/** What was seen by hour of the week, where it is known. */
export function knownHours(rhythm: Rhythm): readonly number[] {
  return rhythm.slice(0, WEEK_HOURS).filter((series) => series >= 0);
}

/**
 * The least and the most that is usual at this hour of any day, two hours early or late: a holiday is like another day.
 * Each is a median of three neighbouring hours, so that a single odd hour says nothing. Undefined while no week is known.
 */
export function envelope(rhythm: Rhythm, at: number): Range | undefined {
  if (!isWeekKnown(rhythm)) return undefined;
  const hour = hourOf(at) % 24;
  let [low, high] = [Infinity, -Infinity];
  for (const day of DAYS) {
    for (const near of NEAR) {
      const level = smoothed(rhythm, day * 24 + hour + near);
      if (level < 0) continue;
      low = Math.min(low, level);
      high = Math.max(high, level);
    }
  }
  return high < 0 ? undefined : { low, high };
}

/** The median of an hour and its neighbours, of two of them the lower; -1 where none is known. */
function smoothed(rhythm: Rhythm, hour: number): number {
  const at = (near: number): number => rhythm[(hour + near + WEEK_HOURS) % WEEK_HOURS] ?? -1;
  const [a, b, c] = [at(-1), at(0), at(1)];
  const middle = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
  return middle < 0 ? Math.max(a, b, c) : middle;
}

/** The middle one, of an even number the lower; undefined of none. */
export function median(numbers: readonly number[]): number | undefined {
  return numbers.toSorted((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)];
}
