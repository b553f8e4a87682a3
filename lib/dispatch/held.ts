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
  /** Who held it: of two invocations with the same run, one is overtaken. Undefined in what earlier versions wrote. */
  readonly by?: string;
  /** What the run saw; null where it has nothing to tell, or was told: it is only kept for those of its tick that come late. */
  readonly report: Report['clusters'][number] | null;
  /** How the cluster turned with this run; null where it did not. */
  readonly turn: Turn | null;
  /** The key of the storm that it was told with; null where it was none. */
  readonly storm: string | null;
  /** When a tick tries again what a channel did not take; undefined before it was tried. */
  readonly again?: number;
}

/** What one held run is known by. */
export type HeldKey = Pick<HeldRun, 'cluster' | 'at' | 'by'>;

/** How long a turn is kept: later than this, nothing comes that belongs to its tick. */
const TURN_MS = 15 * TICK_MS;

/** How long held runs are kept. What is owed for longer is told by the cluster's next run. */
export const HELD_MS = 7 * 24 * 60 * TICK_MS;

/** Two further ticks may fail to tell; then the cluster's next run tells what is owed itself. */
const LATEST_MS = 3 * TICK_MS;

/** A channel that was down for long is tried at least this often: the alarm on it looks for two tries within an hour. */
const SELDOMEST_MS = 30 * TICK_MS;

/** Whether a run that is held at `now` can still be told with those of its tick: it may have waited in the queue. */
export function isFoundByTicks(at: number, now: number): boolean {
  return now < at + TURN_MS - LATEST_MS;
}

/** Whether a turn that was told is too old for anything to join it. */
export function isOver({ at, report }: HeldRun, now: number): boolean {
  return report === null && at <= now - TURN_MS;
}

const HELD = 'tick ';

/** Who holds the claim to send while a run is held. */
export function tickClaim({ at, by = '' }: Pick<HeldRun, 'at' | 'by'>): {
  readonly claimant: string;
  readonly until: number;
} {
  const tick = tickOf(at);
  return { claimant: `${HELD}${new Date(tick).toISOString()} ${by}`.trimEnd(), until: tick + LATEST_MS };
}

/** Whether a claim is that of a held run, which the next tick takes over. */
export function isTickClaim(claimant: string | undefined): boolean {
  return claimant?.startsWith(HELD) ?? false;
}

/**
 * Whether a held run is told by `tick`: all runs of its own have had a tick's time to turn as well, and a channel that did
 * not take it was given time.
 */
export function isTold({ at, again }: HeldRun, tick: number): boolean {
  return tickOf(at) + TICK_MS <= tick && (again === undefined || again <= tick);
}

/** When what a channel did not take at `tick` is tried again: after as long again as it has been waiting for. */
export function againAfter({ checkedAt }: HeldRun, tick: number): number {
  const waitedMs = tick - tickOf(checkedAt);
  return tick + Math.min(Math.max(waitedMs, TICK_MS), SELDOMEST_MS);
}

/**
 * Which of a cluster's held runs, oldest first, says what is true of it: the one that the claim names, else the newest
 * that was tried, or is old enough that its memory must have been written as well if it ever is.
 */
export function tellingRun(
  runs: readonly HeldRun[],
  claimant: string | undefined,
  now: number,
): HeldRun | undefined {
  const isWritten = ({ again, checkedAt }: HeldRun) => again !== undefined || now - checkedAt >= TICK_MS;
  return runs.find((run) => tickClaim(run).claimant === claimant) ?? runs.findLast(isWritten);
}
