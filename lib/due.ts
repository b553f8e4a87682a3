import type { Config } from './config/schema.ts';
import type { Scheduled } from './dispatch/dispatch.ts';
import { TICK_MS } from './dispatch/slots.ts';
import { plan, type PlannedCluster } from './plan.ts';

/** A container plans its configuration once: it is asked for with every message. */
const whole = new WeakMap<Config, ReturnType<typeof plan>>();

function planWhole(config: Config): ReturnType<typeof plan> {
  const planned = whole.get(config) ?? plan(config, {});
  whole.set(config, planned);
  return planned;
}

/** The clusters to verify, all of them where none is named; a name that is wrong is a problem and stops no other. */
export function dueClusters(
  config: Config,
  names: readonly string[],
): { readonly clusters: readonly PlannedCluster[]; readonly problems: readonly string[] } {
  const plans =
    names.length === 0 ? [planWhole(config)] : names.map((name) => plan(config, { clusters: [name] }));
  return {
    clusters: plans.flatMap((planned) => ('clusters' in planned ? planned.clusters : [])),
    problems: plans.flatMap((planned) => ('problems' in planned ? planned.problems : [])),
  };
}

/** Every cluster of the configuration that has a signal to judge, with how often it is verified. */
export function scheduled(config: Config): readonly Scheduled[] {
  const planned = plan(config, {});
  if ('problems' in planned) return [];
  const everyMs = new Map(config.clusters.map(({ name, every }) => [name, every]));
  return planned.clusters.map((cluster) => ({ cluster, everyMs: everyMs.get(cluster.name) ?? TICK_MS }));
}
