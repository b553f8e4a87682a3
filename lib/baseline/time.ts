export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const WEEK_MS = 7 * DAY_MS;

/** Hours since the epoch. */
export function hourOf(at: number): number {
  return Math.floor(at / HOUR_MS);
}

/** Days since the epoch, of UTC. */
export function dayOf(at: number): number {
  return Math.floor(at / DAY_MS);
}

/** Weeks since the epoch, which begin on Thursdays at 00:00 UTC. */
export function weekOf(at: number): number {
  return Math.floor(at / WEEK_MS);
}
