import type { MetricDataQuery, MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { awsFailure } from '../aws/failure.ts';
import { type Unavailable, unavailable } from '../evidence.ts';
import type { SourcePorts } from '../sources/source.ts';
import type { CloudWatch } from './client.ts';
import { isItLinked, type ListedSeries } from './listing.ts';

/** GetMetricData takes at most this many queries a call. */
const QUERIES_PER_CALL = 500;
const MINUTE_MS = 60_000;
/** What one page holds at most; longer windows are read in longer periods to stay within a page or two. */
const LONGEST_MINUTES = 24 * 60;

/** A series and what is read of it: by default how many samples there were. */
export interface ReadSeries extends ListedSeries {
  readonly stat?: 'SampleCount' | 'Sum';
}

/** When a series had datapoints: the ends of their periods, newest first, in milliseconds since the epoch. */
export interface Reading {
  readonly ends: readonly number[];
  /** The statistic of each period. */
  readonly values: readonly number[];
  readonly periodMs: number;
  /** Why the reading is not complete; what it shows is there all the same. */
  readonly trouble: Unavailable | undefined;
}

/**
 * Reads the datapoints of series since `from` (milliseconds since the epoch), 500 series a call, every page. CloudWatch
 * keeps a point under the start of its period; ages count from the period's end. A status other than Complete becomes
 * the reading's trouble, never an empty reading.
 */
export async function readSeries(
  series: readonly ReadSeries[],
  from: number,
  cloudwatch: CloudWatch,
  ports: SourcePorts,
): Promise<ReadonlyMap<string, Reading>> {
  const calls: ReadSeries[][] = [];
  for (let start = 0; start < series.length; start += QUERIES_PER_CALL) {
    calls.push(series.slice(start, start + QUERIES_PER_CALL));
  }
  const answers = await Promise.all(calls.map((call) => readCall(call, from, cloudwatch, ports)));
  return new Map(answers.flat());
}

async function readCall(
  series: readonly ReadSeries[],
  from: number,
  { request, commands, as }: CloudWatch,
  ports: SourcePorts,
): Promise<[string, Reading][]> {
  const now = ports.clock.now();
  const periodMs = periodFor(now - from);
  const input = {
    MetricDataQueries: series.map((one, index) => query(one, `m${index}`, periodMs)),
    StartTime: new Date(Math.floor(from / periodMs) * periodMs),
    EndTime: new Date(Math.ceil((now + 1) / MINUTE_MS) * MINUTE_MS),
    ScanBy: 'TimestampDescending' as const,
  };
  const collected = new Map<string, Collected>();
  let failure: Unavailable | undefined;
  let token: string | undefined;
  try {
    do {
      const command = new commands.GetMetricDataCommand({ ...input, ...(token ? { NextToken: token } : {}) });
      // Every page is a request; what is paid are the metrics, once.
      const counted = { action: 'cloudwatch:GetMetricData', metrics: token ? 0 : series.length };
      const page = await request(counted, (client, options) => client.send(command, options));
      for (const result of page.MetricDataResults ?? []) collect(result, periodMs, collected);
      if (page.NextToken !== undefined && page.NextToken === token) {
        failure = unavailable('invalid-response', 'GetMetricData gave the same page twice');
        break;
      }
      token = page.NextToken;
    } while (token !== undefined);
  } catch (error) {
    failure = awsFailure(error, `cloudwatch:GetMetricData, as ${as}`);
  }
  return series.map(({ key, account }, index): [string, Reading] => {
    const seen = collected.get(`m${index}`);
    const { ends = [], values = [] } = seen ?? {};
    const trouble = failure ?? troubleOf(seen, account, as) ?? withoutValues(seen);
    return [key, { ends, values, periodMs, trouble }];
  });
}

interface Collected {
  readonly ends: number[];
  readonly values: number[];
  status: string;
  message: string;
}

function collect(
  { Id = '', Timestamps = [], Values = [], StatusCode, Messages = [] }: MetricDataResult,
  periodMs: number,
  collected: Map<string, Collected>,
): void {
  const seen = collected.get(Id) ?? { ends: [], values: [], status: '', message: '' };
  for (const start of Timestamps) seen.ends.push(start.getTime() + periodMs);
  for (const value of Values) seen.values.push(value);
  seen.status = StatusCode ?? 'no status';
  seen.message =
    Messages.map(({ Code = '', Value = '' }) => `${Code} ${Value}`.trim()).join('; ') || seen.message;
  collected.set(Id, seen);
}

function withoutValues(seen: Collected | undefined): Unavailable | undefined {
  if (!seen || seen.values.length === seen.ends.length) return undefined;
  return unavailable('invalid-response', 'GetMetricData answered with times that lack a value');
}

/** Why what was read of one query is not complete; undefined where it is. */
export function troubleOf(
  seen: Pick<Collected, 'status' | 'message'> | undefined,
  account: string | undefined,
  as: string,
): Unavailable | undefined {
  if (!seen) return unavailable('invalid-response', 'GetMetricData left out a query');
  const words = seen.message === '' ? '' : `: ${seen.message}`;
  switch (seen.status) {
    case 'Complete':
      return undefined;
    case 'PartialData':
      return unavailable('incomplete', `GetMetricData answered with a part of the data${words}`);
    case 'Forbidden':
      return unavailable(
        'denied',
        `GetMetricData: Forbidden${words}; needed: cloudwatch:GetMetricData, as ${as}${account === undefined ? '' : `; ${isItLinked(account)}`}`,
      );
    default:
      return unavailable('unreachable', `GetMetricData: ${seen.status}${words}`);
  }
}

function query(
  { namespace, metric, dimensions, stat = 'SampleCount', account }: ReadSeries,
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

function periodFor(windowMs: number): number {
  if (windowMs <= LONGEST_MINUTES * MINUTE_MS) return MINUTE_MS;
  return windowMs <= 5 * LONGEST_MINUTES * MINUTE_MS ? 5 * MINUTE_MS : 60 * MINUTE_MS;
}
