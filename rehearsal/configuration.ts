import { readFile } from 'node:fs/promises';
import type { Env } from '../lib/config/env.ts';
import { loadConfig } from '../lib/config/load.ts';
import { type PlannedCluster, plan } from '../lib/plan.ts';
import { readProfiles } from '../lib/profiles/read.ts';

/** The clusters of a configuration of the rehearsal, by the loader that users have. Throws where something is wrong with it. */
export async function plannedIn(file: string, env: Env): Promise<readonly PlannedCluster[]> {
  const loaded = await loadConfig(await readFile(new URL(file, import.meta.url), 'utf8'), {
    file: `rehearsal/${file}`,
    env,
    profiles: () => readProfiles(new URL('../profiles/', import.meta.url)),
  });
  if (!('config' in loaded)) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  const planned = plan(loaded.config, {});
  if (!('clusters' in planned)) throw new Error(planned.problems.join('\n'));
  return planned.clusters;
}
