import type { StateSignal } from '../signal.ts';

const QUARTER_MS = 15 * 60_000;
/** Runs are not to the second, and periods are read whole. */
const PERIOD_MS = 5 * 60_000;
const HALF_A_DAY_MS = 12 * 60 * 60_000;

const KEYS = ['discarded', 'quotas', 'scrapers', 'rules', 'alerting'] as const;

/** Whether a signal expects this of a workspace: one that names nothing expects everything. */
export function isExpected(signal: StateSignal, key: (typeof KEYS)[number]): boolean {
  if (signal.plane !== 'ampWorkspace') return false;
  return signal[key] !== undefined || KEYS.every((one) => signal[one] === undefined);
}

/**
 * How far back failures are looked for: so far that what happened once is seen in as many runs as it takes to be told (two
 * unless the signal says otherwise), a quarter of an hour at least and half a day at most. Milliseconds.
 */
export function lookBackMs({ everyMs = 0, failAfter = 2 }: StateSignal): number {
  return Math.min(HALF_A_DAY_MS, Math.max(QUARTER_MS, failAfter * everyMs + PERIOD_MS));
}
