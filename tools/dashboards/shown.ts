import { reasons } from '../../lib/evidence.ts';

/** A metric of `lib/health.ts` with the statistic that is right for it. */
export interface Shown {
  readonly metric: string;
  readonly statistic: 'Sum' | 'Maximum' | 'Average';
}

/** One graph of both dashboards. */
export interface Graph {
  readonly title: string;
  /** What it means, and what to do. */
  readonly says: string;
  /** `cluster`: those with the highest values, one line each. `stage`: what is counted of all together. */
  readonly by: 'cluster' | 'stage';
  readonly shown: readonly Shown[];
  readonly unit: 'count' | 'milliseconds';
}

/** One question to CloudWatch Logs Insights of both dashboards, without its log group. */
export interface LogQuestion {
  readonly title: string;
  readonly says: string;
  readonly query: string;
  readonly view: 'table' | 'timeSeries';
}

/** More lines are no picture. */
export const MOST_CLUSTERS = 20;

export const graphs: readonly Graph[] = [
  {
    title: `Failing signals, the worst ${MOST_CLUSTERS} clusters`,
    says: 'How many signals of a cluster fail. Reported by every run: a line that ends means that the cluster is not verified.',
    by: 'cluster',
    shown: [{ metric: 'FailingSignals', statistic: 'Maximum' }],
    unit: 'count',
  },
  {
    title: `Signals that could not be observed, the worst ${MOST_CLUSTERS} clusters`,
    says: 'Neither ok nor failing: a question went unanswered. Reported only while it is not zero.',
    by: 'cluster',
    shown: [{ metric: 'UnknownSignals', statistic: 'Maximum' }],
    unit: 'count',
  },
  {
    title: 'Heartbeat',
    says: 'Ticks of dispatch, one a minute, and runs of clusters that came to their end. None for several intervals means that nobody is watching.',
    by: 'stage',
    shown: [
      { metric: 'Ticks', statistic: 'Sum' },
      { metric: 'Runs', statistic: 'Sum' },
    ],
    unit: 'count',
  },
  {
    title: 'Duration of a run',
    says: 'Near the timeout of the function, what did not finish is unknown: timeout.',
    by: 'stage',
    shown: [
      { metric: 'RunDuration', statistic: 'Average' },
      { metric: 'RunDuration', statistic: 'Maximum' },
    ],
    unit: 'milliseconds',
  },
  {
    title: 'What broke in Plumbline itself',
    says: 'Empty is right. Defects: a bug; memory errors: nobody was told about a cluster; undelivered messages: a channel did not take one. The log of verify says which and why.',
    by: 'stage',
    shown: [
      { metric: 'Defects', statistic: 'Sum' },
      { metric: 'MemoryErrors', statistic: 'Sum' },
      { metric: 'UndeliveredMessages', statistic: 'Sum' },
    ],
    unit: 'count',
  },
  {
    title: 'Clusters that nobody sees, or hears of',
    says: 'Empty is right. Overdue: not verified for three intervals; blind: nothing of it could be judged for several runs; owed: a channel did not take a message about it; unsent: the queue did not take its run.',
    by: 'stage',
    shown: [
      { metric: 'OverdueClusters', statistic: 'Maximum' },
      { metric: 'BlindClusters', statistic: 'Maximum' },
      { metric: 'OwedClusters', statistic: 'Maximum' },
      { metric: 'UnsentRuns', statistic: 'Sum' },
    ],
    unit: 'count',
  },
  {
    title: `Undelivered messages, the worst ${MOST_CLUSTERS} clusters`,
    says: 'Alerts about the cluster that a channel did not take. Reported only while it is not zero.',
    by: 'cluster',
    shown: [{ metric: 'UndeliveredMessages', statistic: 'Sum' }],
    unit: 'count',
  },
];

/** The lines that `clusterHealth` writes, which no other line looks like. */
const OF_CLUSTERS = 'filter ispresent(FailingSignals)';

export const logQuestions: readonly LogQuestion[] = [
  {
    title: 'Verdicts of clusters',
    says: 'How many runs of clusters ended with each verdict.',
    query: [
      OF_CLUSTERS,
      `stats ${['ok', 'failing', 'unknown'].map((verdict) => `sum(strcontains(verdict, "${verdict}")) as ${verdict}_runs`).join(', ')} by bin(5m)`,
    ].join(' | '),
    view: 'timeSeries',
  },
  {
    title: 'Why signals could not be observed',
    says: 'Signals by reason, summed over the runs of all clusters.',
    query: [
      OF_CLUSTERS,
      `stats ${reasons.map((reason) => `sum(\`reasons.${reason}\`) as ${reason.replaceAll('-', '_')}`).join(', ')} by bin(5m)`,
    ].join(' | '),
    view: 'timeSeries',
  },
  {
    title: 'The last verdict of each cluster',
    says: 'By the last run in the time that the dashboard shows.',
    query: [
      OF_CLUSTERS,
      'stats latest(verdict) as last_verdict, latest(FailingSignals) as failing_signals, latest(signals) as all_signals, max(@timestamp) as last_run by cluster',
      'sort failing_signals desc, last_run asc',
      'limit 100',
    ].join(' | '),
    view: 'table',
  },
];
