import type { MetricDataQuery, MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { awsFailure } from '../aws/failure.ts';
import { type Unavailable, unavailable } from '../evidence.ts';
import type { CloudWatch } from './client.ts';
import type { ListedSeries } from './listing.ts';
import { troubleOf } from './reading.ts';

/** GetMetricData takes at most this many queries a call. */
const QUERIES_PER_CALL = 500;

/** A metric of exactly these dimensions, and what is read of each of its periods. */
export interface ValueQuery extends ListedSeries {
  readonly stat: 'Sum' | 'Average';
}

/** Both ends are whole periods; times and the period in milliseconds. */
export interface ValueWindow {
  readonly from: number;
  readonly to: number;
  readonly periodMs: number;
}

export interface Values {
  /** By the start of their period; a period without a datapoint has none. */
  readonly points: readonly { readonly at: number; readonly value: number }[];
  /** Why the values are not complete. */
  readonly trouble: Unavailable | undefined;
}

interface Collected {
  readonly points: { at: number; value: number }[];
  status: string;
  message: string;
}

/**
 * The values of metrics that are known by name, by their keys: 500 a call, every page. A metric that does not exist has
 * no points, as CloudWatch answers; a status other than Complete becomes trouble, never an absence.
 */
export async function readValues(
  queries: readonly ValueQuery[],
  window: ValueWindow,
  cloudwatch: CloudWatch,
): Promise<ReadonlyMap<string, Values>> {
  const calls: ValueQuery[][] = [];
  for (let start = 0; start < queries.length; start += QUERIES_PER_CALL) {
    calls.push(queries.slice(start, start + QUERIES_PER_CALL));
  }
  const answers = await Promise.all(calls.map((call) => readCall(call, window, cloudwatch)));
  return new Map(answers.flat());
}

async function readCall(
  queries: readonly ValueQuery[],
  window: ValueWindow,
  { request, commands, as }: CloudWatch,
): Promise<[string, Values][]> {
  const input = {
    MetricDataQueries: queries.map((one, index) => asQuery(one, `m${index}`, window.periodMs)),
    StartTime: new Date(window.from),
    EndTime: new Date(window.to),
    ScanBy: 'TimestampAscending' as const,
  };
  const collected = new Map<string, Collected>();
  let failure: Unavailable | undefined;
  let token: string | undefined;
  try {
    do {
      const command = new commands.GetMetricDataCommand({ ...input, ...(token ? { NextToken: token } : {}) });
      // Every page is a request; what is paid are the metrics, once.
      const counted = { action: 'cloudwatch:GetMetricData', metrics: token ? 0 : queries.length };
      const page = await request(counted, (client, options) => client.send(command, options));
      for (const result of page.MetricDataResults ?? []) collect(result, collected);
      if (page.NextToken !== undefined && page.NextToken === token) {
        failure = unavailable('invalid-response', 'GetMetricData gave the same page twice');
        break;
      }
      token = page.NextToken;
    } while (token !== undefined);
  } catch (error) {
    failure = awsFailure(error, `cloudwatch:GetMetricData, as ${as}`);
  }
  return queries.map(({ key, account }, index): [string, Values] => {
    const seen = collected.get(`m${index}`);
    return [key, { points: seen?.points ?? [], trouble: failure ?? troubleOf(seen, account, as) }];
  });
}

function collect(
  { Id = '', Timestamps = [], Values: values = [], StatusCode, Messages = [] }: MetricDataResult,
  collected: Map<string, Collected>,
): void {
  const seen = collected.get(Id) ?? { points: [], status: '', message: '' };
  for (const [index, start] of Timestamps.entries()) {
    const value = values[index];
    if (value !== undefined && Number.isFinite(value)) seen.points.push({ at: start.getTime(), value });
  }
  const isWhole = Timestamps.length === values.length;
  seen.status = isWhole ? (StatusCode ?? 'no status') : 'times without values';
  seen.message =
    Messages.map(({ Code = '', Value = '' }) => `${Code} ${Value}`.trim()).join('; ') || seen.message;
  collected.set(Id, seen);
}

function asQuery(
  { namespace, metric, dimensions, account, stat }: ValueQuery,
  id: string,
  periodMs: number,
): MetricDataQuery {
  return {
    Id: id,
    ReturnData: true,
    ...(account === undefined ? {} : { AccountId: account }),
    MetricStat: {
      Metric: {
        Namespace: namespace,
        MetricName: metric,
        Dimensions: [...dimensions].map(([Name, Value]) => ({ Name, Value })),
      },
      Period: periodMs / 1000,
      Stat: stat,
    },
  };
}
