import type { StateSignal } from '../signal.ts';

const QUARTER_MS = 15 * 60_000;
const HALF_A_DAY_MS = 12 * 60 * 60_000;

const KEYS = ['discarded', 'quotas', 'scrapers', 'rules', 'alerting'] as const;

/** Whether a signal expects this of a workspace: one that names nothing expects everything. */
export function isExpected(signal: StateSignal, key: (typeof KEYS)[number]): boolean {
  if (signal.plane !== 'ampWorkspace') return false;
  return signal[key] !== undefined || KEYS.every((one) => signal[one] === undefined);
}

/** How far back failures are looked for: a quarter of an hour, or since the run before, half a day at most. Milliseconds. */
export function lookBackMs({ everyMs = 0 }: StateSignal): number {
  return Math.min(HALF_A_DAY_MS, Math.max(QUARTER_MS, everyMs));
}
