import { awsCredentials } from '../lib/aws/credentials.ts';
import { lookUpBaselines } from '../lib/baseline/look-up.ts';
import { driftingSignals, withBaselines } from '../lib/baseline/remembered.ts';
import { systemClock } from '../lib/clock.ts';
import type { Config } from '../lib/config/schema.ts';
import type { PlannedCluster } from '../lib/plan.ts';
import { region } from './store.ts';

/** A check is over within half a minute, whatever the memory does. */
const PATIENCE_MS = 10_000;

/**
 * The clusters with their baselines, from the place that the configuration names. Where it names none, drift is not
 * judged; `asIfLearning` asks what is asked of it all the same, for who counts.
 */
export async function withKnownBaselines(
  { state }: Config,
  clusters: readonly PlannedCluster[],
  asIfLearning: boolean,
): Promise<readonly PlannedCluster[]> {
  const now = systemClock.now();
  if (clusters.every((cluster) => driftingSignals(cluster).length === 0)) return clusters;
  if (state === undefined)
    return asIfLearning ? clusters.map((cluster) => withBaselines(cluster, new Map(), now)) : clusters;
  const { openStore } = await import('../lib/stores/index.ts');
  const credentials = awsCredentials(systemClock, 'cli');
  const deadline = () => now + PATIENCE_MS;
  const store = openStore(state, { clock: systemClock, region: region(), credentials, deadline });
  try {
    return await lookUpBaselines(clusters, () => store, now);
  } finally {
    store.close();
  }
}
