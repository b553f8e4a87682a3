import { type DraftCluster, switchedOff } from './draft.ts';

const SIGNAL = 'workspace';
/** Where targets of Cloud Map write, some samples are always discarded: its signal allows for them. */
const TOLERANT = 'ecs-cloudmap-amp';

/** Clusters of which only one watches each workspace that they share: what a workspace discards is one story. */
export function watchedOnce(clusters: readonly DraftCluster[]): readonly DraftCluster[] {
  const owners = new Map<string, DraftCluster>();
  for (const cluster of clusters) {
    const key = keyOf(cluster);
    if (key !== undefined && (!owners.has(key) || isTolerant(cluster, owners.get(key))))
      owners.set(key, cluster);
  }
  return clusters.map((cluster) => {
    const owner = owners.get(keyOf(cluster) ?? '');
    if (!owner || owner === cluster) return cluster;
    const off = switchedOff(SIGNAL, `it is watched once, with ${owner.name}`);
    return { ...cluster, signals: [...cluster.signals, off] };
  });
}

function isTolerant({ profile }: DraftCluster, before: DraftCluster | undefined): boolean {
  return profile === TOLERANT && before?.profile !== TOLERANT;
}

function keyOf({ region, with: given }: DraftCluster): string | undefined {
  const workspace = given?.['workspace'];
  return typeof workspace === 'string' ? JSON.stringify([region, workspace]) : undefined;
}
