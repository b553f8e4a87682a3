import type { Claimed } from '../announce.ts';
import type { ActiveMutes } from '../mutes.ts';
import type { PlannedCluster } from '../plan.ts';
import type { RecordPorts } from '../record.ts';
import { unclaimed, withDebts } from '../remember.ts';
import type { Trouble } from '../trouble.ts';
import { type HeldRun, isTickClaim, isTold } from './held.ts';
import { inStorm, stormsAmong } from './storms.ts';

export interface SettleContext {
  /** The tick that tells. Milliseconds since the epoch. */
  readonly tick: number;
  readonly watched: readonly PlannedCluster[];
  readonly mutes: ActiveMutes;
  readonly claimant: string;
}

/**
 * What this tick has to tell of the runs that were left to it: those of earlier ticks. Each cluster's claim is taken over
 * from the tick; whoever has lost it was told, or is being told, by somebody else.
 */
export async function settle(
  context: SettleContext,
  ports: RecordPorts,
  trouble: Trouble,
): Promise<readonly Claimed[]> {
  const held = (await trouble.spare('held runs', () => ports.store.held(ports.clock.now()))) ?? [];
  const storms = stormsAmong(held, context.watched);
  const waiting = Map.groupBy(
    held.filter(({ report }) => report !== null),
    ({ cluster }) => cluster,
  );
  // Told in the order in which the configuration names them.
  const names = new Set([...context.watched.map(({ name }) => name), ...waiting.keys()]);
  const due = [...names].flatMap((name) => {
    const runs = waiting.get(name) ?? [];
    return runs.some((run) => isTold(run, context.tick)) ? [[name, runs] as const] : [];
  });
  const claims = await Promise.all(
    due.map(([name, runs]) =>
      trouble.spare(name, () => settleCluster(name, runs, storms, context, ports, trouble)),
    ),
  );
  return claims.filter((claim) => claim !== undefined);
}

async function settleCluster(
  name: string,
  runs: readonly HeldRun[],
  storms: ReadonlyMap<HeldRun, string>,
  { watched, mutes, claimant }: SettleContext,
  { store, clock, alerts, notifiers, sending }: RecordPorts,
  trouble: Trouble,
): Promise<Claimed | undefined> {
  const newest = runs.at(-1);
  if (!newest?.report) return undefined;
  const { report, checkedAt } = newest;
  const { memory: before, version } = await store.read(name);
  let claim: Claimed | undefined;
  if (isTickClaim(before.sending?.by)) {
    const cluster = watched.find((one) => one.name === name) ?? { name, region: '', signals: [] };
    const { memory, isClaimed } = withDebts(
      { cluster, report, version, decision: undefined, memory: unclaimed(inStorm(before, runs, storms)) },
      { notifiers, mutes, rules: alerts, claimant, now: clock.now(), until: sending.deadline },
    );
    // Whoever overtakes has written since; the next tick looks again.
    if (!(await store.write(name, memory, version))) return undefined;
    if (isClaimed) claim = { cluster, report, memory, version: version + 1, checkedAt };
  }
  // One that is not let go of is found without the tick's claim by the next tick.
  await trouble.spare(name, () => Promise.all(runs.map((run) => letGo(run, storms.get(run) ?? null))));
  return claim;

  /** A turn is kept without its report: others of its tick may come late. */
  async function letGo(run: HeldRun, storm: string | null): Promise<void> {
    if (run.turn) await store.hold({ ...run, report: null, storm });
    else await store.release(run);
  }
}
