import { OWN } from '../departures.ts';
import type { Standing } from '../incidents/standing.ts';
import type { PlannedCluster } from '../plan.ts';

type Standings = ReadonlyMap<string, Standing>;

/** How many clusters have been blind for long enough to be told so, and no signal of them was observed by its last run. */
export function blindClusters(
  clusters: readonly { readonly cluster: PlannedCluster }[],
  standings: Standings,
): number {
  return clusters.filter(({ cluster: { name, signals } }) => {
    const judged = signals.filter((one) => one.judged).length;
    return judged > 0 && (standings.get(name)?.blind ?? 0) >= judged;
  }).length;
}

/**
 * About how many clusters a message is owed that a channel did not take. `owing` is how many messages those that this tick
 * told of still owe. What Plumbline owes of itself is tried by every tick, and not counted here.
 */
export function owedClusters(standings: Standings, owing: ReadonlyMap<string, number>, tick: number): number {
  const waiting = [...standings].filter(
    ([name, { owedFrom }]) => name !== OWN && !owing.has(name) && owedFrom !== undefined && owedFrom <= tick,
  );
  return waiting.length + [...owing.values()].filter((count) => count > 0).length;
}
