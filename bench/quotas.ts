/** A quota of AWS, and what a run of the example cluster takes of it. */
export interface Quota {
  readonly what: string;
  /** A second. */
  readonly rate: number;
  /** Requests of a run. */
  readonly perRun: number;
  /** `perRun` is what `npm run bench requests` counts; else an estimate. */
  readonly isCounted: boolean;
  /** Whether AWS publishes the figure; others are assumptions, and said to be. */
  readonly isPublished: boolean;
  /** What shares it. */
  readonly per: 'account and region' | 'workspace' | 'table';
}

/**
 * Published figures are those of docs/scale.md's sources. `perRun` is what the cluster of `counted.ts` asks in a container
 * that remembers nothing of it; `counted.proof.ts` holds that it still does. Estimates: FilterLogEvents is asked only while
 * something is silent, and to what `verify` writes comes what `dispatch` does.
 */
export const quotas: readonly Quota[] = [
  of('cloudwatch:ListMetrics', { rate: 25, perRun: 2 }),
  of('cloudwatch:GetMetricData', { rate: 500, perRun: 4 }),
  of('logs:DescribeLogGroups', { rate: 10, perRun: 1 }),
  of('logs:FilterLogEvents', { rate: 25, perRun: 0.1, isCounted: false }),
  of('aps:QueryMetrics', { rate: 300, perRun: 1, isPublished: false, per: 'workspace' }),
  of('xray:GetTraceSummaries', { rate: 10, perRun: 1, isPublished: false }),
  of('eks:DescribeAddon', { rate: 10, perRun: 1, isPublished: false }),
  of('dynamodb writes (1 KB units)', { rate: 1000, perRun: 6, isCounted: false, per: 'table' }),
];

function of(what: string, quota: Pick<Quota, 'rate' | 'perRun'> & Partial<Omit<Quota, 'what'>>): Quota {
  return { what, isPublished: true, isCounted: true, per: 'account and region', ...quota };
}
