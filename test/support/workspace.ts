import { onTestFinished, vi } from 'vitest';
import type { Signal, StateSignal } from '../../lib/signal.ts';
import type { SourcePorts } from '../../lib/sources/source.ts';
import { type SignalVerdict, verifyCluster } from '../../lib/verify.ts';
import { type Amp, type AmpOptions, startAmp } from '../../rehearsal/amp.ts';
import type { AwsApi, AwsApiOptions } from '../../rehearsal/aws-api.ts';
import { type CloudWatch, type CloudWatchOptions, startCloudWatch } from '../../rehearsal/cloudwatch.ts';
import { createMetricStore } from '../../rehearsal/metric-store.ts';
import { startServiceQuotas } from '../../rehearsal/service-quotas.ts';
import type { Storage } from '../../rehearsal/storage.ts';
import { type VendedMetrics, vendedMetrics } from '../../rehearsal/vended-metrics.ts';
import type { SimulatedWorkspace } from '../../rehearsal/workspace.ts';
import { fakeClock, testPorts } from './ports.ts';
import { stateSignal } from './world.ts';

const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
export const NOON = Date.parse('2026-11-20T12:00:00Z');
export const MINUTE_MS = 60_000;
export const DAY_MS = 1440 * MINUTE_MS;
export const as = { credentials: () => async () => CREDENTIALS };
export const EMPTY: Storage = { series: [] };

/** Something that AMP publishes every minute, since so many minutes before noon. */
export const since = (minutes: number, value: number, more: { until?: number } = {}) => ({
  since: NOON - minutes * MINUTE_MS,
  value,
  ...more,
});
export const ago = (minutes: number) => NOON - minutes * MINUTE_MS;
export const DAYS = 5 * 1440;
/** 1,000 samples a second are 60,000 a minute; a workspace with a million series. */
export const well = { ingestionRate: since(DAYS, 1000), activeSeries: since(DAYS, 1_000_000) };

export interface Scene {
  readonly state?: SimulatedWorkspace;
  /** Instead of those of a workspace that is well. */
  readonly vended?: Omit<VendedMetrics, 'workspace'>;
}

export interface Account {
  readonly amp: Amp;
  readonly cloudWatch: CloudWatch;
  readonly quotas: AwsApi;
  readonly applied: Map<string, number>;
  /** Every request that arrived so far, by its action. */
  readonly arrived: () => string[];
}

/** Raised for the account. */
export const RAISED = new Map([
  ['aps/L-5A151448', 60_000_000],
  ['aps/L-F4BCE0BA', 2_000_000],
]);
/** With a clock that stands elsewhere than the machine's, the SDK tries every refusal again: here nothing is refused. */
export const whole: Scene = { state: { alertManager: {} } };

export interface Options {
  readonly amp?: Partial<AmpOptions>;
  readonly cloudWatch?: Partial<CloudWatchOptions>;
  readonly quotas?: Partial<AwsApiOptions>;
  readonly applied?: ReadonlyMap<string, number>;
}

export async function start(
  ports: SourcePorts,
  scenes: Readonly<Record<string, Scene>>,
  options: Options = {},
): Promise<Account> {
  const common = { clock: ports.clock, region: 'eu-west-1', credentials: [CREDENTIALS] };
  const ids = Object.keys(scenes);
  const workspaces = new Map(ids.map((id) => [id, EMPTY]));
  const states = new Map(ids.map((id) => [id, scenes[id]?.state ?? {}]));
  const store = createMetricStore(
    ...ids.map((id) => vendedMetrics({ ...(scenes[id]?.vended ?? well), workspace: id })),
  );
  const defaults = new Map([
    ['aps/L-5A151448', 50_000_000],
    ['aps/L-F4BCE0BA', 1_666_666],
  ]);
  const applied = new Map(options.applied);
  const amp = await startAmp({ ...common, workspaces, states, ...options.amp });
  const cloudWatch = await startCloudWatch({ ...common, store, ...options.cloudWatch });
  const quotas = await startServiceQuotas({ ...common, defaults, applied, ...options.quotas });
  onTestFinished(async () => {
    await Promise.all([amp.close(), cloudWatch.close(), quotas.close()]);
    vi.unstubAllEnvs();
  });
  vi.stubEnv('AWS_ENDPOINT_URL_AMP', amp.url);
  vi.stubEnv('AWS_ENDPOINT_URL_CLOUDWATCH', cloudWatch.url);
  vi.stubEnv('AWS_ENDPOINT_URL_SERVICE_QUOTAS', quotas.url);
  const arrived = () => [
    ...amp.requests.map(({ action = '' }) => action),
    ...cloudWatch.requests.map(({ operation = '' }) => `cloudwatch:${operation}`),
    ...quotas.calls.map(({ operation }) => `servicequotas:${operation}`),
  ];
  return { amp, cloudWatch, quotas, applied, arrived };
}

export const workspace = (over: Partial<StateSignal> = {}) =>
  stateSignal({ name: 'workspace', plane: 'ampWorkspace', address: 'ws-1', ...over });

export async function verify(
  ports: SourcePorts,
  ...signals: readonly Signal[]
): Promise<readonly SignalVerdict[]> {
  const cluster = {
    name: 'prod-eu',
    region: 'eu-west-1',
    signals: signals.map((one) => ({ signal: one, judged: true })),
  };
  const onDefect = (error: unknown): void => {
    throw error;
  };
  const deadline = ports.clock.now() + 30_000;
  return (await verifyCluster(cluster, { ...ports, ...as, deadline, onDefect })).signals;
}

/** How a workspace is judged at noon. */
export async function judged(
  scene: Scene,
  over: Partial<StateSignal> = {},
  options: Options = {},
): Promise<SignalVerdict> {
  const ports = testPorts({ clock: fakeClock(NOON) });
  await start(ports, { 'ws-1': scene }, options);
  return (await verify(ports, workspace(over)))[0]!;
}

export const told = ({ verdict, findings, unavailable }: SignalVerdict): string[] => [
  verdict,
  ...findings.map(({ expectation, subject, observed }) => `${expectation} ${subject}: ${observed}`),
  ...unavailable.map(({ expectation, reason }) => `${expectation}: ${reason}`),
];
