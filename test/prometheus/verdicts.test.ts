import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { realPrometheus } from '../support/prometheus.ts';
import { type Comparison, startComparison } from './compare.ts';
import { anySignal, anyTime, verdicts } from './verdicts.ts';

describe.skipIf(!realPrometheus.available)('verdicts on a real and on the simulated Prometheus', () => {
  let comparison: Comparison;
  beforeAll(async () => {
    comparison = await startComparison();
  }, 60_000);
  afterAll(async () => {
    await comparison?.stop();
  });

  /** The same signals every time; the proof asks others. */
  test('are the same for any signal at any time', async () => {
    const seen = { failing: 0, ok: 0, unknown: 0 };
    await fc.assert(
      fc.asyncProperty(anySignal, anyTime, async (signal, at) => {
        const { real, simulated } = await verdicts(comparison, signal, at);
        expect(simulated).toEqual(real);
        expect(real?.unavailable.filter(({ reason }) => reason !== 'not-listed-yet')).toEqual([]);
        seen[real?.verdict ?? 'unknown'] += 1;
      }),
      { numRuns: 300, seed: 20_261_120 },
    );
    expect(seen.ok).toBeGreaterThan(20);
    expect(seen.failing).toBeGreaterThan(20);
  }, 120_000);
});
