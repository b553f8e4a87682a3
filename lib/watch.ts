import { randomUUID } from 'node:crypto';
import { announce } from './announce.ts';
import { keepBaselines, readBaselines } from './baseline/keep.ts';
import { withBaselines } from './baseline/remembered.ts';
import { clusterHealth, runHealth } from './health.ts';
import { departing, departures, forget } from './departures.ts';
import { isRepeated } from './incidents/decide.ts';
import type { Run } from './incidents/facts.ts';
import type { NotifierPorts } from './notifiers/notifier.ts';
import type { PlannedCluster } from './plan.ts';
import { printable } from './printable.ts';
import { activeMutes, record, type RecordPorts } from './record.ts';
import { type Decided, decideCluster, inStorms, waitingFor, worthConfirming } from './remember.ts';
import type { Report } from './report/report.ts';
import type { RunPorts } from './run.ts';
import { everyoneIn } from './stores/everyone.ts';
import { openTrouble, type Trouble } from './trouble.ts';
import { verifyOne } from './verify-one.ts';
import type { Watched } from './watched.ts';

type ClusterReport = Report['clusters'][number];

export interface WatchPorts extends Omit<RunPorts, 'onDefect' | 'onCluster'>, Omit<RecordPorts, 'sending'> {
  /** Every cluster of the configuration, verified by this run or not. */
  readonly watched: readonly PlannedCluster[];
  /** What of a cluster this run judges; by default all of it. */
  readonly asked?: (cluster: PlannedCluster) => PlannedCluster;
  /** How often a cluster is verified, in milliseconds, where the runs are those of a schedule. */
  readonly everyOf?: (cluster: string) => number | undefined;
  /** Its `deadline` is later than the run's own: what was found late must still be told. */
  readonly sending: NotifierPorts;
  /** Asks for a second look at what newly fails in these clusters; undefined where nobody could take one. */
  readonly confirm?: ((clusters: readonly string[], run: Run) => Promise<void>) | undefined;
  /** The deployment that its metrics are of. */
  readonly stage: string;
  /** Writes one line to standard output, where CloudWatch reads metrics. */
  readonly emit: (line: string) => void;
}

/**
 * One scheduled run: verifies the clusters side by side, remembers what became of each signal, tells every channel what
 * it is owed, and says how Plumbline itself fares. Nothing that breaks stops the others, and nothing is thrown: what
 * broke is in the log, the metrics and the result.
 */
export async function watch(
  clusters: readonly PlannedCluster[],
  run: Run,
  ports: WatchPorts,
): Promise<Watched> {
  const { clock, store, watched, alerts } = ports;
  const startedAt = clock.now();
  const trouble = openTrouble(ports.log);
  const claimant = randomUUID();
  const reports = new Map<string, ClusterReport>();
  const repeated = new Set<string>();
  const keeping = { store, trouble, log: ports.log };
  const keeps = new Map<string, () => Promise<void>>();
  const anew = new Map<string, () => Promise<Decided>>();

  const decideOne = (cluster: PlannedCluster): Promise<Decided | undefined> =>
    trouble.spare(cluster.name, async () => {
      const before = await trouble.spare(cluster.name, () => store.read(cluster.name));
      const looking = { ...run, checkedAt: clock.now() };
      if (run.isDispatched && before && isRepeated(before.memory, looking)) {
        ports.log({ what: 'repeated', cluster: printable(cluster.name), run: run.id });
        repeated.add(cluster.name);
        return undefined;
      }
      const baselines = await readBaselines(cluster.name, keeping);
      const asked = ports.asked?.(cluster) ?? cluster;
      const waiting = before ? waitingFor(asked, before.memory) : asked;
      const expecting = withBaselines(waiting, baselines, clock.now());
      const { report, awaiting, seen } = await verifyOne(expecting, { ...ports, onDefect: trouble.onDefect });
      reports.set(cluster.name, report);
      keeps.set(cluster.name, () => keepBaselines(cluster, seen, baselines, keeping));
      for (const signal of report.signals) ports.log({ what: 'verdict', cluster: cluster.name, signal });
      if (!before) return undefined;
      const markers = seen.flatMap(({ evidence }) => evidence.markers);
      const everyMs = run.isDispatched ? ports.everyOf?.(cluster.name) : undefined;
      const options = { run, rules: alerts, checkedAt: clock.now(), awaiting, markers, everyMs };
      // Read again: another run may have written while this one was verifying.
      const decideNow = async () => decideCluster(cluster, report, await store.read(cluster.name), options);
      anew.set(cluster.name, decideNow);
      return decideNow();
    });
  const depart = (name: string): Promise<Decided | undefined> =>
    trouble.spare(name, () => departing(name, store, { run, rules: alerts, checkedAt: startedAt }));
  // Of what is dispatched, dispatch knows which cluster left.
  const isAll = clusters.length >= watched.length && !run.isDispatched;
  const departed = isAll ? ((await trouble.spare('all', () => departures(store, watched))) ?? []) : [];
  const decided = inStorms(
    (await Promise.all([...clusters.map(decideOne), ...departed.map(depart)])).filter(isThere),
    run,
    watched,
  );

  const mutes = await activeMutes(ports, trouble);
  const claims = await Promise.all(
    decided.map((one) => record(one, run, { mutes, claimant, keeps, anew }, ports, trouble)),
  );
  const owing = await announce(claims.filter(isThere), {
    ...ports,
    claimant,
    everyone: everyoneIn(store, watched, [...decided, ...claims.filter(isThere)]),
    onDefect: trouble.onDefect,
    onTrouble: trouble.on,
    onTold: (cluster, channel, { id, reason, title }) =>
      ports.log({ what: 'told', cluster: printable(cluster), channel, id, reason, title }),
    onUndelivered: (cluster, channel, why) =>
      ports.log({ what: 'undelivered', cluster: printable(cluster), channel, ...why }),
  });
  for (const name of departed) await trouble.spare(name, () => forget(name, store));
  const result = toldHealth(clusters, { reports, repeated, owing }, trouble, startedAt, ports);
  await askToConfirm(run.isConfirmation ? [] : worthConfirming(decided, alerts), run, ports);
  return result;
}

async function askToConfirm(clusters: readonly string[], run: Run, { confirm, log }: WatchPorts) {
  if (clusters.length === 0) return;
  await confirm?.(clusters, run).catch((error: unknown) => {
    const detail = printable(error instanceof Error ? error.message : String(error));
    log({ what: 'unconfirmed', clusters, detail });
  });
}

interface Became {
  readonly reports: ReadonlyMap<string, ClusterReport>;
  /** Clusters whose run was counted before. */
  readonly repeated: ReadonlySet<string>;
  /** How many messages each cluster still owes. */
  readonly owing: ReadonlyMap<string, number>;
}

function toldHealth(
  clusters: readonly PlannedCluster[],
  { reports, repeated, owing }: Became,
  { counts }: Trouble,
  startedAt: number,
  { clock, stage, emit }: WatchPorts,
): Watched {
  const at = clock.now();
  for (const [name, report] of reports)
    emit(clusterHealth({ stage, report, undelivered: owing.get(name) ?? 0, at }));
  const undelivered = [...owing.values()].reduce((sum, count) => sum + count, 0);
  const durationMs = at - startedAt;
  emit(runHealth({ ...counts, stage, undelivered, clusters: clusters.length, durationMs, at }));
  return {
    clusters: clusters.map(({ name }) => ({
      cluster: name,
      verdict: repeated.has(name) ? 'repeated' : (reports.get(name)?.verdict ?? 'broken'),
    })),
    undelivered,
    ...counts,
  };
}

function isThere<T>(value: T | undefined): value is T {
  return value !== undefined;
}
