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
  readonly report: ClusterReport;
  /** Messages that a channel did not take. */
  readonly undelivered: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface RunHealth {
  readonly durationMs: number;
  readonly clusters: number;
  /** Clusters of which nothing could be observed. */
  readonly blind: number;
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
export function clusterHealth({ report, undelivered, at }: ClusterHealth): string {
  const names = (verdict: string) =>
    report.signals.filter((signal) => signal.verdict === verdict).map(({ signal }) => signal);
  const failing = names('failing');
  const unknown = names('unknown');
  return line(
    at,
    ['Cluster'],
    [
      count('FailingSignals', failing.length),
      ...unlessZero(count('UnknownSignals', unknown.length)),
      ...unlessZero(count('UndeliveredMessages', undelivered)),
    ],
    {
      Cluster: dimensionValue(report.cluster),
      cluster: printable(report.cluster),
      verdict: report.verdict,
      signals: report.signals.length,
      failing: failing.slice(0, MOST_NAMES).map((name) => printable(name)),
      unknown: unknown.slice(0, MOST_NAMES).map((name) => printable(name)),
      reasons: reasonCounts(report),
    },
  );
}

/** The account's heartbeat, without a dimension: whatever the number of clusters, one alarm on it is enough. */
export function runHealth({
  durationMs,
  clusters,
  blind,
  defects,
  forgotten,
  undelivered,
  at,
}: RunHealth): string {
  return line(
    at,
    [],
    [
      count('Runs', 1),
      { name: 'RunDuration', unit: 'Milliseconds', value: Math.max(0, Math.round(durationMs)) },
      ...unlessZero(count('BlindClusters', blind)),
      ...unlessZero(count('Defects', defects)),
      ...unlessZero(count('MemoryErrors', forgotten)),
      ...unlessZero(count('UndeliveredMessages', undelivered)),
    ],
    { clusters },
  );
}

/** What a tick of `dispatch` says about Plumbline's own health. */
export interface DispatchHealth extends Omit<RunHealth, 'clusters' | 'blind'> {
  /** Runs that were sent to the queue, and that it did not take. */
  readonly sent: number;
  readonly unsent: number;
  /** Clusters that were not verified in time. */
  readonly overdue: number;
}

/** The heartbeat of the schedule: one line a tick, whatever the number of clusters. */
export function dispatchHealth(health: DispatchHealth): string {
  const { durationMs, sent, unsent, overdue, defects, forgotten, undelivered, at } = health;
  return line(
    at,
    [],
    [
      count('Ticks', 1),
      ...unlessZero(count('UnsentRuns', unsent)),
      ...unlessZero(count('OverdueClusters', overdue)),
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
  dimensions: readonly string[],
  metrics: readonly Metric[],
  fields: Readonly<Record<string, unknown>>,
): string {
  return JSON.stringify({
    _aws: {
      Timestamp: Math.round(at),
      CloudWatchMetrics: [
        {
          Namespace: NAMESPACE,
          Dimensions: [dimensions],
          Metrics: metrics.map(({ name, unit }) => ({ Name: name, Unit: unit })),
        },
      ],
    },
    ...Object.fromEntries(metrics.map(({ name, value }) => [name, value])),
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
