import { expect, test } from 'vitest';
import { type Cost, costSchema } from '../../lib/cost/cost.ts';
import { type CountedCluster, estimate } from '../../lib/cost/estimate.ts';
import type { Tally } from '../../lib/cost/tally.ts';

const MINUTE_MS = 60_000;
/** At five minutes 8,760 runs, of 730 hours. */
const RUNS = 8760;

function tally(over: Partial<Tally> = {}): Tally {
  return {
    plane: 'amp',
    action: 'aps:QueryMetrics',
    requests: 1,
    metrics: 0,
    units: 0,
    told: 0,
    untold: 0,
    ...over,
  };
}

const samples = (units: number, over: Partial<Tally> = {}) => tally({ units, told: 1, ...over });
const metrics = (count: number) =>
  tally({ plane: 'cloudwatch', action: 'cloudwatch:GetMetricData', metrics: count });
const pages = (requests: number) =>
  tally({ plane: 'cloudwatch', action: 'cloudwatch:ListMetrics', requests });

function cluster(warm: readonly Tally[], over: Partial<CountedCluster> = {}): CountedCluster {
  return {
    cluster: 'prod-eu',
    signals: 10,
    everyMs: 5 * MINUTE_MS,
    cold: warm,
    warm,
    listing: warm,
    slow: warm,
    ...over,
  };
}

const costOf = (counted: CountedCluster): Cost['clusters'][number] => {
  const [first] = estimate([counted]).clusters;
  if (!first) throw new Error('no cluster');
  return first;
};

// The examples of the cost model, worked by hand: 8,760 runs and no free tier.
test.each([
  ['20 checks of 1,000 samples', samples(20_000), 5, 0.01752],
  ['20 checks of 10,000 samples', samples(200_000), 5, 0.1752],
  ['20 checks of 100,000 samples', samples(2_000_000), 5, 1.752],
  [
    '20 checks of 1,000 samples of PromQL in CloudWatch',
    samples(20_000, { plane: 'cloudwatchPromql', action: 'cloudwatch:GetMetricData' }),
    5,
    1.752,
  ],
  ['a metric every 5 minutes', metrics(1), 5, 0.0876],
  ['a metric every 15 minutes', metrics(1), 15, 0.0292],
  ['a metric every hour', metrics(1), 60, 0.0073],
  ['a page listed in every run', pages(1), 5, 0.0876],
] as const)('%s', (_name, asked, minutes, dollars) => {
  const { dollarsPerMonth, runsPerMonth } = costOf(cluster([asked], { everyMs: minutes * MINUTE_MS }));
  expect(dollarsPerMonth).toBeCloseTo(dollars, 6);
  expect(runsPerMonth).toBe((RUNS * 5) / minutes);
});

test('a list is paid for every 15 minutes, a slow fact asked for every 30, and neither more often than there are runs', () => {
  const addon = tally({ plane: 'eksAddon', action: 'eks:DescribeAddon' });
  const counted = {
    listing: [metrics(1), pages(2)],
    slow: [metrics(1), addon],
    cold: [metrics(3), pages(2), addon],
  };
  const often = costOf(cluster([metrics(1)], counted));
  expect(often.requests).toMatchObject([
    { action: 'cloudwatch:GetMetricData', requestsPerRun: 1, requestsPerMonth: 8760, unitsPerMonth: 8760 },
    { action: 'cloudwatch:ListMetrics', requestsPerRun: 0, requestsPerMonth: 5840, dollarsPerMonth: 0.0584 },
    { action: 'eks:DescribeAddon', requestsPerRun: 0, requestsPerMonth: 1460 },
  ]);
  expect(often.coldStartRequests).toBe(3);
  const seldom = costOf(cluster([metrics(1)], { ...counted, everyMs: 60 * MINUTE_MS }));
  expect(seldom.requests.map(({ requestsPerMonth }) => requestsPerMonth)).toEqual([730, 1460, 730]);
});

test('a run that happens to ask less while it refreshes takes nothing off', () => {
  const { requests } = costOf(cluster([metrics(5)], { listing: [metrics(2)] }));
  expect(requests[0]?.unitsPerMonth).toBe(5 * RUNS);
});

test('what has no known price, or whose amount is not told, is never 0 dollars and no part of the sum', () => {
  const cost = estimate([
    cluster([
      metrics(1),
      tally({ plane: 'eksAddon', action: 'eks:DescribeAddon' }),
      tally({ untold: 1 }),
      tally({ plane: 'cloudwatchPromql', action: 'cloudwatch:GetMetricData' }),
      tally({ plane: 'xray', action: 'xray:GetTraceSummaries', told: 2, untold: 1, units: 7 }),
    ]),
  ]);
  const [first] = cost.clusters;
  expect(first?.requests.filter(({ dollarsPerMonth }) => dollarsPerMonth === null)).toHaveLength(4);
  expect(first?.dollarsPerMonth).toBeCloseTo(0.0876, 6);
  expect(cost.notKnown).toEqual([
    'answers do not tell how many samples: aps:QueryMetrics, cloudwatch:GetMetricData',
    'no price is listed for: eks:DescribeAddon',
    'answers do not tell how many traces: xray:GetTraceSummaries',
  ]);
});

test('nothing that was processed is nothing to pay, which is known', () => {
  expect(costOf(cluster([samples(0)])).requests[0]).toMatchObject({ unitsPerMonth: 0, dollarsPerMonth: 0 });
});

test('Plumbline itself, for one schedule as often as the most frequent cluster', () => {
  const { own, dollarsPerMonth, clusters } = estimate([
    cluster([metrics(1)]),
    cluster([metrics(1)], { cluster: 'seldom', everyMs: 60 * MINUTE_MS }),
  ]);
  expect(own).toEqual([
    // 8,760 × (0.5 GB × 2 s × 0.0000133334 + 0.0000002)
    { what: 'Lambda', assuming: '512 MB for 2 s a run', dollarsPerMonth: 0.118553 },
    { what: 'EventBridge Scheduler', assuming: 'one call a run', dollarsPerMonth: 0.00876 },
    // 8,760 × (4 × 0.000000625 + 8 × 0.000000125)
    { what: 'DynamoDB', assuming: '4 write and 8 read units a run', dollarsPerMonth: 0.03066 },
    // FailingSignals of two clusters, Ticks, Runs and RunDuration
    { what: 'health metrics', assuming: '5 that always report, while nothing fails', dollarsPerMonth: 1.5 },
    // 8,760 × (1.5 + 2 × 0.5 + 20 × 0.4) KB × 0.0000005
    { what: 'logs', assuming: '10.5 KB a run', dollarsPerMonth: 0.04599 },
  ]);
  expect(clusters.map((one) => one.dollarsPerMonth)).toEqual([0.0876, 0.0073]);
  expect(dollarsPerMonth).toBeCloseTo(0.118553 + 0.00876 + 0.03066 + 1.5 + 0.04599 + 0.0876 + 0.0073, 6);
});

test('the custom metrics that probes write are part of the price', () => {
  const without = estimate([cluster([metrics(1)])]);
  const cost = estimate([cluster([metrics(1)], { probeMetrics: 2 })]);
  expect(cost.own).toContainEqual({
    what: 'probe metrics',
    assuming: '2 in CloudWatch',
    dollarsPerMonth: 0.6,
  });
  expect(cost.dollarsPerMonth - without.dollarsPerMonth).toBeCloseTo(0.6, 6);
});

test('the cost is what its schema says, and says of what its prices are', () => {
  const cost = estimate([cluster([metrics(1), samples(5)])]);
  expect(costSchema.safeParse(cost).success).toBe(true);
  expect(cost.prices).toEqual({ region: 'us-east-1', date: '2026-10', freeTiers: false });
  expect(cost.hoursPerMonth).toBe(730);
});
