/** A quota of AWS, and what a run of the example cluster takes of it. */
export interface Quota {
  readonly what: string;
  /** A second. */
  readonly rate: number;
  /** Requests of a run; what is read every half hour or remembered counts as its share. */
  readonly perRun: number;
  /** Whether AWS publishes the figure; others are assumptions, and said to be. */
  readonly isPublished: boolean;
  /** What shares it. */
  readonly per: 'account and region' | 'workspace' | 'table';
}

/**
 * Published figures are those of docs/scale.md's sources. `perRun` is what a cluster of 20 signals asks: counted on the
 * simulated account by `npm run bench requests`, in a container that remembers nothing of this cluster.
 */
export const quotas: readonly Quota[] = [
  { what: 'cloudwatch:ListMetrics', rate: 25, perRun: 2, isPublished: true, per: 'account and region' },
  { what: 'cloudwatch:GetMetricData', rate: 500, perRun: 2, isPublished: true, per: 'account and region' },
  { what: 'logs:DescribeLogGroups', rate: 10, perRun: 0.3, isPublished: true, per: 'account and region' },
  { what: 'logs:FilterLogEvents', rate: 25, perRun: 0.1, isPublished: true, per: 'account and region' },
  { what: 'aps:QueryMetrics', rate: 300, perRun: 4, isPublished: false, per: 'workspace' },
  { what: 'xray:GetTraceSummaries', rate: 10, perRun: 1, isPublished: false, per: 'account and region' },
  { what: 'eks:DescribeAddon', rate: 10, perRun: 0.3, isPublished: false, per: 'account and region' },
  { what: 'dynamodb writes (1 KB units)', rate: 1000, perRun: 6, isPublished: true, per: 'table' },
];
