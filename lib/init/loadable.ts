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
  const left = [...draft.left];
  const kept: DraftCluster[] = [];
  for (const cluster of draft.clusters) {
    const whole = await trouble(cluster, profiles);
    if (whole === undefined) {
      kept.push(cluster);
      continue;
    }
    const signals: DraftSignal[] = [];
    for (const signal of cluster.signals) {
      const why = await trouble({ ...cluster, signals: [signal] }, profiles);
      if (why === undefined) signals.push(signal);
      else left.push(`${signal.settings.name}: cannot be written: ${why}`);
    }
    const rest = { ...cluster, signals };
    const why = await trouble(rest, profiles);
    if (why === undefined) kept.push(rest);
    else
      left.push(
        `${cluster.name}${cluster.profile ? ` (${cluster.profile})` : ''}: cannot be written: ${why}`,
      );
  }
  const written = { clusters: kept, left };
  const loaded = kept.length === 0 ? undefined : await load(written, profiles);
  if (loaded && !('config' in loaded))
    throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  return { draft: written, config: loaded?.config };
}

function load(draft: Draft, profiles: Profiles) {
  return loadConfig(yamlOf(draft, []), { file: 'plumbline.yaml', env: {}, profiles: async () => profiles });
}

/** Why a cluster cannot be written; undefined where it can. */
async function trouble(cluster: DraftCluster, profiles: Profiles): Promise<string | undefined> {
  if (cluster.profile === undefined && cluster.signals.length === 0) return 'nothing of it can be watched';
  const draft = { clusters: [cluster], left: [] };
  const document = documentOf(draft);
  const text = JSON.stringify(document);
  if (text.includes('${')) return 'a name holds ${, which the configuration would read as a reference';
  if (!text.isWellFormed() || /\\ud[89a-f]/i.test(text)) return 'a name holds half a character';
  const { value } = await readYaml(yamlOf(draft, []));
  if (!isDeepStrictEqual(structuredClone(value), structuredClone(document)))
    return 'a name holds characters that YAML would not keep';
  const loaded = await load(draft, profiles);
  return 'config' in loaded ? undefined : loaded.problems[0]?.message;
}
