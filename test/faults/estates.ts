import { onTestFinished, vi } from 'vitest';
import { systemClock } from '../../lib/clock.ts';
import { loadConfig } from '../../lib/config/load.ts';
import { type PlannedCluster, plan } from '../../lib/plan.ts';
import { CREDENTIALS, startAccount } from '../../rehearsal/account.ts';
import { type FaultProxy, startFaultProxy } from '../../rehearsal/fault-proxy.ts';
import type { KnownCredentials } from '../../rehearsal/sigv4.ts';
import { startSts } from '../../rehearsal/sts.ts';

/** The APIs that a cluster is observed through, as the SDK names them in `AWS_ENDPOINT_URL_…`. */
export const services = [
  'AMP',
  'CLOUDWATCH',
  'CLOUDWATCH_LOGS',
  'XRAY',
  'EKS',
  'ECS',
  'SERVICE_QUOTAS',
  'STS',
] as const;
export type Service = (typeof services)[number];

/** Which APIs each signal is answered by. All are, where a role is assumed, by STS too. */
export const askedBy = {
  canary: ['AMP'],
  emf: ['CLOUDWATCH'],
  otlp: ['CLOUDWATCH'],
  log: ['CLOUDWATCH_LOGS', 'CLOUDWATCH'],
  traces: ['XRAY'],
  addon: ['EKS'],
  service: ['ECS'],
  workspace: ['AMP', 'CLOUDWATCH', 'SERVICE_QUOTAS'],
} as const satisfies Readonly<Record<string, readonly Service[]>>;
export type SignalName = keyof typeof askedBy;

/** What is expected of the metric that the collectors of all estates send. */
export const CANARY =
  "metric: scrape_duration_seconds, match: { job: { '!~': '.*-slow' } }, by: [job], fresh: 4m, series: { min: 30, each: { min: 1 } }, labels: { require: [instance], values: { job: [kubernetes-pods] } }";

const ROLE = 'arn:aws:iam::111122223333:role/plumbline-reader';

/** One healthy cluster with a signal on every plane. */
function clusterIn(region: string): string {
  return `  - name: ${region}
    region: ${region}
    role: ${ROLE}
    signals:
      - { name: canary, amp: ws-rehearsal, ${CANARY} }
      - { name: emf, cloudwatch: ContainerInsights/Prometheus, metric: otelcol_process_uptime, match: { EKS_Cluster: prod-eu }, dimensions: [[EKS_Cluster, EKS_Namespace, EKS_PodName]], fresh: 15m }
      - { name: otlp, cloudwatchPromql: true, metric: up, by: [job], fresh: 5m }
      - { name: log, logs: /aws/containerinsights/prod-eu/prometheus, fresh: 15m, logClass: STANDARD, emf: { namespace: ContainerInsights/Prometheus, metric: otelcol_process_uptime, match: { EKS_Cluster: prod-eu } } }
      - { name: traces, xray: checkout, fresh: 15m, traces: { min: 10 } }
      - { name: addon, eksAddon: prod-eu/adot }
      - { name: service, ecsService: shop/checkout }
      - { name: workspace, ampWorkspace: ws-rehearsal }
`;
}

export interface Estates {
  /** The proxy before each API. */
  readonly proxies: Readonly<Record<Service, FaultProxy>>;
  readonly planned: readonly PlannedCluster[];
  /** What everything is asked as, the role's own credentials aside. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A simulated account in each region, all behind the same proxies, until the test is over. */
export async function startEstates(regions: readonly string[]): Promise<Estates> {
  const proxies = Object.fromEntries(
    await Promise.all(services.map(async (service) => [service, await startFaultProxy()] as const)),
  ) as Record<Service, FaultProxy>;
  const closing: { close(): Promise<void> }[] = Object.values(proxies);
  await Promise.all(
    regions.map(async (region) => {
      const credentials: KnownCredentials[] = [];
      const account = await startAccount(() => {}, systemClock, { region, credentials });
      const sts = await startSts({
        clock: systemClock,
        region,
        credentials: [CREDENTIALS],
        roles: new Map([[ROLE, {}]]),
        issued: credentials,
      });
      closing.push(account, sts);
      const urls = { ...account.environment, AWS_ENDPOINT_URL_STS: sts.url };
      for (const service of services) {
        proxies[service].targets.set(region, new Map(Object.entries(urls)).get(endpointOf(service)) ?? '');
      }
    }),
  );
  const environment = {
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_SESSION_TOKEN: '',
    ...Object.fromEntries(services.map((service) => [endpointOf(service), proxies[service].url])),
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await Promise.all(closing.map((one) => one.close()));
  });
  return { proxies, environment, planned: await planOf(regions) };
}

function endpointOf(service: Service): string {
  return `AWS_ENDPOINT_URL_${service}`;
}

async function planOf(regions: readonly string[]): Promise<readonly PlannedCluster[]> {
  const text = `version: 1\nclusters:\n${regions.map(clusterIn).join('')}`;
  const loaded = await loadConfig(text, { file: 'faults', env: {} });
  if (!('config' in loaded)) throw new Error(JSON.stringify(loaded.problems));
  const planned = plan(loaded.config, {});
  if (!('clusters' in planned)) throw new Error(planned.problems.join('\n'));
  return planned.clusters;
}
