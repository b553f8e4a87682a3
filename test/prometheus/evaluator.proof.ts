import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { realPrometheus } from '../support/prometheus.ts';
import { anyQuery } from './any-query.ts';
import { difference, startComparison } from './compare.ts';
import type { Comparison } from './compare.ts';
import { evaluationTimes } from './series.ts';

describe.skipIf(!realPrometheus.available)(
  'the simulated evaluator beside a real Prometheus, at length',
  () => {
    let comparison: Comparison;
    beforeAll(async () => {
      comparison = await startComparison();
    }, 60_000);
    afterAll(async () => {
      await comparison.stop();
    });

    test('answers random queries', async () => {
      await fc.assert(
        fc.asyncProperty(anyQuery, fc.constantFrom(...evaluationTimes), async (query, at) => {
          expect(
            difference(await comparison.real(query, at), comparison.simulated(query, at), query),
          ).toBeUndefined();
        }),
        { numRuns: 5000 },
      );
    });
  },
);
