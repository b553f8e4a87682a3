import { ownKey } from '../incidents/decide.ts';
import { rekey, stormKey } from '../incidents/incident-states.ts';
import type { ClusterMemory } from '../incidents/memory.ts';
import { stormsOf } from '../incidents/storm.ts';
import type { PlannedCluster } from '../plan.ts';
import type { HeldRun } from './held.ts';
import { tickOf } from './slots.ts';

/**
 * The storm that each held run belongs to, by its key: what turned in one tick is judged together, with those of it that
 * were told before, under whose key the ones that come late are told too.
 */
export function stormsAmong(
  held: readonly HeldRun[],
  watched: readonly PlannedCluster[],
): ReadonlyMap<HeldRun, string> {
  const storms = [...Map.groupBy(held, ({ at }) => tickOf(at))].flatMap(([tick, runs]) => {
    const turns = runs.flatMap(({ turn }) => turn ?? []);
    return stormsOf(turns, watched).flatMap(({ place, clusters }) => {
      const members = runs.filter(({ turn, cluster }) => turn && clusters.has(cluster));
      const told = members.find(({ storm }) => storm !== null)?.storm;
      // One that comes after the others were told one by one makes no storm of them any more.
      const untold = new Set(members.flatMap(({ cluster, report }) => (report === null ? [] : cluster)));
      if (!told && untold.size < 2) return [];
      return members.map((run) => [run, told ?? stormKey(tick, place)] as const);
    });
  });
  return new Map(storms);
}

/** The memory with what opened in these runs of its cluster under the key of their storm. */
export function inStorm(
  memory: ClusterMemory,
  runs: readonly HeldRun[],
  storms: ReadonlyMap<HeldRun, string>,
): ClusterMemory {
  return runs.reduce((rekeyed, run) => {
    const key = storms.get(run);
    return key === undefined ? rekeyed : rekey(rekeyed, ownKey(run.cluster, run.at), key);
  }, memory);
}
