import type { GetMetricDataInput, MetricDataQuery, MetricStat } from './metric-reads.ts';

const MAX_QUERIES = 500;
const MAX_DATAPOINTS = 100_800;
const ID = /^[a-z][a-zA-Z0-9_]*$/u;
const EXTENDED_STATISTIC = /^(?:p|tm|wm|tc|ts|pr|iqm)(?:\(|\d|$)/iu;

export const STATISTICS = ['SampleCount', 'Sum', 'Average', 'Minimum', 'Maximum'] as const;
export type Statistic = (typeof STATISTICS)[number];

export function isStatistic(stat: string): stat is Statistic {
  return STATISTICS.some((one) => one === stat);
}

/** The share of a percentile, such as 0.99 of `p99`; undefined where the statistic is none. */
export function percentile(stat: string): number | undefined {
  const [, percent] = /^p(100|\d{1,2}(?:\.\d+)?)$/u.exec(stat) ?? [];
  return percent === undefined ? undefined : Number(percent) / 100;
}

/**
 * Every reason why GetMetricData refuses `input`, one sentence each. The sentences about too many queries, ids that
 * are not unique, equal times and statistics are AWS's as people reported them; the others are made in their manner.
 */
export function metricDataProblems(input: GetMetricDataInput): readonly string[] {
  const { MetricDataQueries: queries } = input;
  if (queries.length > MAX_QUERIES) {
    return [`The collection MetricDataQueries must not have a size greater than ${MAX_QUERIES}.`];
  }
  const ids = new Set(queries.map(({ Id }) => Id));
  const unique = ids.size === queries.length;
  return [
    ...(queries.length === 0 ? ['The parameter MetricDataQueries is required.'] : []),
    ...(unique ? [] : ['The values for parameter id in MetricDataQueries are not unique.']),
    ...timeProblems(input),
    ...datapointProblems(input),
    ...queries.flatMap((query, index) => queryProblems(query, `MetricDataQueries.member.${index + 1}`)),
  ];
}

function timeProblems({ StartTime, EndTime }: GetMetricDataInput): readonly string[] {
  if (StartTime === EndTime) return ['The parameter StartTime must not equal parameter EndTime.'];
  return StartTime < EndTime ? [] : ['The parameter StartTime must be less than the parameter EndTime.'];
}

function datapointProblems({ MaxDatapoints }: GetMetricDataInput): readonly string[] {
  if (MaxDatapoints === undefined || (MaxDatapoints >= 1 && MaxDatapoints <= MAX_DATAPOINTS)) return [];
  return [`The value ${MaxDatapoints} for parameter MaxDatapoints must be between 1 and ${MAX_DATAPOINTS}.`];
}

function queryProblems({ Id, MetricStat, Expression }: MetricDataQuery, path: string): readonly string[] {
  const idProblems = ID.test(Id)
    ? []
    : [`The value ${Id} for parameter ${path}.Id does not match the expected pattern ${ID.source}.`];
  if (Expression !== undefined) return [...idProblems, `not simulated: ${path}.Expression`];
  if (!MetricStat) return [...idProblems, `The parameter ${path} needs either Expression or MetricStat.`];
  return [...idProblems, ...statProblems(MetricStat, `${path}.MetricStat`)];
}

function statProblems({ Period, Stat, Unit, Metric }: MetricStat, path: string): readonly string[] {
  return [
    ...(Metric.Namespace === undefined ? [`The parameter ${path}.Metric.Namespace is required.`] : []),
    ...(Metric.MetricName === undefined ? [`The parameter ${path}.Metric.MetricName is required.`] : []),
    ...(Period >= 60 && Period % 60 === 0
      ? []
      : [`The value ${Period} for parameter ${path}.Period must be a multiple of 60.`]),
    ...statisticProblems(Stat, path),
    ...(Unit === undefined ? [] : [`not simulated: ${path}.Unit`]),
  ];
}

function statisticProblems(stat: string, path: string): readonly string[] {
  if (isStatistic(stat) || percentile(stat) !== undefined) return [];
  if (EXTENDED_STATISTIC.test(stat)) return [`not simulated: ${path}.Stat ${stat}`];
  return [`The value ${stat} for parameter ${path}.Stat is not a valid statistic.`];
}
