import pLimit from 'p-limit';
import { systemClock } from '../lib/clock.ts';
import { loadConfig } from '../lib/config/load.ts';
import { plan } from '../lib/plan.ts';
import { sourceMemory } from '../lib/sources/source.ts';
import { dynamoStore } from '../lib/stores/dynamodb.ts';
import { watch } from '../lib/watch.ts';
import { CREDENTIALS, REGION, startAccount } from '../rehearsal/account.ts';
import { startDynamoDB } from '../rehearsal/dynamodb.ts';

const TABLE = 'plumbline-state';
export const WRITES = 'dynamodb writes (1 KB units)';

/** A cluster of twenty signals with something on every plane. */
function config(): string {
  const jobs = ['apiservers', 'nodes', 'nodes-cadvisor', 'pods', 'service-endpoints'];
  const amp = [...jobs, ...jobs].map(
    (job, index) =>
      `{ name: amp-${index}, amp: ws-rehearsal, metric: scrape_duration_seconds, match: { job: kubernetes-${job} }, by: [job], fresh: 4m, series: { min: 1 }, labels: { require: [instance] } }`,
  );
  const emf = [0, 1, 2, 3, 4].map(
    (index) =>
      `{ name: emf-${index}, cloudwatch: ContainerInsights/Prometheus, metric: otelcol_process_uptime, match: { EKS_Cluster: prod-eu }, dimensions: [[EKS_Cluster, EKS_Namespace, EKS_PodName]], fresh: 15m, series: { min: 1 } }`,
  );
  const others = [
    '{ name: otlp, cloudwatchPromql: true, metric: up, by: [job], fresh: 5m }',
    '{ name: log, logs: /aws/containerinsights/prod-eu/prometheus, fresh: 15m, logClass: STANDARD, emf: { namespace: ContainerInsights/Prometheus, metric: otelcol_process_uptime, match: { EKS_Cluster: prod-eu } } }',
    '{ name: traces, xray: checkout, fresh: 15m, traces: { min: 10 } }',
    '{ name: addon, eksAddon: prod-eu/adot }',
    '{ name: service, ecsService: shop/checkout }',
  ];
  const signals = [...amp, ...emf, ...others].map((one) => `      - ${one}\n`).join('');
  return `version: 1\nclusters:\n  - name: prod-eu\n    region: ${REGION}\n    signals:\n${signals}`;
}

/**
 * What each of so many runs of a cluster of 20 signals asks, by IAM action, and the write units that it takes of the memory,
 * against the simulated account: the first in a container that remembers nothing of the cluster.
 */
export async function countedRuns(runs: number): Promise<readonly ReadonlyMap<string, number>[]> {
  const account = await startAccount(() => {});
  const clock = systemClock;
  const table = await startDynamoDB({ clock, region: REGION, credentials: [CREDENTIALS], table: TABLE });
  Object.assign(process.env, account.environment, { AWS_ENDPOINT_URL_DYNAMODB: table.url });
  const credentials = () => async () => CREDENTIALS;
  const memory = sourceMemory();
  const loaded = await loadConfig(config(), { file: 'bench', env: {} });
  if (!('config' in loaded)) throw new Error(JSON.stringify(loaded.problems));
  const planned = plan(loaded.config, {});
  if (!('clusters' in planned)) throw new Error(planned.problems.join('\n'));
  const counted: ReadonlyMap<string, number>[] = [];
  try {
    for (let index = 0; index < runs; index += 1) {
      const counts = new Map<string, number>();
      const before = table.consumed.write;
      const store = dynamoStore(TABLE, { clock, region: REGION, credentials });
      const deadline = clock.now() + 30_000;
      const { clusters } = await watch(
        planned.clusters,
        { id: `run ${index}`, at: clock.now(), isConfirmation: false, isDispatched: true },
        {
          clock,
          deadline,
          fetch,
          limit: pLimit(16),
          credentials,
          memory,
          toolVersion: 'bench',
          onRequest: ({ action }) => void counts.set(action, (counts.get(action) ?? 0) + 1),
          alerts: loaded.config.alerts,
          notifiers: [],
          store,
          watched: planned.clusters,
          sending: { clock, fetch, deadline, credentials, resolve: async (value) => ({ value }) },
          log: () => {},
          stage: 'live',
          emit: () => {},
        },
      );
      if (clusters.some(({ verdict }) => verdict !== 'ok')) throw new Error(JSON.stringify(clusters));
      counted.push(counts.set(WRITES, table.consumed.write - before));
    }
    return counted;
  } finally {
    await Promise.all([account.close(), table.close()]);
  }
}
