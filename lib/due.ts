import type { Config } from './config/schema.ts';
import type { Scheduled } from './dispatch/due.ts';
import { TICK_MS } from './dispatch/slots.ts';
import type { VerifyRequest } from './events.ts';
import { plan, type PlannedCluster } from './plan.ts';

interface Whole {
  readonly planned: ReturnType<typeof plan>;
  readonly byName: ReadonlyMap<string, PlannedCluster>;
}

/** A container plans its configuration once: it is asked for with every message. */
const wholes = new WeakMap<Config, Whole>();

function wholeOf(config: Config): Whole {
  const known = wholes.get(config);
  if (known) return known;
  const planned = plan(config, {});
  const clusters = 'clusters' in planned ? planned.clusters : [];
  const whole = { planned, byName: new Map(clusters.map((cluster) => [cluster.name, cluster])) };
  wholes.set(config, whole);
  return whole;
}

/** The clusters to verify, all of them where none is named; a name that is wrong is a problem and stops no other. */
export function dueClusters(
  config: Config,
  names: readonly string[],
): { readonly clusters: readonly PlannedCluster[]; readonly problems: readonly string[] } {
  const { planned: all, byName } = wholeOf(config);
  const plans =
    names.length === 0
      ? [all]
      : names.map((name) => {
          const cluster = byName.get(name);
          return cluster ? { clusters: [cluster] } : plan(config, { clusters: [name] });
        });
  return {
    clusters: plans.flatMap((planned) => ('clusters' in planned ? planned.clusters : [])),
    problems: plans.flatMap((planned) => ('problems' in planned ? planned.problems : [])),
  };
}

/** A configuration that changed is known to every function well within this. */
const KNOWN_MS = 5 * TICK_MS;

/**
 * Whether a run that `dispatch` sent, of a cluster that the configuration does not have, is nobody's any more: the cluster
 * left meanwhile. Sooner it may be new, and tried again it is known.
 */
export function hasLeft(
  { isDispatched, scheduledAt }: Pick<VerifyRequest, 'isDispatched' | 'scheduledAt'>,
  now: number,
): boolean {
  return isDispatched && scheduledAt !== undefined && now - scheduledAt >= KNOWN_MS;
}

/** Every cluster of the configuration that has a signal to judge, with how often it is verified. */
export function scheduled(config: Config): readonly Scheduled[] {
  const { planned } = wholeOf(config);
  if ('problems' in planned) return [];
  const everyMs = new Map(config.clusters.map(({ name, every }) => [name, every]));
  return planned.clusters.map((cluster) => ({ cluster, everyMs: everyMs.get(cluster.name) ?? TICK_MS }));
}
