import type { Turn } from '../incidents/storm.ts';
import type { Report } from '../report/report.ts';
import { TICK_MS, tickOf } from './slots.ts';

/**
 * A run of one cluster that was dispatched and has something to tell, or that turned: `verify` leaves the telling to the
 * next tick, so that what several clusters share is one story.
 */
export interface HeldRun {
  readonly cluster: string;
  /** When the run was due. Milliseconds since the epoch, as all moments here. */
  readonly at: number;
  readonly checkedAt: number;
  /** What the run saw; null once it was told, and only kept for those of its tick that come late. */
  readonly report: Report['clusters'][number] | null;
  /** How the cluster turned with this run; null where it did not. */
  readonly turn: Turn | null;
  /** The key of the storm that it was told with; null where it was none. */
  readonly storm: string | null;
}

/** How long held runs are kept: later than this, nothing comes that belongs to their tick. */
export const HELD_MS = 15 * TICK_MS;

/** Two further ticks may fail to tell; then the cluster's next run tells what is owed itself. */
const LATEST_MS = 3 * TICK_MS;

/** Whether a run that is held at `now` is still among the held ones in the ticks to come: it may have waited in the queue. */
export function isFoundByTicks(at: number, now: number): boolean {
  return now < at + HELD_MS - LATEST_MS;
}

const HELD = 'tick ';

/** Who holds the claim to send while a run is held. */
export function tickClaim(at: number): { readonly claimant: string; readonly until: number } {
  const tick = tickOf(at);
  return { claimant: `${HELD}${new Date(tick).toISOString()}`, until: tick + LATEST_MS };
}

/** Whether a claim is that of a held run, which the next tick takes over. */
export function isTickClaim(claimant: string | undefined): boolean {
  return claimant?.startsWith(HELD) ?? false;
}

/** Whether a held run is told by `tick`: all runs of its own have had a tick's time to turn as well. */
export function isTold({ at }: HeldRun, tick: number): boolean {
  return tickOf(at) + TICK_MS <= tick;
}
