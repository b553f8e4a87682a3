/** How something arrived in a period. */
export interface Arrivals {
  /** Milliseconds since the epoch. */
  readonly newestAt: number | undefined;
  /** The longest time between two arrivals, milliseconds; undefined where there were not two. */
  readonly gapMs: number | undefined;
}

/**
 * What the times of arrivals tell, in any order; `since` when it could have arrived, where that is known: the silence before
 * the first is a gap too. Milliseconds since the epoch.
 */
export function arrivalsOf(times: readonly number[], since?: number): Arrivals {
  const known = times.length > 1 && since !== undefined ? [since] : [];
  const sorted = [...known, ...times].toSorted((a, b) => a - b);
  const gaps = sorted.slice(1).map((at, index) => at - (sorted[index] ?? at));
  return { newestAt: sorted.at(-1), gapMs: gaps.length === 0 ? undefined : Math.max(...gaps) };
}

const MINUTE_MS = 60_000;
const BOUNDS = ['15m', '30m', '1h', '2h', '4h', '8h', '1d'] as const;
const LENGTHS = [15, 30, 60, 120, 240, 480, 1440].map((minutes) => minutes * MINUTE_MS);

/**
 * How old the newest arrival may be where gaps were at most so long: twice as long, 15 minutes at least. Undefined where
 * that is more than a day, or nothing is known of the gaps: it would tell nothing, or cry wolf.
 */
export function boundFor(gapMs: number | undefined): (typeof BOUNDS)[number] | undefined {
  if (gapMs === undefined) return undefined;
  // One gap that is a little longer than what points may be late is no rhythm.
  return BOUNDS[LENGTHS.findIndex((length) => 2 * gapMs <= length)];
}
