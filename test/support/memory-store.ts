import { HELD_MS, type HeldKey, type HeldRun } from '../../lib/dispatch/held.ts';
import type { RunRecord } from '../../lib/history.ts';
import { type ClusterMemory, NOTHING } from '../../lib/incidents/memory.ts';
import { standingOf } from '../../lib/incidents/standing.ts';
import type { KeptConfig, RuntimeMute, Store, Stored, StoredBaseline, Told } from '../../lib/stores/store.ts';

/** A store in this process, which remembers everything that was ever written. */
export interface MemoryStore extends Store {
  readonly written: { readonly cluster: string; readonly memory: ClusterMemory }[];
  readonly recorded: RunRecord[];
}

export function memoryStore(): MemoryStore {
  const clusters = new Map<string, Stored>();
  const baselines = new Map<string, Map<string, StoredBaseline>>();
  const mutes = new Map<string, RuntimeMute>();
  const configs = new Map<string, KeptConfig>();
  const held = new Map<string, HeldRun>();
  const keyOf = ({ at, cluster, by }: HeldKey): string => `${at} ${by} ${cluster}`;
  const recorded: RunRecord[] = [];
  const written: { cluster: string; memory: ClusterMemory }[] = [];
  let told: Told = { told: [], version: 0 };
  const current = (cluster: string): Stored => clusters.get(cluster) ?? { memory: NOTHING, version: 0 };
  return {
    written,
    recorded,
    read: async (cluster) => current(cluster),
    readAll: async () => new Map([...clusters].map(([name, { memory }]) => [name, memory])),
    write: async (cluster, memory, version) => {
      if (current(cluster).version !== version) return false;
      const copy = structuredClone({
        ...memory,
        signals: Object.fromEntries(Object.entries(memory.signals)),
      });
      clusters.set(cluster, { memory: copy, version: version + 1 });
      written.push({ cluster, memory: copy });
      return true;
    },
    forget: async (cluster, version) => current(cluster).version === version && clusters.delete(cluster),
    clusters: async () => [...clusters.keys()],
    baselines: async (cluster) => new Map(baselines.get(cluster)),
    writeBaseline: async (cluster, signal, baseline, version) => {
      const known = baselines.get(cluster) ?? new Map<string, StoredBaseline>();
      if ((known.get(signal)?.version ?? 0) !== version) return false;
      baselines.set(
        cluster,
        known.set(signal, { baseline: structuredClone(baseline), version: version + 1 }),
      );
      return true;
    },
    forgetBaseline: async (cluster, signal) => void baselines.get(cluster)?.delete(signal),
    standings: async () =>
      new Map([...clusters].map(([name, { memory }]) => [name, standingOf(memory)] as const)),
    hold: async (run) => void held.set(keyOf(run), structuredClone(run)),
    held: async (now) =>
      [...held.values()].filter(({ at }) => at > now - HELD_MS).sort((one, other) => one.at - other.at),
    release: async (run) => void held.delete(keyOf(run)),
    keepConfig: async (place, kept) => void configs.set(place, kept),
    keptConfig: async (place) => configs.get(place),
    mutes: async (now) => [...mutes.values()].filter(({ until }) => now < until),
    addMute: async (mute) => void mutes.set(mute.id, mute),
    endMute: async (id) => mutes.delete(id),
    addRun: async (run) => void recorded.push(run),
    runs: async (cluster, from) => recorded.filter((run) => run.cluster === cluster && run.at >= from),
    told: async () => told,
    writeTold: async (keys, version) => {
      if (told.version !== version) return false;
      told = { told: keys, version: version + 1 };
      return true;
    },
    close: () => {},
  };
}
