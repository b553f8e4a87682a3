import type { Clock } from '../clock.ts';
import type { Config } from '../config/schema.ts';
import type { RunRecord } from '../history.ts';
import { type ClusterMemory, NOTHING } from '../incidents/memory.ts';
import { plan } from '../plan.ts';
import { PartOfRuns, type Store, StoreError } from '../stores/store.ts';
import { type ClusterHealth, healthOf, type Recalled, type WatchedCluster, worstFirst } from './estate.ts';

export interface LookPorts {
  readonly store: Pick<Store, 'read' | 'readAll' | 'runs'>;
  readonly clock: Pick<Clock, 'now'>;
  /** When no more may be read. Milliseconds since the epoch. */
  readonly deadline: number;
  /** Bounds the requests in flight. */
  readonly limit: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Fewer clusters than this are read one by one, instead of all that are remembered. */
const FEW = 10;
/** Seldom judged signals are looked for at most this far back. */
const LONGEST_LOOK_MS = 26 * 3_600_000;
const SHORTEST_LOOK_MS = 3_600_000;

/** The clusters that scheduled runs verify, of which anything is judged; none of the names means all. */
export function watchedClusters(config: Config, names: readonly string[]): readonly WatchedCluster[] {
  const planned = plan(config, {});
  const every = new Map(config.clusters.map(({ name, every }) => [name, every]));
  return ('clusters' in planned ? planned.clusters : [])
    .filter(({ name }) => names.length === 0 || names.includes(name))
    .map((cluster) => ({ ...cluster, everyMs: every.get(cluster.name) ?? 0 }));
}

/**
 * The health of clusters by what scheduled runs remember of them, the worst first: no plane is asked. The memory is read of
 * all; the last runs, which tell each signal's verdict, of the worst `detailed`. What cannot be read is told, not thrown.
 */
export async function lookAt(
  clusters: readonly WatchedCluster[],
  detailed: number,
  ports: LookPorts,
): Promise<readonly ClusterHealth[]> {
  const now = ports.clock.now();
  const recall = clusters.length < FEW ? recallOne(ports) : await recallAll(ports);
  const seen = await Promise.all(
    clusters.map(async (cluster) => {
      const recalled = await recall(cluster.name);
      return { cluster, recalled, health: healthOf(cluster, recalled, now) };
    }),
  );
  seen.sort((a, b) => worstFirst(a.health, b.health));
  const refined = await Promise.all(
    seen.map(async ({ cluster, recalled, health }, index) =>
      index >= detailed || !recalled.memory
        ? health
        : healthOf(cluster, await withRuns(cluster, recalled, now, ports), now),
    ),
  );
  return refined.sort(worstFirst);
}

type Recall = (cluster: string) => Recalled | Promise<Recalled>;

function recallOne(ports: LookPorts): Recall {
  return async (cluster) => {
    const read = await attempt(ports, async () => (await ports.store.read(cluster)).memory);
    return 'problem' in read ? unread(read.problem) : remembering(read.value);
  };
}

async function recallAll(ports: LookPorts): Promise<Recall> {
  const read = await attempt(ports, () => ports.store.readAll());
  if ('problem' in read) return () => unread(read.problem);
  return (cluster) => {
    const memory = read.value.get(cluster) ?? NOTHING;
    return memory instanceof StoreError ? unread(memory.message) : remembering(memory);
  };
}

function remembering(memory: ClusterMemory): Recalled {
  return { memory, runs: undefined, problem: undefined };
}

function unread(problem: string): Recalled {
  return { memory: undefined, runs: undefined, problem };
}

async function withRuns(
  { name, everyMs, signals }: WatchedCluster,
  recalled: Recalled,
  now: number,
  ports: LookPorts,
): Promise<Recalled> {
  const seldom = Math.max(everyMs, ...signals.map(({ signal }) => signal.everyMs ?? 0));
  const lookMs = Math.min(LONGEST_LOOK_MS, Math.max(SHORTEST_LOOK_MS, 2 * seldom + everyMs));
  const read = await attempt(ports, () => ports.store.runs(name, now - lookMs, now));
  return 'problem' in read
    ? { ...recalled, runs: read.runs ?? [], problem: read.problem }
    : { ...recalled, runs: read.value };
}

interface Trouble {
  readonly problem: string;
  /** Those that could be read all the same. */
  readonly runs: readonly RunRecord[] | undefined;
}

async function attempt<T>(
  { limit, clock, deadline }: LookPorts,
  read: () => Promise<T>,
): Promise<{ readonly value: T } | Trouble> {
  return limit(async () => {
    if (clock.now() >= deadline) return { problem: 'no time was left to read it', runs: undefined };
    try {
      return { value: await read() };
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      return { problem: error.message, runs: error instanceof PartOfRuns ? error.runs : undefined };
    }
  });
}
