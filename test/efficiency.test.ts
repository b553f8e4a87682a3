import { expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../lib/clock.ts';
import { loadConfig } from '../lib/config/load.ts';
import { plan } from '../lib/plan.ts';
import { sourceMemory } from '../lib/sources/source.ts';
import { type Verdict, verifyCluster } from '../lib/verify.ts';
import { type Account, CREDENTIALS, startAccount } from '../rehearsal/account.ts';
import { testPorts } from './support/ports.ts';

/** Twenty signals on five planes: four each. */
const CONFIG = `
version: 1
clusters:
  - name: shop
    region: eu-west-1
    signals:
      - { name: pods, amp: ws-rehearsal, metric: scrape_duration_seconds, match: { job: kubernetes-pods }, by: [job], fresh: 4m, series: { min: 3, max: 60 }, labels: { require: [instance] } }
      - { name: nodes, amp: ws-rehearsal, metric: scrape_duration_seconds, match: { job: kubernetes-nodes }, fresh: 4m, targets: { up: 90%, timeout: 10s } }
      - { name: slow, amp: ws-rehearsal, metric: scrape_duration_seconds, match: { job: { '=~': '.*-slow' } }, by: [job], fresh: 12m }
      - { name: samples, amp: ws-rehearsal, metric: up, match: { job: kubernetes-apiservers }, fresh: 4m, statistic: { is: minimum, over: 5m, min: 1 } }
      - { name: uptime, cloudwatch: ContainerInsights/Prometheus, metric: otelcol_process_uptime, match: { EKS_Cluster: prod-eu }, dimensions: [[EKS_Cluster, EKS_Namespace, EKS_PodName]], fresh: 15m }
      - { name: memory, cloudwatch: ContainerInsights/Prometheus, metric: otelcol_process_memory_rss, match: { EKS_Cluster: prod-eu }, fresh: 15m }
      - { name: often, cloudwatch: ContainerInsights/Prometheus, metric: otelcol_process_uptime, match: { EKS_Cluster: prod-eu }, fresh: 15m, statistic: { is: sampleCount, over: 10m, min: 3 } }
      - { name: lone, cloudwatch: ContainerInsights/Prometheus, metric: otelcol_process_memory_rss, match: { EKS_Namespace: default }, fresh: 20m }
      - { name: emf-log, logs: /aws/containerinsights/prod-eu/prometheus, fresh: 15m, retention: never, logClass: STANDARD, emf: { namespace: ContainerInsights/Prometheus, metric: otelcol_process_uptime, match: { EKS_Cluster: prod-eu } } }
      - { name: app-log, logs: /logs/prod-eu, fresh: 15m, retention: 7d, streams: '{ns}.{pod}.{container}' }
      - { name: collector-log, logs: /ecs/ADOT, fresh: 15m }
      - { name: checkout-log, logs: /ecs/checkout, fresh: 15m }
      - { name: checkout-traces, xray: checkout, fresh: 15m, traces: { min: 3 } }
      - { name: cart-traces, xray: cart, fresh: 15m }
      - { name: payment-traces, xray: payment, fresh: 15m }
      - { name: search-traces, xray: search, fresh: 15m }
      - { name: checkout, ecsService: checkout }
      - { name: cart, ecsService: cart }
      - { name: payment, ecsService: payment }
      - { name: search, ecsService: search }
`;

async function planned() {
  const loaded = await loadConfig(CONFIG, { file: 'efficiency', env: {} });
  if (!('config' in loaded)) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  const result = plan(loaded.config, {});
  if (!('clusters' in result)) throw new Error(result.problems.join('\n'));
  return result.clusters[0]!;
}

/** Every request that reached the account's servers. */
const arrivals = ({ amp, cloudWatch, eks, ecs, logs, xray, quotas }: Account): number =>
  amp.requests.length +
  cloudWatch.requests.length +
  [eks, ecs, logs, xray, quotas].map(({ calls }) => calls.length).reduce((sum, count) => sum + count, 0);

/** Lets requests go in waves: all that wait once nothing else happens. How many waves there are is how often is waited. */
function waves() {
  const waiting: (() => void)[] = [];
  let count = 0;
  let inFlight = 0;
  let quiet: NodeJS.Timeout | undefined;
  const settle = (): void => {
    clearTimeout(quiet);
    quiet = setTimeout(() => {
      // Busy machines answer some of a round trip late: what asks further meanwhile is of the next one.
      if (inFlight > 0 || waiting.length === 0) return;
      count += 1;
      for (const go of waiting.splice(0)) go();
    }, 60);
  };
  const limit = async <T>(request: () => Promise<T>): Promise<T> => {
    await new Promise<void>((go) => {
      waiting.push(go);
      settle();
    });
    inFlight += 1;
    try {
      return await request();
    } finally {
      inFlight -= 1;
      settle();
    }
  };
  return { limit, count: () => count };
}

test('twenty signals on five planes take at most 15 requests in 4 round trips, once the caches are warm', async () => {
  const account = await startAccount(() => {});
  onTestFinished(() => account.close());
  for (const [name, url] of Object.entries(account.environment)) vi.stubEnv(name, url);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const cluster = await planned();
  const memory = sourceMemory();
  const look = async (expected: Verdict = 'ok') => {
    const counted: string[] = [];
    const { limit, count } = waves();
    const before = arrivals(account);
    const ports = testPorts({
      clock: systemClock,
      limit,
      memory,
      credentials: () => async () => CREDENTIALS,
      onRequest: ({ action }) => counted.push(action),
    });
    const onDefect = (error: unknown): void => {
      throw error;
    };
    const { verdict, signals } = await verifyCluster(cluster, { ...ports, onDefect });
    const told = signals.flatMap(({ signal, findings, unavailable }) =>
      [...findings, ...unavailable].map((one) => `${signal.name}: ${JSON.stringify(one)}`),
    );
    if (expected === 'ok') expect(told).toEqual([]);
    expect(verdict).toBe(expected);
    expect(counted).toHaveLength(arrivals(account) - before);
    return { requests: counted, roundTrips: count() };
  };
  const cold = await look();
  const warm = await look();
  expect(warm.requests.length, warm.requests.sort().join(' ')).toBeLessThanOrEqual(15);
  expect(warm.roundTrips).toBeLessThanOrEqual(4);
  expect(cold.requests.length).toBeGreaterThan(warm.requests.length);
  expect(new Set(cluster.signals.map(({ signal }) => signal.plane)).size).toBe(5);
  expect(cluster.signals).toHaveLength(20);

  const before = systemClock.now() - 40 * 60_000;
  const { pipeline, emf, world } = account;
  const breaks = {
    amp: () => pipeline.denyRemoteWrite(before),
    cloudwatch: () => emf.denyPutLogEvents(before),
    logs: () => {
      for (const [name, group] of world.groups) {
        const streams = group.streams.map((stream) => ({ ...stream, until: before }));
        world.groups.set(name, { ...group, streams });
      }
    },
    xray: () => {
      world.traces.services = world.traces.services.map((one) => ({ ...one, until: before }));
    },
  };
  // CloudWatch needs two more: what there is, and when it was alive. The others one.
  for (const [broken, happen] of Object.values(breaks).entries()) {
    happen();
    await look('failing');
    const failing = await look('failing');
    expect(failing.roundTrips).toBeLessThanOrEqual(warm.roundTrips + Math.min(broken + 1, 2));
  }
}, 30_000);
