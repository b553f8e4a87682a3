import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { realPrometheus } from '../support/prometheus.ts';
import { type Comparison, startComparison } from './compare.ts';
import { anySignal, anyTime, verdicts } from './verdicts.ts';

describe.skipIf(!realPrometheus.available)('verdicts on both servers, at length', () => {
  let comparison: Comparison;
  beforeAll(async () => {
    comparison = await startComparison();
  }, 60_000);
  afterAll(async () => {
    await comparison?.stop();
  });

  test('are the same for any signal at any time', async () => {
    await fc.assert(
      fc.asyncProperty(anySignal, anyTime, async (signal, at) => {
        const { real, simulated } = await verdicts(comparison, signal, at);
        expect(simulated).toEqual(real);
        expect(real?.unavailable.filter(({ reason }) => reason !== 'not-listed-yet')).toEqual([]);
      }),
      { numRuns: 3000 },
    );
  });
});
