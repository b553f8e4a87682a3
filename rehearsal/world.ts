import type { SimulatedContainer, SimulatedService } from './ecs-state.ts';
import type { SimulatedAddon } from './eks.ts';
import type { SimulatedLogGroup } from './log-groups.ts';
import type { ContributionSource } from './metric-store.ts';
import type { Storage } from './storage.ts';
import type { TraceWorld } from './trace-world.ts';
import type { VendedMetrics } from './vended-metrics.ts';
import type { SimulatedWorkspace } from './workspace.ts';

/**
 * Everything that is in a simulated account: pipelines put in what they send and what runs them. What is in the maps may
 * be changed while servers show it; sources of metrics and series are added before.
 */
export interface World {
  /** What arrives in each workspace of AMP, by its id. */
  readonly workspaces: Map<string, Storage[]>;
  readonly states: Map<string, SimulatedWorkspace>;
  /** What AMP publishes about each workspace in CloudWatch. */
  readonly vended: Map<string, Omit<VendedMetrics, 'workspace'>>;
  /** What a Prometheus server outside of AWS has. */
  readonly scraped: Storage[];
  readonly metrics: ContributionSource[];
  readonly groups: Map<string, SimulatedLogGroup>;
  readonly traces: TraceWorld;
  /** By EKS cluster, then by add-on. */
  readonly addons: Map<string, Map<string, SimulatedAddon>>;
  /** By ECS cluster, then by service. */
  readonly services: Map<string, Map<string, SimulatedService>>;
  /** The containers of a task definition, by `family:revision`. */
  readonly revisions: Map<string, readonly SimulatedContainer[]>;
}

export function emptyWorld(): World {
  return {
    workspaces: new Map(),
    states: new Map(),
    vended: new Map(),
    scraped: [],
    metrics: [],
    groups: new Map(),
    traces: { destination: 'XRay', services: [] },
    addons: new Map(),
    services: new Map(),
    revisions: new Map(),
  };
}

/** What arrives in a workspace, which has been well since `since` (ms) where it is new. */
export function workspaceIn(world: World, id: string, since: number): Storage[] {
  const known = world.workspaces.get(id);
  if (known) return known;
  const created: Storage[] = [];
  const steady = (value: number) => ({ since, value });
  world.workspaces.set(id, created);
  world.states.set(id, { alertManager: {} });
  world.vended.set(id, { ingestionRate: steady(1000), activeSeries: steady(20_000) });
  return created;
}

/** The add-ons of an EKS cluster, by name. */
export function addonsIn(world: World, cluster: string): Map<string, SimulatedAddon> {
  return world.addons.get(cluster) ?? put(world.addons, cluster, new Map());
}

/** The services of an ECS cluster, by name. */
export function servicesIn(world: World, cluster: string): Map<string, SimulatedService> {
  return world.services.get(cluster) ?? put(world.services, cluster, new Map());
}

function put<T>(map: Map<string, T>, key: string, value: T): T {
  map.set(key, value);
  return value;
}
