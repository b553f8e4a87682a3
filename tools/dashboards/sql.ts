import { type Graph, MOST_CLUSTERS, type Shown } from './shown.ts';

/** Metrics Insights: where there are a thousand clusters, it finds those of the stage that are worth a line. */
export function worstClusters({ metric, statistic }: Shown, stage: string): string {
  const of = statistic === 'Sum' ? 'SUM' : statistic === 'Maximum' ? 'MAX' : 'AVG';
  return `SELECT ${of}(${metric}) FROM SCHEMA("Plumbline", Stage, Cluster) WHERE Stage = '${stage}' GROUP BY Cluster ORDER BY ${of}() DESC LIMIT ${MOST_CLUSTERS}`;
}

/** `RunDuration, maximum` where a metric is shown twice. */
export function labelOf({ shown }: Graph, { metric, statistic }: Shown): string {
  const isAlone = shown.filter((other) => other.metric === metric).length === 1;
  return isAlone ? metric : `${metric}, ${statistic.toLowerCase()}`;
}
