import type { AwsApi, AwsApiOptions } from './aws-api.ts';
import { steadyService } from './ecs-service.ts';
import { startEcs } from './ecs.ts';
import { type SimulatedAddon, startEks } from './eks.ts';
import type { SimulatedLogGroup } from './log-groups.ts';
import { vendedLogMetrics } from './log-groups.ts';
import { startLogs } from './logs.ts';
import type { ContributionSource } from './metric-store.ts';
import { startServiceQuotas } from './service-quotas.ts';
import type { TraceWorld } from './trace-world.ts';
import { vendedMetrics } from './vended-metrics.ts';
import type { SimulatedWorkspace } from './workspace.ts';
import { startXRay } from './xray.ts';

const DAY_MS = 86_400_000;
const REVISION = 'checkout:7';

/** What stands around the pipelines of the simulated account. Times are milliseconds since the epoch. */
export interface Machinery {
  /** By EKS cluster, then by add-on; may be changed. */
  readonly addons: Map<string, Map<string, SimulatedAddon>>;
  /** By name; may be changed. */
  readonly logGroups: Map<string, SimulatedLogGroup>;
  readonly traces: TraceWorld;
  readonly workspaces: ReadonlyMap<string, SimulatedWorkspace>;
  /** What CloudWatch Logs and AMP themselves publish. */
  readonly vended: readonly ContributionSource[];
  readonly eks: AwsApi;
  readonly ecs: AwsApi;
  readonly logs: AwsApi;
  readonly xray: AwsApi;
  readonly quotas: AwsApi;
  /** Where the SDK finds these APIs. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** An add-on, log groups, traces, services of ECS and a workspace, all of which have been well for days before `now`. */
export async function startMachinery(
  workspace: string,
  options: AwsApiOptions,
  now = options.clock.now(),
): Promise<Machinery> {
  const before = now - 5 * DAY_MS;
  const addons = new Map([
    ['prod-eu', new Map([['adot', { version: 'v0.109.0-eksbuild.1', modifiedAt: now - 3 * DAY_MS }]])],
  ]);
  const stream = (name: string) => ({ name, since: before });
  const logGroups = new Map<string, SimulatedLogGroup>([
    ['/aws/containerinsights/prod-eu/prometheus', { streams: [stream('otel-stream-1f6c')] }],
    ['/logs/prod-eu', { streams: [stream('shop.checkout-7d9f.app')], retentionInDays: 7 }],
    ['/ecs/ADOT', { streams: [stream('adot/collector/1')], retentionInDays: 30 }],
    ['/ecs/checkout', { streams: [stream('checkout/app/1')], retentionInDays: 30 }],
  ]);
  const service = (name: string) => ({ name, everyMs: 20_000 });
  const traces: TraceWorld = {
    destination: 'XRay',
    services: ['checkout', 'cart', 'payment', 'search'].map(service),
  };
  const workspaces = new Map([[workspace, {}]]);
  const sidecars = [
    { name: 'app', image: 'shop/checkout:1' },
    { name: 'adot', image: 'public.ecr.aws/aws-observability/aws-otel-collector:v0.49.0' },
  ];
  const services = new Map(
    ['checkout', 'cart', 'payment', 'search'].map((name) => [name, steadyService(REVISION, 2, now)]),
  );
  const eks = await startEks({ ...options, addons });
  const ecs = await startEcs({
    ...options,
    services: new Map([['shop', services]]),
    revisions: new Map([[REVISION, sidecars]]),
  });
  const logs = await startLogs({ ...options, groups: logGroups, traces });
  const xray = await startXRay({ ...options, world: traces });
  const defaults = new Map([
    ['aps/L-5A151448', 50_000_000],
    ['aps/L-F4BCE0BA', 1_666_666],
  ]);
  const quotas = await startServiceQuotas({ ...options, defaults });
  const steady = (value: number) => ({ since: before, value });
  return {
    addons,
    logGroups,
    traces,
    workspaces,
    vended: [
      vendedLogMetrics(logGroups),
      vendedMetrics({ workspace, ingestionRate: steady(1000), activeSeries: steady(20_000) }),
    ],
    eks,
    ecs,
    logs,
    xray,
    quotas,
    environment: {
      AWS_ENDPOINT_URL_EKS: eks.url,
      AWS_ENDPOINT_URL_ECS: ecs.url,
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: logs.url,
      AWS_ENDPOINT_URL_XRAY: xray.url,
      AWS_ENDPOINT_URL_SERVICE_QUOTAS: quotas.url,
    },
    close: async () => {
      await Promise.all([eks, ecs, logs, xray, quotas].map((api) => api.close()));
    },
  };
}
