import pLimit from 'p-limit';
import type { ClusterMemory } from '../incidents/memory.ts';
import type { Store } from './store.ts';

const READS_IN_FLIGHT = 16;

interface Known {
  readonly cluster: { readonly name: string };
  readonly memory: ClusterMemory;
}

/**
 * What every watched cluster remembers, by name; undefined where that cannot be read. Read once, and only if somebody
 * asks. Of what is `known` already the last counts.
 */
export function everyoneIn(
  store: Store,
  watched: readonly { readonly name: string }[],
  known: readonly Known[],
): () => Promise<ReadonlyMap<string, ClusterMemory | undefined>> {
  const memories = new Map(known.map(({ cluster, memory }) => [cluster.name, memory]));
  const limit = pLimit(READS_IN_FLIGHT);
  const memoryOf = async (name: string): Promise<ClusterMemory | undefined> => {
    try {
      return memories.get(name) ?? (await limit(() => store.read(name))).memory;
    } catch {
      return undefined;
    }
  };
  const readAll = async () => {
    const names = [...new Set([...memories.keys(), ...watched.map(({ name }) => name)])];
    return new Map(await Promise.all(names.map(async (name) => [name, await memoryOf(name)] as const)));
  };
  let all: ReturnType<typeof readAll> | undefined;
  return () => (all ??= readAll());
}
