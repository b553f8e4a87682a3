import { CloudWatchClient, GetMetricDataCommand, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import type {
  GetMetricDataCommandInput,
  ListMetricsCommandInput,
  MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { onTestFinished } from 'vitest';
import { startCloudWatch } from '../../rehearsal/cloudwatch.ts';
import type { CloudWatch, CloudWatchOptions } from '../../rehearsal/cloudwatch.ts';
import { createMetricStore, steadyMetrics } from '../../rehearsal/metric-store.ts';
import type { SteadyMetric } from '../../rehearsal/metric-store.ts';

export const NOW = Date.parse('2026-11-20T12:00:00.250Z');
export const NOON = Date.parse('2026-11-20T12:00:00Z');
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };

/** A simulated CloudWatch and ways to ask it through the SDK's own client. */
export interface Account {
  readonly cloudWatch: CloudWatch;
  /** Moves the simulated clock. */
  readonly advance: (milliseconds: number) => void;
  readonly list: (input?: ListMetricsCommandInput) => Promise<string[]>;
  readonly listPage: (
    input: ListMetricsCommandInput,
  ) => Promise<{ names: string[]; token: string | undefined }>;
  readonly read: (
    input?: Partial<GetMetricDataCommandInput>,
  ) => Promise<{ results: Record<string, unknown>[]; token: string | undefined }>;
  readonly client: (options?: { maxAttempts?: number }) => CloudWatchClient;
}

/** An account with `metrics`, by default a sample a minute since yesterday; closed when the test is over. */
export async function account(
  metrics: readonly Partial<SteadyMetric>[],
  options: Partial<CloudWatchOptions> = {},
): Promise<Account> {
  let now = NOW;
  const defaults = { namespace: 'shop', name: 'served', dimensions: {}, since: NOON - DAY };
  const cloudWatch = await startCloudWatch({
    clock: { now: () => now },
    region: 'eu-west-1',
    credentials: [CREDENTIALS],
    store: createMetricStore(steadyMetrics(metrics.map((metric) => ({ ...defaults, ...metric })))),
    ...options,
  });
  onTestFinished(() => cloudWatch.close());
  const client = ({ maxAttempts = 1 } = {}) =>
    new CloudWatchClient({
      endpoint: cloudWatch.url,
      region: 'eu-west-1',
      credentials: CREDENTIALS,
      maxAttempts,
      systemClockOffset: now - Date.now(),
    });
  const listPage = async (input: ListMetricsCommandInput) => {
    const { Metrics = [], NextToken } = await client().send(new ListMetricsCommand(input));
    return { names: Metrics.map(({ MetricName = '' }) => MetricName), token: NextToken };
  };
  return {
    cloudWatch,
    client,
    listPage,
    advance: (milliseconds) => {
      now += milliseconds;
    },
    list: async (input = {}) => (await listPage(input)).names.sort(),
    read: async (input = {}) => {
      const answer = await client().send(new GetMetricDataCommand({ ...lastMinutes(5), ...input }));
      const results = (answer.MetricDataResults ?? []).map(({ Timestamps = [], ...rest }) => ({
        ...rest,
        Timestamps: Timestamps.map((at) => at.toISOString().slice(11, 16)),
      }));
      return { results, token: answer.NextToken };
    },
  };
}

/** A query for the sample counts of the default metric, for tests to bend. */
export function query(
  over: Partial<MetricDataQuery> = {},
  stat: Record<string, unknown> = {},
): MetricDataQuery {
  const Metric = { Namespace: 'shop', MetricName: 'served' };
  return { Id: 'q', MetricStat: { Metric, Period: 60, Stat: 'SampleCount', ...stat }, ...over };
}

/** The input that asks for so many minutes before noon. */
export function lastMinutes(minutes: number, ...queries: MetricDataQuery[]): GetMetricDataCommandInput {
  return {
    MetricDataQueries: queries.length === 0 ? [query()] : queries,
    StartTime: new Date(NOON - minutes * MINUTE),
    EndTime: new Date(NOON),
  };
}
