import type { Clock } from './clock.ts';
import { asksAbout, type PlannedCluster } from './plan.ts';
import type { Report } from './report/report.ts';
import { worst } from './worst.ts';

const PAUSE_MS = 20_000;
/** Less than this is no time in which something could arrive. */
const SHORTEST_PAUSE_MS = 500;

export interface WaitPorts {
  readonly clock: Clock;
  /** When waiting is over. Milliseconds since the epoch. */
  readonly until: number;
  /** Called after each attempt with how many signals are not ok yet. */
  readonly onAttempt?: (pending: number, leftMs: number) => void;
}

/**
 * Asks until all is ok or the time is up, every twenty seconds and once more when it is. Only what is not ok yet is asked again; before it ends
 * ok, all signals are asked once more together, so that no ok is older than the others. At least one attempt is made.
 * The report holds the newest verdict of every signal, and how long it all took.
 */
export async function waitForOk(
  clusters: readonly PlannedCluster[],
  attempt: (clusters: readonly PlannedCluster[]) => Promise<Report>,
  { clock, until, onAttempt }: WaitPorts,
): Promise<Report> {
  const startedAt = clock.now();
  let latest = await attempt(clusters);
  for (;;) {
    const pending = narrow(clusters, latest);
    onAttempt?.(notOk(latest), until - clock.now());
    if (pending.length === 0) break;
    const pauseMs = Math.min(PAUSE_MS, until - clock.now());
    if (pauseMs < SHORTEST_PAUSE_MS) break;
    await clock.sleep(pauseMs);
    latest = merge(latest, await attempt(pending));
    if (latest.verdict === 'ok') latest = merge(latest, await attempt(clusters));
  }
  return { ...latest, durationMs: Math.max(0, Math.round(clock.now() - startedAt)) };
}

function notOk({ clusters }: Report): number {
  return clusters.flatMap(({ signals }) => signals).filter(({ verdict }) => verdict !== 'ok').length;
}

/** The clusters with only those signals judged that are not ok, and the signals that gate them. */
function narrow(clusters: readonly PlannedCluster[], { clusters: reports }: Report): PlannedCluster[] {
  const done = new Map(
    reports.map(({ cluster, signals }) => [
      cluster,
      new Set(signals.filter(({ verdict }) => verdict === 'ok').map(({ signal }) => signal)),
    ]),
  );
  return clusters.flatMap((cluster) => {
    const isDone = (name: string) => done.get(cluster.name)?.has(name) ?? false;
    const judged = cluster.signals.filter((planned) => planned.judged && !isDone(planned.signal.name));
    if (judged.length === 0) return [];
    const names = new Set(judged.map(({ signal }) => signal.name));
    const gates = new Set(judged.flatMap(({ signal }) => asksAbout(signal)));
    return [
      {
        ...cluster,
        signals: cluster.signals
          .filter(({ signal }) => names.has(signal.name) || gates.has(signal.name))
          .map(({ signal }) => ({ signal, judged: names.has(signal.name) })),
      },
    ];
  });
}

function merge(latest: Report, newer: Report): Report {
  const updates = new Map(
    newer.clusters.map(({ cluster, signals }) => [
      cluster,
      new Map(signals.map((signal) => [signal.signal, signal])),
    ]),
  );
  const clusters = latest.clusters.map((cluster) => {
    const signals = cluster.signals.map(
      (signal) => updates.get(cluster.cluster)?.get(signal.signal) ?? signal,
    );
    return { ...cluster, signals, verdict: worst(signals.map(({ verdict }) => verdict)) };
  });
  return { ...newer, clusters, verdict: worst(clusters.map(({ verdict }) => verdict)) };
}
