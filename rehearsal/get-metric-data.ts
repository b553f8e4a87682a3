import { minuteOf } from './emission.ts';
import { awsJson, continued, invalidNextToken, nextToken, validationError } from './aws-json.ts';
import type { Reply } from './http.ts';
import { isStatistic, metricDataProblems, percentile } from './metric-data-problems.ts';
import type { Statistic } from './metric-data-problems.ts';
import type { GetMetricDataInput, MetricDataQuery, MetricStat } from './metric-reads.ts';
import type { Datapoint, MetricStore } from './metric-store.ts';

/** What becomes of one query. Of `PartialData` only the older half is returned, and no token. */
export type QueryFault = 'Forbidden' | 'InternalError' | 'PartialData';

export interface MetricData {
  /** By account: first the one that is asked, then those that are linked to it. */
  readonly stores: ReadonlyMap<string, MetricStore>;
  /** Datapoints a page, at most. */
  readonly pageSize: number;
  readonly statusOf: (query: MetricDataQuery) => QueryFault | undefined;
}

interface Point {
  readonly at: number;
  readonly value: number;
}

interface QueryAnswer {
  readonly query: MetricDataQuery;
  readonly points: readonly Point[];
  readonly fault: QueryFault | undefined;
}

/** The next page begins at this datapoint of this query. */
interface Position {
  readonly query: number;
  readonly point: number;
}

const DAY_MS = 24 * 60 * 60_000;
const FORBIDDEN = {
  Code: 'Forbidden',
  Value: 'Authentication too complex to retrieve cross region data',
};
const MESSAGES = {
  Forbidden: [FORBIDDEN],
  InternalError: [{ Code: 'InternalError', Value: 'An internal error occurred' }],
  PartialData: [],
} as const;

/** Answers GetMetricData at `now` (ms), with what has been delivered by then. */
export function answerGetMetricData(input: GetMetricDataInput, data: MetricData, now: number): Reply {
  const problems = metricDataProblems(input);
  if (problems.length > 0) return validationError(problems);
  const from =
    input.NextToken === undefined
      ? { at: now, position: { query: 0, point: 0 } }
      : continued(input, input.NextToken, isPosition);
  if (!from) return invalidNextToken();
  const answers = input.MetricDataQueries.filter(({ ReturnData = true }) => ReturnData).map((query) =>
    answerOf(query, input, data, from.at),
  );
  const { results, next } = pageOf(
    answers,
    from.position,
    Math.min(input.MaxDatapoints ?? Infinity, data.pageSize),
  );
  const token = next ? { NextToken: nextToken(input, { at: from.at, position: next }) } : {};
  return awsJson({ MetricDataResults: results, Messages: [], ...token });
}

function isPosition(value: unknown): value is Position {
  if (typeof value !== 'object' || value === null || !('query' in value && 'point' in value)) return false;
  return Number.isInteger(value.query) && Number.isInteger(value.point);
}

function answerOf(
  query: MetricDataQuery,
  input: GetMetricDataInput,
  { stores, statusOf }: MetricData,
  now: number,
): QueryAnswer {
  const [own] = stores.keys();
  const store = stores.get(query.AccountId ?? own ?? '');
  const fault = store ? statusOf(query) : 'Forbidden';
  const silent = fault === 'Forbidden' || fault === 'InternalError' || !store;
  const ascending = silent || !query.MetricStat ? [] : read(query.MetricStat, input, store, now);
  const kept = fault === 'PartialData' ? ascending.slice(0, Math.floor(ascending.length / 2)) : ascending;
  return { query, fault, points: input.ScanBy === 'TimestampAscending' ? kept : kept.toReversed() };
}

function read(
  stat: MetricStat,
  input: GetMetricDataInput,
  store: MetricStore,
  now: number,
): readonly Point[] {
  const { Metric, Period, Stat } = stat;
  const metric = store.find({
    namespace: Metric.Namespace ?? '',
    name: Metric.MetricName ?? '',
    dimensions: new Map((Metric.Dimensions ?? []).map(({ Name, Value }) => [Name, Value])),
  });
  const share = percentile(Stat);
  if (!metric || (!isStatistic(Stat) && share === undefined)) return [];
  const period = Period * 1000;
  const oldest = now - retentionOf(period);
  // Periods begin at the start that was asked for, rounded down to its minute (boto3 #3457).
  const begin = minuteOf(input.StartTime * 1000);
  const end = begin + Math.ceil((input.EndTime * 1000 - begin) / period) * period;
  const minutes = metric.datapoints(Math.max(begin, oldest), end, now);
  const periods = Map.groupBy(minutes, ({ at }) => begin + Math.floor((at - begin) / period) * period);
  return [...periods].map(([at, within]) => ({
    at,
    value: isStatistic(Stat) ? statistic(Stat, within) : quantile(share ?? 0, within),
  }));
}

/** Between two values in proportion; CloudWatch itself approximates. */
function quantile(share: number, minutes: readonly Datapoint[]): number {
  const sorted = minutes.flatMap(({ values }) => values).sort((left, right) => left - right);
  const rank = share * (sorted.length - 1);
  const [lower = 0, upper = lower] = sorted.slice(Math.floor(rank), Math.floor(rank) + 2);
  return lower + (upper - lower) * (rank - Math.floor(rank));
}

/** CloudWatch keeps minutes for 15 days, five minutes for 63, and hours for 455. */
function retentionOf(period: number): number {
  if (period < 300_000) return 15 * DAY_MS;
  return (period < 3_600_000 ? 63 : 455) * DAY_MS;
}

function statistic(stat: Statistic, minutes: readonly Datapoint[]): number {
  const total = (pick: (minute: Datapoint) => number) =>
    minutes.reduce((sum, minute) => sum + pick(minute), 0);
  switch (stat) {
    case 'SampleCount':
      return total(({ sampleCount }) => sampleCount);
    case 'Sum':
      return total(({ sum }) => sum);
    case 'Average':
      return total(({ sum }) => sum) / total(({ sampleCount }) => sampleCount);
    case 'Minimum':
      return Math.min(...minutes.map(({ minimum }) => minimum));
    case 'Maximum':
      return Math.max(...minutes.map(({ maximum }) => maximum));
    default:
      return stat satisfies never;
  }
}

/** A query whose datapoints go on is PartialData; one that was not reached is not on the page at all. */
function pageOf(
  answers: readonly QueryAnswer[],
  { query: first, point: offset }: Position,
  size: number,
): { results: readonly object[]; next?: Position } {
  const results: object[] = [];
  let left = size;
  for (const [index, answer] of answers.entries()) {
    if (index < first) continue;
    const begin = index === first ? offset : 0;
    const waiting = answer.points.length - begin;
    if (left === 0 && waiting > 0) return { results, next: { query: index, point: begin } };
    const taken = answer.points.slice(begin, begin + left);
    left -= taken.length;
    const isWhole = taken.length === waiting;
    results.push(resultOf(answer, taken, isWhole));
    if (!isWhole) return { results, next: { query: index, point: begin + taken.length } };
  }
  return { results };
}

function resultOf({ query, fault }: QueryAnswer, points: readonly Point[], isWhole: boolean): object {
  return {
    Id: query.Id,
    Label: query.Label ?? query.MetricStat?.Metric.MetricName,
    Timestamps: points.map(({ at }) => at / 1000),
    Values: points.map(({ value }) => value),
    StatusCode: fault ?? (isWhole ? 'Complete' : 'PartialData'),
    ...(fault && MESSAGES[fault].length > 0 ? { Messages: MESSAGES[fault] } : {}),
  };
}
