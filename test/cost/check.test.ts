import pLimit from 'p-limit';
import { expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../lib/clock.ts';
import { checkWithCost } from '../../lib/cost/check.ts';
import { counter } from '../../lib/cost/tally.ts';
import { run } from '../../lib/run.ts';
import { sourceMemory } from '../../lib/sources/source.ts';
import { type Account, CREDENTIALS, REGION, startAccount } from '../../rehearsal/account.ts';
import { startEks } from '../../rehearsal/eks.ts';
import { signal, stateSignal } from '../support/world.ts';

const A_DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

const signals = [
  signal({
    name: 'amp',
    plane: 'amp',
    address: 'ws-rehearsal',
    metric: 'scrape_duration_seconds',
    by: ['job'],
    // Longer than the interval of the slow jobs: a shorter bound fails at one time in five.
    freshMs: 12 * MINUTE_MS,
  }),
  signal({
    name: 'cloudwatch',
    plane: 'cloudwatch',
    address: 'ContainerInsights/Prometheus',
    metric: 'otelcol_process_uptime',
    freshMs: 15 * MINUTE_MS,
  }),
  signal({
    name: 'otlp',
    plane: 'cloudwatchPromql',
    address: REGION,
    metric: 'scrape_duration_seconds',
    freshMs: 10 * MINUTE_MS,
  }),
  stateSignal({ name: 'addon' }),
];
const cluster = {
  name: 'prod-eu',
  region: REGION,
  signals: signals.map((one) => ({ signal: one, judged: true })),
};

async function account() {
  const started = await startAccount(() => {});
  const addons = new Map([
    ['prod-eu', new Map([['adot', { version: 'v1', modifiedAt: systemClock.now() - A_DAY_MS }]])],
  ]);
  const eks = await startEks({ clock: systemClock, region: REGION, credentials: [CREDENTIALS], addons });
  for (const [name, url] of Object.entries({ ...started.environment, AWS_ENDPOINT_URL_EKS: eks.url }))
    vi.stubEnv(name, url);
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await Promise.all([started.close(), eks.close()]);
  });
  const arrived = () => recorded(started, eks.calls.length);
  return { started, arrived, samples: () => samplesIn(started) };
}

/** What the simulated servers saw, by plane and action. */
function recorded({ amp, cloudWatch, cloudWatchPromql }: Account, addons: number): Record<string, number> {
  const count = (names: readonly string[], prefix: string) =>
    Object.entries(Object.groupBy(names, (name) => name)).map(([name, all]) => [
      `${prefix}${name}`,
      all?.length ?? 0,
    ]);
  return Object.fromEntries([
    ...count(
      amp.requests.map(({ action = '' }) => action),
      'amp ',
    ),
    ...count(
      cloudWatch.requests.map(({ operation = '' }) => operation),
      'cloudwatch cloudwatch:',
    ),
    ['cloudwatchPromql cloudwatch:GetMetricData', cloudWatchPromql.requests.length],
    ['eksAddon eks:DescribeAddon', addons],
  ]) as Record<string, number>;
}

function samplesIn({ amp }: Account): readonly (string | null)[] {
  return amp.requests
    .filter(({ action }) => action === 'aps:QueryMetrics')
    .map(({ form }) => form.get('stats'));
}

const ports = {
  clock: systemClock,
  deadline: systemClock.now() + 60_000,
  fetch,
  limit: pLimit(16),
  credentials: () => async () => CREDENTIALS,
  toolVersion: 'test',
  onDefect: (error: unknown): void => {
    throw error;
  },
};

test('what is counted is what the servers recorded, on every plane', async () => {
  const { arrived } = await account();
  const counted = counter();
  const report = await run([cluster], { ...ports, memory: sourceMemory(), counting: () => counted });
  expect(report.verdict).toBe('ok');
  const requests = counted
    .tallies()
    .map(({ plane, action, requests: count }) => [`${plane} ${action}`, count]);
  expect(Object.fromEntries(requests)).toEqual(arrived());
});

test('an ordinary run asks nobody to tell what it took', async () => {
  const { samples } = await account();
  await run([cluster], { ...ports, memory: sourceMemory() });
  expect(new Set(samples())).toEqual(new Set([null]));
});

test('the report is of the first run; what later runs ask is counted with what they remember', async () => {
  const { arrived, samples } = await account();
  const streams = { ...cluster, signals: cluster.signals.slice(0, 3) };
  const { verdict, cost } = await checkWithCost([streams], { ...ports, everyMs: () => 5 * MINUTE_MS });
  expect(verdict).toBe('ok');
  // Cold, warm, with old lists; there are no slow facts.
  expect(arrived()).toEqual({
    'amp aps:DescribeWorkspace': 1,
    'amp aps:QueryMetrics': 3,
    'cloudwatch cloudwatch:ListMetrics': 2,
    'cloudwatch cloudwatch:GetMetricData': 3,
    'cloudwatchPromql cloudwatch:GetMetricData': 3,
    'eksAddon eks:DescribeAddon': 0,
  });
  expect(new Set(samples())).toEqual(new Set(['all']));
  const [counted] = cost?.clusters ?? [];
  const perMonth = counted?.requests.map(({ plane, action, requestsPerMonth }) => [
    `${plane} ${action}`,
    requestsPerMonth,
  ]);
  expect(Object.fromEntries(perMonth ?? [])).toEqual({
    'amp aps:QueryMetrics': 8760,
    'cloudwatch cloudwatch:ListMetrics': 2920,
    'cloudwatch cloudwatch:GetMetricData': 8760,
    'cloudwatchPromql cloudwatch:GetMetricData': 8760,
  });
  expect(counted?.coldStartRequests).toBe(2);
  const amp = counted?.requests.find(({ plane, action }) => plane === 'amp' && action === 'aps:QueryMetrics');
  expect(amp?.unitsPerMonth).toBeGreaterThan(8760);
  expect(amp?.dollarsPerMonth).toBeCloseTo((amp?.unitsPerMonth ?? 0) * 1e-10, 5);
  expect(cost?.notKnown).toEqual(['answers do not tell how many samples: cloudwatch:GetMetricData']);
});
