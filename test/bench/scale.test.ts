import { describe, expect, test } from 'vitest';
import type { Quota } from '../../bench/quotas.ts';
import { concurrencyFor, mostClusters, simulate } from '../../bench/scale-simulation.ts';

const quota = (over: Partial<Quota> = {}): Quota => ({
  what: 'a quota',
  rate: 25,
  perRun: 1,
  isPublished: true,
  isCounted: true,
  per: 'account and region',
  ...over,
});

describe('an interval', () => {
  test('without limits is over after the last jitter and one run', () => {
    const { blindShare, overS } = simulate(
      { clusters: 100, everyS: 300, concurrency: 100 },
      quota({ rate: 1e9 }),
      's',
    );
    expect(blindShare).toBe(0);
    expect(overS).toBeGreaterThan(28);
    expect(overS).toBeLessThan(33);
  });

  test('takes as long as its workers need', () => {
    const { overS } = simulate({ clusters: 1000, everyS: 300, concurrency: 20 }, quota({ rate: 1e9 }), 's');
    expect(overS).toBeGreaterThanOrEqual(100);
    expect(overS).toBeLessThan(110);
  });

  test('that asks for more than there is leaves runs blind', () => {
    const fleet = { clusters: 3000, everyS: 300, concurrency: 200 };
    expect(simulate(fleet, quota({ perRun: 2 }), 's').blindShare).toBeGreaterThan(0.1);
    expect(simulate(fleet, quota({ perRun: 2, rate: 1000 }), 's').blindShare).toBe(0);
  });

  test('is the same for the same seed', () => {
    const fleet = { clusters: 500, everyS: 300, concurrency: 50 };
    expect(simulate(fleet, quota(), 'a')).toEqual(simulate(fleet, quota(), 'a'));
  });
});

test('twice the rate carries about twice the clusters', () => {
  const [one, two] = [10, 20].map((rate) => mostClusters(quota({ rate }), 300));
  expect((two ?? 0) / (one ?? 1)).toBeGreaterThan(1.6);
  expect((two ?? 0) / (one ?? 1)).toBeLessThan(2.4);
});

test('workers grow with the clusters', () => {
  expect([1000, 10_000].map((clusters) => concurrencyFor(clusters, 300))).toEqual([9, 84]);
});
