import type { Verdict } from './verify.ts';

/** Failing beats unknown beats ok. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('failing')) return 'failing';
  return verdicts.includes('unknown') ? 'unknown' : 'ok';
}
