import { isDeepStrictEqual } from 'node:util';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { readYaml } from '../config/yaml-text.ts';
import type { Profiles } from '../profiles/profile.ts';
import type { Draft, DraftCluster, DraftSignal } from './draft.ts';
import { documentOf, yamlOf } from './write.ts';

/** A draft that is sure to load, and the configuration that it says. */
export interface Loadable {
  readonly draft: Draft;
  /** Undefined where nothing is left to be watched. */
  readonly config: Config | undefined;
}

/**
 * The part of a draft that can be written: what would not be read again as it is, or not be taken, is only told. A name may
 * hold what a reference looks like, or what the plane could not be asked for.
 */
export async function loadable(draft: Draft, profiles: Profiles): Promise<Loadable> {
  const whole = await read(draft, profiles);
  if ('config' in whole) return { draft, config: whole.config };
  const left = [...draft.left];
  const kept: DraftCluster[] = [];
  for (const cluster of draft.clusters) {
    const rest = await readable(cluster, left, profiles);
    if (rest) kept.push(rest);
  }
  const written = { clusters: kept, left };
  const loaded = await read(written, profiles);
  return { draft: written, config: 'config' in loaded ? loaded.config : undefined };
}

/** The part of a cluster that can be written; what is not is added to `left`. Undefined where nothing remains. */
async function readable(
  cluster: DraftCluster,
  left: string[],
  profiles: Profiles,
): Promise<DraftCluster | undefined> {
  const only = (signals: readonly DraftSignal[]) =>
    read({ clusters: [{ ...cluster, signals }], left: [] }, profiles);
  if ('config' in (await only(cluster.signals))) return cluster;
  const kept: DraftSignal[] = [];
  for (const signal of cluster.signals) {
    const found = await only([signal]);
    if ('config' in found) kept.push(signal);
    else left.push(`${signal.settings.name}: cannot be written: ${found.problem}`);
  }
  const rest = await only(kept);
  if ('config' in rest) return { ...cluster, signals: kept };
  left.push(
    `${cluster.name}${cluster.profile ? ` (${cluster.profile})` : ''}: cannot be written: ${rest.problem}`,
  );
  return undefined;
}

/** The configuration that a draft is read as; or why it is none, or not the same. */
async function read(
  draft: Draft,
  profiles: Profiles,
): Promise<{ readonly config: Config } | { readonly problem: string }> {
  const isEmpty = draft.clusters.every((one) => one.profile === undefined && one.signals.length === 0);
  if (isEmpty) return { problem: 'nothing of it can be watched' };
  const document = documentOf(draft);
  const json = JSON.stringify(document);
  if (json.includes('${')) return { problem: 'a name holds ${, which would be read as a reference' };
  if (/\\ud[89a-f]/i.test(json)) return { problem: 'a name holds half a character' };
  const text = yamlOf(draft, []);
  const { value } = await readYaml(text);
  if (!isDeepStrictEqual(structuredClone(value), structuredClone(document)))
    return { problem: 'a name holds characters that YAML would not keep' };
  const origin = { file: 'plumbline.yaml', env: {}, profiles: async () => profiles };
  const loaded = await loadConfig(text, origin);
  return 'config' in loaded ? loaded : { problem: loaded.problems[0]?.message ?? 'it does not load' };
}
