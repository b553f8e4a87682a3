import pLimit from 'p-limit';
import type { Claimed } from '../announce.ts';
import { owesAnything } from '../incidents/settle.ts';
import type { ActiveMutes } from '../mutes.ts';
import type { PlannedCluster } from '../plan.ts';
import type { RecordPorts } from '../record.ts';
import { unclaimed, withDebts } from '../remember.ts';
import type { Trouble } from '../trouble.ts';
import { againAfter, type HeldRun, isOver, isTickClaim, isTold, tellingRun } from './held.ts';
import { inStorm, stormsAmong } from './storms.ts';

/** Clusters that are settled at the same time. */
const CLUSTERS_IN_FLIGHT = 16;
/** One part in so many of a tick's time clusters are taken over: each of them is two requests then and four later. */
const TAKEN_OVER = 4;

export interface SettleContext {
  /** The tick that tells. Milliseconds since the epoch. */
  readonly tick: number;
  readonly watched: readonly PlannedCluster[];
  readonly mutes: ActiveMutes;
  readonly claimant: string;
}

/** A cluster whose held runs this tick looked at. */
interface Settled {
  readonly name: string;
  /** The runs that are told, the newest of them last; those that come after it are left to later ticks. */
  readonly runs: readonly HeldRun[];
  /** Undefined where nothing has to be told. */
  readonly claim: Claimed | undefined;
}

/** What this tick has to tell of the runs that were left to it. */
export interface Settlement {
  readonly settled: readonly Settled[];
  readonly storms: ReadonlyMap<HeldRun, string>;
  /** Turns that nothing can join any more. */
  readonly over: readonly HeldRun[];
  /** Clusters that are left to later ticks: it is not yet time to try a channel again, or no time was left. */
  readonly waiting: number;
}

/**
 * What this tick has to tell of the runs that were left to it: those of earlier ticks. Each cluster's claim is taken over
 * from the tick, or taken where nobody has it; whoever has lost it was told, or is being told, by somebody else.
 */
export async function settle(
  context: SettleContext,
  ports: RecordPorts,
  trouble: Trouble,
): Promise<Settlement> {
  const now = ports.clock.now();
  const held = (await trouble.spare('held runs', () => ports.store.held(now))) ?? [];
  const { over = [], kept = [] } = Object.groupBy(held, (run) => (isOver(run, now) ? 'over' : 'kept'));
  const storms = stormsAmong(kept, context.watched);
  const owing = Map.groupBy(
    kept.filter(({ report }) => report !== null),
    ({ cluster }) => cluster,
  );
  // Told in the order in which the configuration names them.
  const names = new Set([...context.watched.map(({ name }) => name), ...owing.keys()]);
  const due = [...names].flatMap((name) => {
    const runs = owing.get(name) ?? [];
    return runs.some((run) => isTold(run, context.tick)) ? [[name, runs] as const] : [];
  });
  // What is taken over must be told, and recorded, in the same minute: the rest is left to the next tick.
  const enough = now + (ports.sending.deadline - now) / TAKEN_OVER;
  const tried = new Set<string>();
  const limit = pLimit(CLUSTERS_IN_FLIGHT);
  const settleInTime = async (name: string, runs: readonly HeldRun[]) => {
    if (ports.clock.now() >= enough) return undefined;
    tried.add(name);
    return trouble.spare(name, () => settleCluster(name, runs, storms, context, ports));
  };
  const settled = await Promise.all(due.map(([name, runs]) => limit(() => settleInTime(name, runs))));
  const waiting = [...owing].filter(
    ([name, runs]) =>
      !tried.has(name) && runs.some((run) => run.again !== undefined || isTold(run, context.tick)),
  );
  return {
    settled: settled.filter((one) => one !== undefined),
    storms,
    over,
    waiting: waiting.length,
  };
}

async function settleCluster(
  name: string,
  held: readonly HeldRun[],
  storms: ReadonlyMap<HeldRun, string>,
  { watched, mutes, claimant }: SettleContext,
  { store, clock, alerts, notifiers, sending }: RecordPorts,
): Promise<Settled | undefined> {
  const now = clock.now();
  const { memory: before, version } = await store.read(name);
  const { by, until = 0 } = before.sending ?? {};
  const isLeft = isTickClaim(by);
  // Somebody else is telling.
  if (!isLeft && until > now) return undefined;
  const newest = tellingRun(held, by, now);
  if (!newest?.report) return undefined;
  const runs = held.slice(0, held.indexOf(newest) + 1);
  // One without a debt was told, or its memory was never written.
  if (!isLeft && !owesAnything(before)) return { name, runs, claim: undefined };
  const { report, checkedAt } = newest;
  const cluster = watched.find((one) => one.name === name) ?? { name, region: '', signals: [] };
  const { memory, isClaimed } = withDebts(
    { cluster, report, version, decision: undefined, memory: unclaimed(inStorm(before, runs, storms)) },
    { notifiers, mutes, rules: alerts, claimant, now, until: sending.deadline },
  );
  // Whoever overtakes has written since; the next tick looks again.
  if (!(await store.write(name, memory, version))) return undefined;
  const claim = isClaimed ? { cluster, report, memory, version: version + 1, checkedAt } : undefined;
  return { name, runs, claim };
}

/**
 * Lets go of the runs of which everything was told, and keeps of each other cluster the newest, to be tried again. Returns
 * how many clusters are still owed something. What no time is left for the next tick does.
 */
export async function letGo(
  { settled, storms, over, waiting }: Settlement,
  { tick }: Pick<SettleContext, 'tick'>,
  { store, clock, sending }: Pick<RecordPorts, 'store' | 'clock' | 'sending'>,
  trouble: Trouble,
): Promise<number> {
  const limit = pLimit(CLUSTERS_IN_FLIGHT);
  const owing = await Promise.all([
    ...settled.map((one) => limit(() => inTime(one.name, () => finish(one)))),
    ...over.map((run) => limit(() => inTime(run.cluster, () => forget(run)))),
  ]);
  return owing.filter((isOwing) => isOwing === true).length + waiting;

  async function inTime(name: string, work: () => Promise<boolean>): Promise<boolean | undefined> {
    return clock.now() < sending.deadline ? trouble.spare(name, work) : true;
  }

  async function finish({ name, runs, claim }: Settled): Promise<boolean> {
    const isOwing = claim !== undefined && owesAnything((await store.read(name)).memory);
    for (const run of runs) {
      const storm = storms.get(run) ?? run.storm;
      if (isOwing && run === runs.at(-1)) await store.hold({ ...run, storm, again: againAfter(run, tick) });
      // A turn is kept without its report: others of its tick may come late.
      else if (run.turn) await store.hold({ ...run, report: null, storm });
      else await store.release(run);
    }
    return isOwing;
  }

  async function forget(run: HeldRun): Promise<boolean> {
    await store.release(run);
    return false;
  }
}
