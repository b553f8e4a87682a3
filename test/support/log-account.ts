import { onTestFinished, vi } from 'vitest';
import type { StreamSignal } from '../../lib/signal.ts';
import { type SignalVerdict, verifyCluster } from '../../lib/verify.ts';
import type { AwsApi } from '../../rehearsal/aws-api.ts';
import { type CloudWatch, type CloudWatchOptions, startCloudWatch } from '../../rehearsal/cloudwatch.ts';
import { type SimulatedLogGroup, vendedLogMetrics } from '../../rehearsal/log-groups.ts';
import { type LogsOptions, startLogs } from '../../rehearsal/logs.ts';
import { createMetricStore, steadyMetrics, type SteadyMetric } from '../../rehearsal/metric-store.ts';
import { type FakeClock, fakeClock, testPorts } from './ports.ts';
import { signal } from './world.ts';

export const NOON = Date.parse('2026-11-20T12:00:00Z');
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const GROUP = '/aws/containerinsights/prod-eu/performance';
export const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };

/** An account with log groups, the metrics vended about them, and others; and what Plumbline says of it. */
export interface LogAccount {
  readonly clock: FakeClock;
  readonly cloudWatch: CloudWatch;
  readonly logs: AwsApi;
  readonly groups: Map<string, SimulatedLogGroup>;
  /** Verifies signals in one run, in the order given; what the run remembers is there in the next. */
  readonly run: (...signals: readonly Partial<StreamSignal>[]) => Promise<readonly SignalVerdict[]>;
  /** The verdict, findings and unanswered expectations of one signal of a run, as short lines. */
  readonly told: (over?: Partial<StreamSignal>) => Promise<readonly string[]>;
  /** The operations that were called since the last time. */
  readonly asked: () => readonly string[];
}

export interface LogAccountOptions {
  readonly metrics?: readonly SteadyMetric[];
  readonly logs?: Partial<LogsOptions>;
  readonly cloudWatch?: Partial<CloudWatchOptions>;
}

/** A group that gets an event a minute since yesterday. */
export function writing(over: Partial<SimulatedLogGroup> = {}): SimulatedLogGroup {
  return { streams: [{ name: 'node-1', since: NOON - 24 * HOUR }], ...over };
}

/** A signal of the log group, for tests to bend. */
export function ofGroup(over: Partial<StreamSignal> = {}): StreamSignal {
  return signal({
    name: 'performance',
    plane: 'logs',
    address: GROUP,
    metric: 'IncomingLogEvents',
    freshMs: 15 * MINUTE,
    ...over,
  });
}

export async function logAccount(
  described: Readonly<Record<string, SimulatedLogGroup>>,
  { metrics = [], ...options }: LogAccountOptions = {},
): Promise<LogAccount> {
  const clock = fakeClock(NOON);
  const groups = new Map(Object.entries(described));
  const shared = { clock, region: 'eu-west-1', credentials: [CREDENTIALS] };
  const store = createMetricStore(vendedLogMetrics(groups), steadyMetrics(metrics));
  const cloudWatch = await startCloudWatch({ ...shared, store, ...options.cloudWatch });
  const logs = await startLogs({ ...shared, groups, ...options.logs });
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await Promise.all([cloudWatch.close(), logs.close()]);
  });
  vi.stubEnv('AWS_ENDPOINT_URL_CLOUDWATCH', cloudWatch.url);
  vi.stubEnv('AWS_ENDPOINT_URL_CLOUDWATCH_LOGS', logs.url);
  const ports = testPorts({ clock, credentials: () => async () => CREDENTIALS });
  const run = async (...signals: readonly Partial<StreamSignal>[]) => {
    const onDefect = (error: unknown): void => {
      throw error;
    };
    const planned = signals.map((over) => ({ signal: ofGroup(over), judged: true }));
    const cluster = { name: 'prod-eu', region: 'eu-west-1', signals: planned };
    const judged = await verifyCluster(cluster, { ...ports, deadline: clock.now() + 30_000, onDefect });
    return judged.signals;
  };
  const operations = (): string[] => [
    ...cloudWatch.requests.map(({ operation }) => operation ?? ''),
    ...logs.calls.map(({ operation }) => operation),
  ];
  let before: string[] = [];
  return {
    clock,
    cloudWatch,
    logs,
    groups,
    run,
    told: async (over = {}) => lines((await run(over))[0]),
    asked: () => {
      const all = operations();
      const since = all.slice();
      for (const one of before) since.splice(since.indexOf(one), 1);
      before = all;
      return since.sort();
    },
  };
}

export function lines(verdict: SignalVerdict | undefined): readonly string[] {
  if (!verdict) return ['not judged'];
  return [
    verdict.verdict,
    ...verdict.findings.map(({ expectation, subject, observed }) => `${expectation} ${subject}: ${observed}`),
    ...verdict.unavailable.map(({ expectation, reason }) => `${expectation}: ${reason}`),
  ];
}
