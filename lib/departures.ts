import { forgetBaselines } from './baseline/keep.ts';
import type { Run } from './incidents/facts.ts';
import { type AlertRules, type Decided, decideCluster } from './remember.ts';
import type { Store } from './stores/store.ts';

/** What Plumbline remembers of itself stands beside the clusters: no name of a cluster begins with a space. */
export const OWN = ' plumbline';

/** Clusters that something is remembered of and that left the configuration. */
export async function departures(
  store: Pick<Store, 'clusters'>,
  watched: readonly { readonly name: string }[],
): Promise<readonly string[]> {
  return leftAmong(await store.clusters(), watched);
}

/** The same among the clusters that something is remembered of. */
export function leftAmong(
  remembered: readonly string[],
  watched: readonly { readonly name: string }[],
): readonly string[] {
  const names = new Set([OWN, ...watched.map(({ name }) => name)]);
  return remembered.filter((name) => !names.has(name));
}

/** What is open in a cluster that left is closed by name. */
export async function departing(
  name: string,
  store: Pick<Store, 'read'>,
  options: { readonly run: Run; readonly rules: AlertRules; readonly checkedAt: number },
): Promise<Decided> {
  const gone = { name, region: '', signals: [] };
  const report = { cluster: name, verdict: 'ok' as const, cause: null, signals: [] };
  return decideCluster(gone, report, await store.read(name), options);
}

/** Forgets a cluster that left, once every channel was told. */
export async function forget(name: string, store: Store): Promise<void> {
  const { memory, version } = await store.read(name);
  if (Object.keys(memory.signals).length > 0) return;
  await store.forget(name, version);
  await forgetBaselines(name, store);
}
