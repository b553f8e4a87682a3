import { randomUUID } from 'node:crypto';
import { announce, type AnnouncePorts, type Claimed } from '../announce.ts';
import { departing, departures, forget } from '../departures.ts';
import { dispatchHealth, type Unseen } from '../health.ts';
import type { NotifierPorts } from '../notifiers/notifier.ts';
import type { PlannedCluster } from '../plan.ts';
import { printable } from '../printable.ts';
import { activeMutes, record, type RecordPorts } from '../record.ts';
import { everyoneIn } from '../stores/everyone.ts';
import { openTrouble, type Trouble } from '../trouble.ts';
import { isComplete, missedRuns, type Watch } from './overdue.ts';
import { type ConfigurationState, isAwaited } from './own-facts.ts';
import { type OwnTick, readOwn, tellOwn } from './own.ts';
import { type RunMessage, type SendBatch, sendRuns } from './send.ts';
import { settle } from './settle.ts';
import { dueSlot, jitterSeconds, TICK_MS } from './slots.ts';
import { blindClusters, owedClusters } from './unseen.ts';

/** A cluster of the configuration, and how often it is verified. */
export interface Scheduled {
  readonly cluster: PlannedCluster;
  readonly everyMs: number;
}

export interface DispatchPorts extends Omit<RecordPorts, 'sending'> {
  readonly sending: NotifierPorts;
  readonly send: SendBatch;
  /** Tells somebody outside that all is well; undefined where nobody listens. Never rejects. */
  readonly heartbeat: (() => Promise<void>) | undefined;
  /** The deployment that its metrics are of. */
  readonly stage: string;
  readonly emit: (line: string) => void;
}

/** What a tick came to. */
export interface Dispatched {
  readonly tick: string;
  /** Clusters whose run was sent to the queue. */
  readonly sent: number;
  /** Clusters whose run the queue did not take. */
  readonly unsent: number;
  /** Clusters of which it was told that they are not verified. */
  readonly overdue: number;
  readonly undelivered: number;
  readonly forgotten: number;
  readonly defects: number;
}

/**
 * One tick: sends a run of each cluster that is due to the queue, tells what the runs of the tick before found, and says of
 * which clusters no runs come. Whoever comes second with the same tick sends and tells nothing. Nothing is thrown.
 */
export async function dispatch(
  tick: number,
  clusters: readonly Scheduled[],
  configuration: ConfigurationState,
  ports: DispatchPorts,
): Promise<Dispatched> {
  const { store, clock, log } = ports;
  const trouble = openTrouble(log);
  const startedAt = clock.now();
  const own = await trouble.spare('plumbline', () => readOwn(store, tick));
  if (own?.isRepeated) log({ what: 'repeated', cluster: 'plumbline', run: new Date(tick).toISOString() });
  // Without a memory nothing can be told, but what is due is still verified.
  const after = own?.after ?? tick - TICK_MS;
  const due = own?.isRepeated ? [] : runsDue(clusters, after, tick);
  const unsent = await sendRuns(due, { ...ports, deadline: ports.sending.deadline });
  for (const { cluster, detail } of unsent)
    log({ what: 'unsent', cluster: printable(cluster), detail: printable(detail) });
  const told = own && !own.isRepeated ? await tell(own, clusters, configuration, ports, trouble) : undefined;
  const result = {
    tick: new Date(tick).toISOString(),
    sent: due.length - unsent.length,
    unsent: unsent.length,
    overdue: told?.overdue ?? 0,
    undelivered: told?.undelivered ?? 0,
    ...trouble.counts,
  };
  const at = clock.now();
  const { stage } = ports;
  ports.emit(dispatchHealth({ ...result, stage, unseen: told, durationMs: at - startedAt, at }));
  return result;
}

/** A message for each cluster with a slot after `after`: its identity is the cluster and the slot. */
export function runsDue(clusters: readonly Scheduled[], after: number, tick: number): RunMessage[] {
  return clusters.flatMap(({ cluster: { name }, everyMs }) => {
    const slot = dueSlot(everyMs, after, tick);
    if (slot === undefined) return [];
    const scheduledAt = new Date(slot).toISOString();
    return [
      {
        cluster: name,
        body: JSON.stringify({ clusters: [name], scheduledAt, dispatched: true }),
        // The schedule invokes at any second of a minute, mostly the same one: counted from the full minute all would begin at once.
        delaySeconds: jitterSeconds(name, everyMs),
      },
    ];
  });
}

async function tell(
  own: OwnTick,
  clusters: readonly Scheduled[],
  configuration: ConfigurationState,
  ports: DispatchPorts,
  trouble: Trouble,
): Promise<(Unseen & Pick<Dispatched, 'undelivered'>) | undefined> {
  const { store, clock, alerts } = ports;
  const { tick, after } = own;
  const watched = clusters.map(({ cluster }) => cluster);
  const standings = await trouble.spare('all', () => store.standings());
  if (!standings) return undefined;
  const watches = clusters.map((one): Watch => ({ ...one, lastRun: standings.get(one.cluster.name)?.ranAt }));
  const context = { tick, watched, mutes: await activeMutes(ports, trouble), claimant: randomUUID() };
  const observed = { tick, after, watches, configuration };
  const about = await tellOwn(own, observed, context, ports, trouble, (claims, store, compose) =>
    announce(claims, { ...announcing(context, claims, ports, trouble), store, compose }),
  );
  // Whoever writes the tick first tells; the other one stops here.
  if (!about) return undefined;
  const run = { id: new Date(tick).toISOString(), at: tick, isConfirmation: false };
  const departed = (await trouble.spare('all', () => departures(store, watched))) ?? [];
  const leaving = await Promise.all(
    departed.map((name) =>
      trouble.spare(name, async () => {
        const options = { run, rules: alerts, checkedAt: clock.now() };
        return record(await departing(name, store, options), run, context, ports, trouble);
      }),
    ),
  );
  const claims = [
    ...(await settle(context, ports, trouble)),
    ...leaving.filter((claim) => claim !== undefined),
  ];
  const owing = await announce(claims, announcing(context, claims, ports, trouble));
  for (const name of departed) await trouble.spare(name, () => forget(name, store));
  const missed = watches.flatMap((watch) => missedRuns(watch, after, tick));
  for (const one of missed) await trouble.spare(one.cluster, () => store.addRun(one));
  const isNew = ({ cluster, lastRun }: Watch) =>
    lastRun === undefined && !isAwaited(own.memory, cluster.name);
  if (watches.every((watch) => isNew(watch) || isComplete(watch, tick))) await ports.heartbeat?.();
  return {
    overdue: about.overdue,
    blind: blindClusters(clusters, standings),
    owing: owedClusters(standings, owing, tick) + Math.sign(about.undelivered),
    undelivered: about.undelivered + [...owing.values()].reduce((sum, count) => sum + count, 0),
  };
}

function announcing(
  { watched, claimant }: { readonly watched: readonly PlannedCluster[]; readonly claimant: string },
  claims: readonly Claimed[],
  { store, log, ...ports }: DispatchPorts,
  trouble: Trouble,
): AnnouncePorts {
  return {
    ...ports,
    store,
    claimant,
    everyone: everyoneIn(store, watched, claims),
    onDefect: trouble.onDefect,
    onTrouble: trouble.on,
    onTold: (cluster, channel, { id, reason, title }) =>
      log({ what: 'told', cluster: printable(cluster), channel, id, reason, title }),
    onUndelivered: (cluster, channel, why) =>
      log({ what: 'undelivered', cluster: printable(cluster), channel, ...why }),
  };
}
