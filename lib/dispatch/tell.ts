import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import { announce, type AnnouncePorts, type Claimed } from '../announce.ts';
import { counted } from '../counted.ts';
import { departing, forget, leftAmong } from '../departures.ts';
import type { RunRecord } from '../history.ts';
import type { Unseen } from '../health.ts';
import type { Standing } from '../incidents/standing.ts';
import type { NotifierPorts } from '../notifiers/notifier.ts';
import type { PlannedCluster } from '../plan.ts';
import { printable } from '../printable.ts';
import { activeMutes, record, type RecordPorts } from '../record.ts';
import { everyoneIn } from '../stores/everyone.ts';
import { StoreError } from '../stores/store.ts';
import type { Trouble } from '../trouble.ts';
import { lostRuns, type Scheduled } from './due.ts';
import { isComplete, missedRuns, type Watch } from './overdue.ts';
import { awaitedSince, type ConfigurationState } from './own-facts.ts';
import { type OwnTick, tellOwn } from './own.ts';
import type { Unsent } from './send.ts';
import { letGo, settle, type SettleContext } from './settle.ts';
import { blindClusters, owedClusters } from './unseen.ts';

export interface TellPorts extends Omit<RecordPorts, 'sending'> {
  readonly sending: NotifierPorts;
}

/** What a tick came upon, beside what is remembered. */
export interface Ticking {
  readonly clusters: readonly Scheduled[];
  readonly configuration: ConfigurationState;
  /** What the queue did not take. */
  readonly unsent: readonly Unsent[];
}

export interface TickTold extends Unseen {
  readonly undelivered: number;
  /** Everything that was due a run's time before is verified, and no channel waits to be tried again. */
  readonly isComplete: boolean;
}

/** Requests of one kind to the store at the same time. */
const IN_FLIGHT = 16;

/**
 * Counts the tick, tells what the runs before it found, of which clusters no runs come and which left, and records the runs
 * that were missed. Undefined where another one counted the tick, or that could not be done. Nothing is thrown.
 */
export async function tell(
  own: OwnTick,
  { clusters, configuration, unsent }: Ticking,
  ports: TellPorts,
  trouble: Trouble,
): Promise<TickTold | undefined> {
  const { store } = ports;
  const { tick, after } = own;
  const watched = clusters.map(({ cluster }) => cluster);
  const standings = await trouble.spare('all', () => store.standings());
  if (!standings) return undefined;
  const watches = clusters.map((one) => watchOf(one, standings, own));
  const context = { tick, watched, mutes: await activeMutes(ports, trouble), claimant: randomUUID() };
  const observed = { tick, after, watches, configuration, unsent };
  const about = await tellOwn(own, observed, context, ports, trouble, (claims, store, compose) =>
    announce(claims, { ...announcing(context, claims, ports, trouble), store, compose }),
  );
  // Whoever writes the tick first tells; the other one stops here.
  if (!about) return undefined;
  const limit = pLimit(IN_FLIGHT);
  const departed = leftAmong([...standings.keys()], watched);
  const leaving = await Promise.all(
    departed.map((name) => limit(() => trouble.spare(name, () => leave(name, context, ports, trouble)))),
  );
  const settlement = await settle(context, ports, trouble);
  const claims = [...settlement.settled.map(({ claim }) => claim), ...leaving].filter(
    (claim) => claim !== undefined,
  );
  const owing = await announce(claims, announcing(context, claims, ports, trouble));
  const waiting = await letGo(settlement, context, ports, trouble);
  await Promise.all(departed.map((name) => limit(() => trouble.spare(name, () => forget(name, store)))));
  const lost = lostRuns(own.memory.unsent ?? [], clusters, tick);
  const missed = watches.flatMap((watch) => missedRuns(watch, after, tick, lost.get(watch.cluster.name)));
  await recordMissed(missed, ports, trouble);
  return {
    overdue: about.overdue,
    blind: blindClusters(clusters, standings),
    owing: owedClusters(standings, owing, tick) + Math.sign(about.undelivered),
    undelivered: about.undelivered + [...owing.values()].reduce((sum, count) => sum + count, 0),
    isComplete: waiting === 0 && watches.every((watch) => isComplete(watch, tick)),
  };
}

function watchOf(one: Scheduled, standings: ReadonlyMap<string, Standing>, { memory }: OwnTick): Watch {
  const { name } = one.cluster;
  const { at: lastRun, everyMs: lastEveryMs } = standings.get(name)?.lastRun ?? {};
  return { ...one, lastRun, lastEveryMs, awaitedSince: awaitedSince(memory, name) };
}

/** What has to be told of a cluster that left. */
async function leave(
  name: string,
  context: SettleContext,
  ports: TellPorts,
  trouble: Trouble,
): Promise<Claimed | undefined> {
  const { tick } = context;
  const run = { id: new Date(tick).toISOString(), at: tick, isConfirmation: false };
  const options = { run, rules: ports.alerts, checkedAt: ports.clock.now() };
  return record(await departing(name, ports.store, options), run, context, ports, trouble);
}

/** Thousands of runs may be missing after an outage: what there is no time for is told as not recorded. */
async function recordMissed(missed: readonly RunRecord[], ports: TellPorts, trouble: Trouble) {
  const { store, clock, sending } = ports;
  const limit = pLimit(IN_FLIGHT);
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
  { store, log, ...ports }: TellPorts,
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
