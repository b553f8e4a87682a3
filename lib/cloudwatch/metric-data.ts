import type { MetricDataQuery, MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { awsFailure } from '../aws/failure.ts';
import { chunked } from '../chunked.ts';
import { type Unavailable, unavailable } from '../evidence.ts';
import { printable } from '../printable.ts';
import type { CloudWatch } from './client.ts';
import { isItLinked, type ListedSeries } from './listing.ts';

/** GetMetricData takes at most this many queries a call. */
const QUERIES_PER_CALL = 500;

/** One statistic of one series. */
export interface Measure extends ListedSeries {
  /** As CloudWatch writes it: `Sum`, `p99`. */
  readonly stat: string;
}

/** Whole periods from `from` until before `to`, all in milliseconds. GetMetricData counts periods from its start. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
  readonly periodMs: number;
}

export interface Measured {
  /** By the start of their periods, in milliseconds since the epoch, newest first; a period without a datapoint has none. */
  readonly points: readonly { readonly at: number; readonly value: number }[];
  /** Why they are not complete. */
  readonly trouble: Unavailable | undefined;
}

/** Equal for what is read once. */
export function measureKey({ key, stat }: Measure): string {
  return JSON.stringify([key, stat]);
}

/**
 * Reads statistics, 500 a call, every page. A series that does not exist has no points, as CloudWatch answers; a status
 * other than Complete is trouble, never an empty answer.
 */
export async function readMeasures(
  measures: readonly Measure[],
  window: TimeWindow,
  cloudwatch: CloudWatch,
): Promise<ReadonlyMap<string, Measured>> {
  const distinct = [...new Map(measures.map((measure) => [measureKey(measure), measure])).values()];
  const calls = chunked(distinct, QUERIES_PER_CALL);
  const answers = await Promise.all(calls.map((call) => readCall(call, window, cloudwatch)));
  return new Map(answers.flat());
}

interface Collected {
  readonly points: { at: number; value: number }[];
  status: string;
  message: string;
  hasValues: boolean;
}

async function readCall(
  measures: readonly Measure[],
  { from, to, periodMs }: TimeWindow,
  { request, commands, as }: CloudWatch,
): Promise<[string, Measured][]> {
  const collected = new Map<string, Collected>();
  const input = {
    MetricDataQueries: measures.map((measure, index) => query(measure, `m${index}`, periodMs)),
    StartTime: new Date(from),
    EndTime: new Date(to),
    ScanBy: 'TimestampDescending' as const,
  };
  let failure: Unavailable | undefined;
  let token: string | undefined;
  try {
    do {
      const command = new commands.GetMetricDataCommand({ ...input, ...(token ? { NextToken: token } : {}) });
      // Every page is a request; what is paid are the metrics, once.
      const counted = { action: 'cloudwatch:GetMetricData', metrics: token ? 0 : measures.length };
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
  return measures.map((measure, index): [string, Measured] => {
    const seen = collected.get(`m${index}`);
    const trouble = failure ?? troubleOf(seen, measure.account, as);
    return [measureKey(measure), { points: seen?.points ?? [], trouble }];
  });
}

function collect(
  { Id = '', Timestamps = [], Values = [], StatusCode, Messages = [] }: MetricDataResult,
  collected: Map<string, Collected>,
): void {
  const seen = collected.get(Id) ?? { points: [], status: '', message: '', hasValues: true };
  for (const [index, start] of Timestamps.entries()) {
    const value = Values[index];
    if (value !== undefined && Number.isFinite(value)) seen.points.push({ at: start.getTime(), value });
  }
  const words = Messages.map(({ Code = '', Value = '' }) => `${Code} ${Value}`.trim()).join('; ');
  seen.status = StatusCode ?? 'no status';
  seen.hasValues &&= Timestamps.length === Values.length;
  seen.message = words || seen.message;
  collected.set(Id, seen);
}

/** Why what was read of one query is not complete; undefined where it is. */
function troubleOf(
  seen: Collected | undefined,
  account: string | undefined,
  as: string,
): Unavailable | undefined {
  if (!seen) return unavailable('invalid-response', 'GetMetricData left out a query');
  const words = printable(seen.message === '' ? '' : `: ${seen.message}`);
  switch (seen.status) {
    case 'Complete':
      return seen.hasValues
        ? undefined
        : unavailable('invalid-response', 'GetMetricData answered with times that lack a value');
    case 'PartialData':
      return unavailable('incomplete', `GetMetricData answered with a part of the data${words}`);
    case 'Forbidden':
      return unavailable(
        'denied',
        `GetMetricData: Forbidden${words}; needed: cloudwatch:GetMetricData, as ${as}${account === undefined ? '' : `; ${isItLinked(account)}`}`,
      );
    case 'InternalError':
      return unavailable('unreachable', `GetMetricData: InternalError${words}`);
    default:
      return unavailable('invalid-response', `GetMetricData: ${printable(seen.status)}${words}`);
  }
}

function query(
  { namespace, metric, dimensions, stat, account }: Measure,
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
