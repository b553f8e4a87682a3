import { randomUUID } from 'node:crypto';
import { announce, type Claimed } from './announce.ts';
import { keepBaselines, readBaselines } from './baseline/keep.ts';
import { withBaselines } from './baseline/remembered.ts';
import type { AlertsSettings } from './config/schema.ts';
import { counted } from './counted.ts';
import { departures, forgetDeparted } from './departed.ts';
import { clusterHealth, runHealth } from './health.ts';
import { recordOf, type Run } from './incidents/facts.ts';
import { type ActiveMutes, mutesAt } from './mutes.ts';
import type { Notifier, NotifierPorts } from './notifiers/notifier.ts';
import type { PlannedCluster } from './plan.ts';
import { printable } from './printable.ts';
import {
  type AlertRules,
  type Decided,
  decideCluster,
  heldIn,
  inStorms,
  waitingFor,
  withDebts,
  worthConfirming,
} from './remember.ts';
import type { Report } from './report/report.ts';
import type { RunPorts } from './run.ts';
import { everyoneIn } from './stores/everyone.ts';
import { type Store, StoreError } from './stores/store.ts';
import { type LogLine, openTrouble, type Trouble } from './trouble.ts';
import { verifyOne } from './verify-one.ts';
import type { Verdict } from './verify.ts';

type ClusterReport = Report['clusters'][number];

export interface WatchPorts extends Omit<RunPorts, 'onDefect' | 'onCluster'> {
  readonly alerts: AlertRules & Pick<AlertsSettings, 'mutes'>;
  readonly notifiers: readonly Notifier[];
  readonly store: Store;
  /** Every cluster of the configuration, verified by this run or not. */
  readonly watched: readonly PlannedCluster[];
  /** Its `deadline` is later than the run's own: what was found late must still be told. */
  readonly sending: NotifierPorts;
  /** Asks for a second look at what newly fails in these clusters; undefined where nobody could take one. */
  readonly confirm?: ((clusters: readonly string[], run: Run) => Promise<void>) | undefined;
  readonly log: (line: LogLine) => void;
  /** Writes one line to standard output, where CloudWatch reads metrics. */
  readonly emit: (line: string) => void;
}

export interface Watched {
  readonly clusters: readonly { readonly cluster: string; readonly verdict: Verdict | 'broken' }[];
  /** Messages that a channel did not take. */
  readonly undelivered: number;
  /** How often a memory could not be read or written, so that nobody was told. */
  readonly forgotten: number;
  /** How often Plumbline itself broke. */
  readonly defects: number;
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
  const keeping = { store, trouble, log: ports.log };
  const keeps: Keeps = new Map();

  const decideOne = (cluster: PlannedCluster): Promise<Decided | undefined> =>
    trouble.spare(cluster.name, async () => {
      const [before, baselines] = await Promise.all([
        trouble.spare(cluster.name, () => store.read(cluster.name)),
        readBaselines(cluster.name, keeping),
      ]);
      const waiting = before ? waitingFor(cluster, before.memory) : cluster;
      const expecting = withBaselines(waiting, baselines, clock.now());
      const { report, awaiting, seen } = await verifyOne(expecting, { ...ports, onDefect: trouble.onDefect });
      reports.set(cluster.name, report);
      keeps.set(cluster.name, () => keepBaselines(cluster, seen, baselines, keeping));
      for (const signal of report.signals) ports.log({ what: 'verdict', cluster: cluster.name, signal });
      if (!before) return undefined;
      const markers = seen.flatMap(({ evidence }) => evidence.markers);
      const options = { run, rules: alerts, checkedAt: clock.now(), awaiting, markers };
      // Read again: another run may have written while this one was verifying.
      return decideCluster(cluster, report, await store.read(cluster.name), options);
    });
  const depart = (name: string): Promise<Decided | undefined> =>
    trouble.spare(name, async () => {
      const gone = { name, region: '', signals: [] };
      const report = { cluster: name, verdict: 'ok' as const, cause: null, signals: [] };
      return decideCluster(gone, report, await store.read(name), {
        run,
        rules: alerts,
        checkedAt: startedAt,
      });
    });
  const isAll = clusters.length >= watched.length;
  const departed = isAll ? ((await trouble.spare('all', () => departures(store, watched))) ?? []) : [];
  const decided = inStorms(
    (await Promise.all([...clusters.map(decideOne), ...departed.map(depart)])).filter(isThere),
    run,
    watched,
  );

  const mutes = await activeMutes(ports, trouble);
  const claims = await Promise.all(
    decided.map((one) => write(one, run, { mutes, claimant, keeps }, ports, trouble)),
  );
  const owing = await announce(claims.filter(isThere), startedAt, {
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
  for (const name of departed) await trouble.spare(name, () => forgetDeparted(name, store));
  const result = toldHealth(clusters, reports, owing, trouble, startedAt, ports);
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

/** A mute that cannot be read holds nothing back: an alert too many is better than one too few. */
async function activeMutes(
  { store, clock, alerts, log }: WatchPorts,
  trouble: Trouble,
): Promise<ActiveMutes> {
  const now = clock.now();
  const added = await store.mutes(now).catch((error: unknown) => {
    if (!(error instanceof StoreError)) throw error;
    trouble.counts.forgotten += 1;
    log({ what: 'mutes', error });
    return [];
  });
  return mutesAt(alerts.mutes, added, now);
}

/** What a counted run teaches the baselines of each cluster. */
type Keeps = Map<string, () => Promise<void>>;

interface Writing {
  readonly mutes: ActiveMutes;
  readonly claimant: string;
  readonly keeps: Keeps;
}

/** Records what was decided and what is owed. Whoever is overtaken by another run stops here. */
async function write(
  decided: Decided,
  run: Run,
  { mutes, claimant, keeps }: Writing,
  { store, clock, alerts, notifiers, sending, log }: WatchPorts,
  trouble: Trouble,
): Promise<Claimed | undefined> {
  const { cluster, report, version, decision } = decided;
  const now = clock.now();
  const debts = { notifiers, mutes, rules: alerts, claimant, now, until: sending.deadline };
  const { memory, isClaimed } = withDebts(decided, debts);
  for (const [by, signals] of heldIn(memory))
    log({ what: 'held', cluster: printable(cluster.name), signals, by });
  if (!decision) log({ what: 'repeated', cluster: printable(cluster.name), run: run.id });
  if (!decision && !isClaimed) return undefined;
  const isWritten = await trouble.spare(cluster.name, () => store.write(cluster.name, memory, version));
  if (isWritten === false) log({ what: 'overtaken', cluster: printable(cluster.name) });
  if (!isWritten) return undefined;
  if (decision && report.signals.length > 0) {
    await trouble.spare(cluster.name, () => store.addRun(recordOf(run, report, decision, now)));
    // A second look sees the same again.
    if (!run.isConfirmation) await keeps.get(cluster.name)?.();
  }
  return isClaimed ? { cluster, report, memory, version: version + 1 } : undefined;
}

function toldHealth(
  clusters: readonly PlannedCluster[],
  reports: ReadonlyMap<string, ClusterReport>,
  owing: ReadonlyMap<string, number>,
  { counts }: Trouble,
  startedAt: number,
  { clock, emit }: WatchPorts,
): Watched {
  const at = clock.now();
  for (const [name, report] of reports)
    emit(clusterHealth({ report, undelivered: owing.get(name) ?? 0, at }));
  const undelivered = [...owing.values()].reduce((sum, count) => sum + count, 0);
  emit(runHealth({ ...counts, undelivered, clusters: clusters.length, durationMs: at - startedAt, at }));
  return {
    clusters: clusters.map(({ name }) => ({
      cluster: name,
      verdict: reports.get(name)?.verdict ?? 'broken',
    })),
    undelivered,
    ...counts,
  };
}

function isThere<T>(value: T | undefined): value is T {
  return value !== undefined;
}

/** What several runs of one invocation came to. */
export function together(results: readonly Watched[]): Watched {
  const sum = (of: (result: Watched) => number) => results.reduce((total, result) => total + of(result), 0);
  return {
    clusters: results.flatMap(({ clusters }) => clusters),
    undelivered: sum(({ undelivered }) => undelivered),
    forgotten: sum(({ forgotten }) => forgotten),
    defects: sum(({ defects }) => defects),
  };
}

/** Why a run must end with an error although everything that could be done was; undefined where nothing broke. */
export function troubleOf(
  { undelivered, forgotten, defects }: Pick<Watched, 'undelivered' | 'forgotten' | 'defects'>,
  problems: readonly string[],
): string | undefined {
  const trouble = [
    ...(problems.length > 0 ? [`the event cannot be run: ${problems.join('; ')}`] : []),
    ...(defects > 0 ? [`plumbline itself broke ${counted(defects, 'time')}`] : []),
    ...(forgotten > 0 ? [`its memory could not be used ${counted(forgotten, 'time')}`] : []),
    ...(undelivered > 0 ? [`${counted(undelivered, 'message')} not delivered`] : []),
  ];
  return trouble.length === 0 ? undefined : `${trouble.join('; ')}; the log says more`;
}
