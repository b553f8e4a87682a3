import { loadConfig } from '../../lib/config/load.ts';
import type { Config } from '../../lib/config/schema.ts';
import type { Draft } from '../../lib/init/draft.ts';
import { drafted } from '../../lib/init/init.ts';
import { look } from '../../lib/init/look.ts';
import type { InitPorts } from '../../lib/init/looking.ts';
import { lookAtPrometheus } from '../../lib/init/prometheus.ts';
import { headerOf } from '../../lib/init/telling.ts';
import { yamlOf } from '../../lib/init/write.ts';
import { plan } from '../../lib/plan.ts';
import { readProfiles } from '../../lib/profiles/read.ts';
import type { Report } from '../../lib/report/report.ts';
import { run, type RunPorts } from '../../lib/run.ts';
import { sourceMemory } from '../../lib/sources/source.ts';

export const REGION = 'eu-west-1';
export const IDENTITY = { region: REGION, role: undefined, externalId: undefined };
export const shipped = await readProfiles(new URL('../../profiles/', import.meta.url));

export const NOTHING: Draft = { clusters: [], left: [] };

type Ports = InitPorts & Pick<RunPorts, 'onDefect'>;

/** As `check` does, with nothing remembered. */
export function checked(config: Config, ports: Ports): Promise<Report> {
  const planned = plan(config, {});
  if (!('clusters' in planned)) throw new Error(planned.problems.join('; '));
  return run(planned.clusters, { ...ports, memory: sourceMemory(), toolVersion: '0' });
}

/** What `init` would write of an account, and of a Prometheus server where there is a URL; and the configuration that it is. */
export async function written(ports: Ports, url?: string) {
  const seen = await look(IDENTITY, ports);
  const more = url === undefined ? NOTHING : await lookAtPrometheus(url, IDENTITY, ports);
  const { draft } = await drafted([seen], more, shipped, (config) => checked(config, ports));
  const text = yamlOf(draft, headerOf([REGION], seen.gaps, ports.clock.now()));
  const loaded = await loadConfig(text, { file: 'plumbline.yaml', env: {}, profiles: async () => shipped });
  return { seen, draft, text, loaded };
}
