import { forgetBaselines } from './baseline/keep.ts';
import type { PlannedCluster } from './plan.ts';
import type { Store } from './stores/store.ts';

/** Clusters that something is remembered of and that left the configuration. */
export async function departures(
  store: Store,
  watched: readonly PlannedCluster[],
): Promise<readonly string[]> {
  const names = new Set(watched.map(({ name }) => name));
  return (await store.clusters()).filter((name) => !names.has(name));
}

/** Forgets a cluster that left, once everybody was told what it was owed. */
export async function forgetDeparted(name: string, store: Store): Promise<void> {
  const { memory, version } = await store.read(name);
  if (Object.keys(memory.signals).length > 0) return;
  await store.forget(name, version);
  await forgetBaselines(name, store);
}
