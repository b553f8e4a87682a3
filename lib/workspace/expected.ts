import type { StateSignal } from '../signal.ts';

const KEYS = ['discarded', 'quotas', 'scrapers', 'rules', 'alerting'] as const;

/** Whether a signal expects this of a workspace: one that names nothing expects everything. */
export function isExpected(signal: StateSignal, key: (typeof KEYS)[number]): boolean {
  if (signal.plane !== 'ampWorkspace') return false;
  return signal[key] !== undefined || KEYS.every((one) => signal[one] === undefined);
}
