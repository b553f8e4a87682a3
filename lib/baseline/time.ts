export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const WEEK_MS = 7 * DAY_MS;

/** Hours since the epoch. */
export function hourOf(at: number): number {
  return Math.floor(at / HOUR_MS);
}

const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;

/**
 * The newest hour that is learned of as of a time: each from another minute on, evenly spread, because what runs at the
 * full hour would else always be there, or never.
 */
export function learnedHour(at: number): number {
  const hour = hourOf(at);
  return at - hour * HOUR_MS >= ((hour * GOLDEN_RATIO) % 1) * HOUR_MS ? hour : hour - 1;
}

/** Days since the epoch, of UTC. */
export function dayOf(at: number): number {
  return Math.floor(at / DAY_MS);
}

/** Weeks since the epoch, which begin on Thursdays at 00:00 UTC. */
export function weekOf(at: number): number {
  return Math.floor(at / WEEK_MS);
}
