import { printable } from './printable.ts';
import type { Report } from './report/report.ts';

type ClusterReport = Report['clusters'][number];

const NAMESPACE = 'Plumbline';
/** A line names at most this many signals: a log event may have 1 MB, and nobody reads more. */
const MOST_NAMES = 50;

interface Metric {
  readonly name: string;
  readonly unit: 'Count' | 'Milliseconds';
  readonly value: number;
}

/** What one cluster's run says about Plumbline's own health. */
export interface ClusterHealth {
  /** The deployment, by which those of one account and region are told apart. */
  readonly stage: string;
  readonly report: ClusterReport;
  /** Messages that a channel did not take. */
  readonly undelivered: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface RunHealth {
  /** As above. */
  readonly stage: string;
  readonly durationMs: number;
  readonly clusters: number;
  /** How often Plumbline itself broke. */
  readonly defects: number;
  /** How often a memory could not be read or written. */
  readonly forgotten: number;
  readonly undelivered: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/**
 * One cluster's line in CloudWatch's Embedded Metric Format. Every metric by cluster is paid for in each hour in which
 * it reports: `FailingSignals` always does, so that its absence means something; others only while they are not zero.
 * What explains the numbers stands beside them as plain fields, which cost nothing but their bytes.
 */
export function clusterHealth({ stage, report, undelivered, at }: ClusterHealth): string {
  const names = (verdict: string) =>
    report.signals.filter((signal) => signal.verdict === verdict).map(({ signal }) => signal);
  const failing = names('failing');
  const unknown = names('unknown');
  return line(
    at,
    { Stage: stage, Cluster: report.cluster },
    [
      count('FailingSignals', failing.length),
      ...unlessZero(count('UnknownSignals', unknown.length)),
      ...unlessZero(count('UndeliveredMessages', undelivered)),
    ],
    {
      cluster: printable(report.cluster),
      verdict: report.verdict,
      signals: report.signals.length,
      failing: failing.slice(0, MOST_NAMES).map((name) => printable(name)),
      unknown: unknown.slice(0, MOST_NAMES).map((name) => printable(name)),
      reasons: reasonCounts(report),
    },
  );
}

/** The stage's heartbeat: whatever the number of clusters, one alarm on it is enough. */
export function runHealth({
  stage,
  durationMs,
  clusters,
  defects,
  forgotten,
  undelivered,
  at,
}: RunHealth): string {
  return line(
    at,
    { Stage: stage },
    [
      count('Runs', 1),
      { name: 'RunDuration', unit: 'Milliseconds', value: Math.max(0, Math.round(durationMs)) },
      ...unlessZero(count('Defects', defects)),
      ...unlessZero(count('MemoryErrors', forgotten)),
      ...unlessZero(count('UndeliveredMessages', undelivered)),
    ],
    { clusters },
  );
}

/** What a tick of `dispatch` says about Plumbline's own health. */
export interface DispatchHealth extends Omit<RunHealth, 'clusters'> {
  /** Runs that were sent to the queue, and that it did not take. */
  readonly sent: number;
  readonly unsent: number;
  /** Undefined where it could not be looked at. */
  readonly unseen: Unseen | undefined;
}

/** What people do not see, or hear, of their clusters. */
export interface Unseen {
  /** Clusters that were not verified in time. */
  readonly overdue: number;
  /** Clusters of which nothing can be observed. */
  readonly blind: number;
  /** Clusters about which a channel did not take a message that it is still owed. */
  readonly owing: number;
}

/** The heartbeat of the schedule: one line a tick, whatever the number of clusters. */
export function dispatchHealth(health: DispatchHealth): string {
  const { stage, durationMs, sent, unsent, unseen, defects, forgotten, undelivered, at } = health;
  return line(
    at,
    { Stage: stage },
    [
      count('Ticks', 1),
      ...unlessZero(count('UnsentRuns', unsent)),
      ...(unseen
        ? [
            ...unlessZero(count('OverdueClusters', unseen.overdue)),
            ...unlessZero(count('BlindClusters', unseen.blind)),
            ...unlessZero(count('OwedClusters', unseen.owing)),
          ]
        : []),
      ...unlessZero(count('Defects', defects)),
      ...unlessZero(count('MemoryErrors', forgotten)),
      ...unlessZero(count('UndeliveredMessages', undelivered)),
    ],
    { sent, durationMs: Math.max(0, Math.round(durationMs)) },
  );
}

function count(name: string, value: number): Metric {
  return { name, unit: 'Count', value };
}

function unlessZero(metric: Metric): Metric[] {
  return metric.value === 0 ? [] : [metric];
}

function line(
  at: number,
  dimensions: Readonly<Record<string, string>>,
  metrics: readonly Metric[],
  fields: Readonly<Record<string, unknown>>,
): string {
  return JSON.stringify({
    _aws: {
      Timestamp: Math.round(at),
      CloudWatchMetrics: [
        {
          Namespace: NAMESPACE,
          Dimensions: [Object.keys(dimensions)],
          Metrics: metrics.map(({ name, unit }) => ({ Name: name, Unit: unit })),
        },
      ],
    },
    ...Object.fromEntries(metrics.map(({ name, value }) => [name, value])),
    ...Object.fromEntries(Object.entries(dimensions).map(([name, value]) => [name, dimensionValue(value)])),
    ...fields,
  });
}

/** A longer value would cost the whole line its metrics (EMF specification). */
const LONGEST_DIMENSION_VALUE = 1024;

/** CloudWatch takes printable ASCII in dimension values; `%` and all else are percent-encoded, so that no two meet. */
function dimensionValue(name: string): string {
  const encoded = name.replace(/[^\x20-\x24\x26-\x7e]+/g, (run) => encodeURIComponent(run.toWellFormed()));
  return encoded.slice(0, LONGEST_DIMENSION_VALUE);
}

function reasonCounts({ signals }: ClusterReport): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { unavailable } of signals) {
    for (const reason of new Set(unavailable.map((one) => one.reason)))
      counts[reason] = (counts[reason] ?? 0) + 1;
  }
  return counts;
}
