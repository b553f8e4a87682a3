import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import { announce, type AnnouncePorts, type Claimed } from '../announce.ts';
import { counted } from '../counted.ts';
import { departing, departures, forget } from '../departures.ts';
import { dispatchHealth } from '../health.ts';
import type { RunRecord } from '../history.ts';
import type { NotifierPorts } from '../notifiers/notifier.ts';
import type { PlannedCluster } from '../plan.ts';
import { printable } from '../printable.ts';
import { activeMutes, record, type RecordPorts } from '../record.ts';
import { everyoneIn } from '../stores/everyone.ts';
import { StoreError } from '../stores/store.ts';
import { openTrouble, type Trouble } from '../trouble.ts';
import { lostRuns, runsDue, type Scheduled } from './due.ts';
import { isComplete, missedRuns, type Watch } from './overdue.ts';
import { awaitedSince, type ConfigurationState } from './own-facts.ts';
import { type OwnTick, readOwn, tellOwn } from './own.ts';
import { type SendBatch, sendRuns, type Unsent } from './send.ts';
import { letGo, settle } from './settle.ts';
import { TICK_MS } from './slots.ts';

const WRITES_IN_FLIGHT = 32;

export interface DispatchPorts extends Omit<RecordPorts, 'sending'> {
  readonly sending: NotifierPorts;
  readonly send: SendBatch;
  /** Tells somebody outside that all is well; undefined where nobody listens. Never rejects. */
  readonly heartbeat: (() => Promise<void>) | undefined;
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
  const due = own?.isRepeated ? [] : runsDue(clusters, after, tick, own?.memory.unsent);
  // A queue that hangs must leave time to tell what was found.
  const deadline = startedAt + (ports.sending.deadline - startedAt) / 2;
  const unsent = await sendRuns(due, { ...ports, deadline });
  for (const { cluster, detail } of unsent)
    log({ what: 'unsent', cluster: printable(cluster), detail: printable(detail) });
  const told =
    own && !own.isRepeated ? await tell(own, { clusters, configuration, unsent }, ports, trouble) : undefined;
  const result = {
    tick: new Date(tick).toISOString(),
    sent: due.length - unsent.length,
    unsent: unsent.length,
    overdue: told?.overdue ?? 0,
    undelivered: told?.undelivered ?? 0,
    ...trouble.counts,
  };
  ports.emit(dispatchHealth({ ...result, durationMs: clock.now() - startedAt, at: clock.now() }));
  return result;
}

interface Ticking {
  readonly clusters: readonly Scheduled[];
  readonly configuration: ConfigurationState;
  /** What the queue did not take. */
  readonly unsent: readonly Unsent[];
}

async function tell(
  own: OwnTick,
  { clusters, configuration, unsent }: Ticking,
  ports: DispatchPorts,
  trouble: Trouble,
): Promise<{ readonly overdue: number; readonly undelivered: number } | undefined> {
  const { store, clock, alerts } = ports;
  const { tick, after } = own;
  const watched = clusters.map(({ cluster }) => cluster);
  const lastRuns = await trouble.spare('all', () => store.lastRuns());
  if (!lastRuns) return undefined;
  const watches = clusters.map((one): Watch => {
    const { at: lastRun, everyMs: lastEveryMs } = lastRuns.get(one.cluster.name) ?? {};
    return { ...one, lastRun, lastEveryMs, awaitedSince: awaitedSince(own.memory, one.cluster.name) };
  });
  const context = { tick, watched, mutes: await activeMutes(ports, trouble), claimant: randomUUID() };
  const observed = { tick, after, watches, configuration, unsent };
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
  const settlement = await settle(context, ports, trouble);
  const claims = [...settlement.settled.map(({ claim }) => claim), ...leaving].filter(
    (claim) => claim !== undefined,
  );
  const owing = await announce(claims, announcing(context, claims, ports, trouble));
  await letGo(settlement, context, ports, trouble);
  for (const name of departed) await trouble.spare(name, () => forget(name, store));
  const lost = lostRuns(own.memory.unsent ?? [], clusters, tick);
  const missed = watches.flatMap((watch) => missedRuns(watch, after, tick, lost.get(watch.cluster.name)));
  await recordMissed(missed, ports, trouble);
  if (watches.every((watch) => isComplete(watch, tick))) await ports.heartbeat?.();
  return {
    overdue: about.overdue,
    undelivered: about.undelivered + [...owing.values()].reduce((sum, count) => sum + count, 0),
  };
}

/** Thousands of runs may be missing after an outage: what there is no time for is told as not recorded. */
async function recordMissed(missed: readonly RunRecord[], ports: DispatchPorts, trouble: Trouble) {
  const { store, clock, sending } = ports;
  const limit = pLimit(WRITES_IN_FLIGHT);
  let left = 0;
  await Promise.all(
    missed.map((one) =>
      limit(async () => {
        if (clock.now() >= sending.deadline) left += 1;
        else await trouble.spare(one.cluster, () => store.addRun(one));
      }),
    ),
  );
  const why = `no time was left to record ${counted(left, 'missed run')}`;
  if (left > 0) trouble.on('all', new StoreError('timeout', why));
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
