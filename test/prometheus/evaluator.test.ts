import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { realPrometheus } from '../support/prometheus.ts';
import { anyQuery } from './any-query.ts';
import { difference, startComparison } from './compare.ts';
import type { Comparison } from './compare.ts';
import { constructs, questions } from './queries.ts';
import { refused } from './refused.ts';
import { END, evaluationTimes } from './series.ts';

describe.skipIf(!realPrometheus.available)('the simulated evaluator beside a real Prometheus', () => {
  let comparison: Comparison;
  beforeAll(async () => {
    comparison = await startComparison();
  }, 60_000);
  afterAll(async () => {
    await comparison.stop();
  });

  async function differenceAt(query: string, at: number): Promise<string | undefined> {
    const found = difference(await comparison.real(query, at), comparison.simulated(query, at), query);
    return found && `at ${new Date(at).toISOString()}: ${found}`;
  }

  async function firstDifference(query: string, times: readonly number[]): Promise<string | undefined> {
    const found = await Promise.all(times.map((at) => differenceAt(query, at)));
    return found.find((text) => text !== undefined);
  }

  test.each(questions)('answers %s', async (query) => {
    expect((await comparison.real(query, END)).values?.size).toBeGreaterThan(0);
    await expect(firstDifference(query, evaluationTimes)).resolves.toBeUndefined();
  });

  test.each(constructs)('answers %s', async (query) => {
    await expect(firstDifference(query, evaluationTimes)).resolves.toBeUndefined();
  });

  test.each(refused)('refuses %s', async (query) => {
    expect((await comparison.real(query, END)).status).toBeGreaterThanOrEqual(400);
    await expect(firstDifference(query, [END])).resolves.toBeUndefined();
  });

  /** The same queries every time; the proof asks others. */
  test('answers random queries', async () => {
    await fc.assert(
      fc.asyncProperty(anyQuery, fc.constantFrom(...evaluationTimes), async (query, at) => {
        expect(await differenceAt(query, at)).toBeUndefined();
      }),
      { numRuns: 200, seed: 20_261_120 },
    );
  });
});
