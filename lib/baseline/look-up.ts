import type { PlannedCluster } from '../plan.ts';
import { orTrouble } from '../stores/once.ts';
import type { Store } from '../stores/store.ts';
import { driftingSignals, withBaselines } from './remembered.ts';

/**
 * The clusters with the baselines that are stored of them, for a run that writes none: only what is compared with one is
 * looked up. What cannot be read leaves drift unobserved. `now` is in milliseconds since the epoch.
 */
export async function lookUpBaselines(
  clusters: readonly PlannedCluster[],
  store: () => Pick<Store, 'baselines'>,
  now: number,
): Promise<readonly PlannedCluster[]> {
  return Promise.all(
    clusters.map(async (cluster) => {
      if (driftingSignals(cluster).length === 0) return cluster;
      return withBaselines(cluster, await orTrouble(() => store().baselines(cluster.name)), now);
    }),
  );
}
