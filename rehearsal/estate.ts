import type { SimulatedLogStream } from './log-groups.ts';
import type { SteadyMetric } from './metric-store.ts';
import type { World } from './world.ts';

/** Where a pipeline of the simulated account runs, and since when: milliseconds since the epoch. */
export interface EstateOptions {
  readonly since: number;
  /** The EKS, ECS or Kyma cluster; by default `prod-eu`. */
  readonly cluster?: string;
  /** Where it writes to Amazon Managed Prometheus; by default `ws-1234`. */
  readonly workspace?: string;
  /** How its application is called, where that names what the account has of it. */
  readonly application?: string;
}

/**
 * A pipeline in a simulated account, well until something is done to it. Times are milliseconds since the epoch, each
 * later than those told before.
 */
export interface Estate {
  /** Everything is replaced: what is new begins so long after the old has ended, or before where it is negative. */
  readonly rollOut: (at: number, gapMs: number) => void;
  /** Its collectors are gone for so long. */
  readonly restart: (at: number, gapMs: number) => void;
  /** So many replicas of what it observes from then on; at first there are two, of sidecars three. */
  readonly scale?: (replicas: number, at: number) => void;
  /** A node is taken away, and another one takes its place. */
  readonly rotateNode?: (at: number) => void;
  /** What CloudWatch receives in that time can be read so many minutes later: ten at most. */
  readonly delay?: (from: number, to: number, minutes: number) => void;
  /** Nobody uses the application in that time. */
  readonly quiet?: (from: number, to: number) => void;
  /** Nothing arrives any more, while its collectors are green; and it is mended. */
  readonly outage: { readonly begin: (at: number) => void; readonly end: (at: number) => void };
  /** What else can go wrong, before the account is opened. */
  readonly breaks: Readonly<Record<string, (at: number) => void>>;
}

/** How what is removed ends, and what crashes. */
export const GONE = { staleMarkers: true };
export const CRASHED = { staleMarkers: false };

/** How long what has ended is kept: further back no question looks. */
export const KEPT_MS = 8 * 3_600_000;

/** What a workspace says of itself: half of what is sent is discarded. */
export function discards({ vended }: World, workspace: string, at: number): void {
  vended.set(workspace, {
    ...vended.get(workspace),
    discarded: { rate_limited: { since: at, value: 60_000 } },
  });
}

/** No trace of a service begins any more. */
export function endTraces({ traces }: World, service: string, at: number): void {
  traces.services = traces.services.map((one) =>
    one.name === service && one.until === undefined ? { ...one, until: at } : one,
  );
}

/** Traces of a service begin again. */
export function resumeTraces({ traces }: World, service: string, at: number): void {
  const known = traces.services.find(({ name }) => name === service);
  if (!known) throw new RangeError(`there is no service ${service}`);
  const { until: _, ...lasting } = known;
  traces.services = [...traces.services, { ...lasting, from: at }];
}

/** No event arrives in a log group any more. */
export function silence(world: World, group: string, at: number): void {
  const streams = world.groups.get(group)?.streams ?? [];
  endStreams(
    world,
    group,
    streams.map(({ name }) => name),
    at,
  );
}

/** No event arrives in these streams of a log group any more. */
export function endStreams({ groups }: World, group: string, names: readonly string[], at: number): void {
  const known = groups.get(group);
  if (!known) return;
  const streams = known.streams.map((one): SimulatedLogStream =>
    names.includes(one.name) ? { ...one, until: Math.min(at, one.until ?? Infinity) } : one,
  );
  groups.set(group, { ...known, streams });
}

/** The streams of a group end, and others begin. */
export function turnStreams(
  world: World,
  group: string,
  names: readonly string[],
  at: number,
  gapMs: number,
): void {
  silence(world, group, at);
  addStreams(world, group, names, at + gapMs);
}

/** More streams of a log group begin. */
export function addStreams({ groups }: World, group: string, names: readonly string[], at: number): void {
  const known = groups.get(group);
  const streams = names.map((name) => ({ name, since: at }));
  groups.set(group, { ...known, streams: [...(known?.streams ?? []), ...streams] });
}

/** Events arrive again in streams of a log group that were silent. */
export function resumeStreams(world: World, group: string, names: readonly string[], at: number): void {
  const known = world.groups.get(group);
  if (!known) return;
  const ofName = (name: string) => known.streams.find((one) => one.name === name);
  const others = known.streams.filter(({ name }) => !names.includes(name));
  const resumed = names.map((name) => ({ name, since: at, createdAt: ofName(name)?.since ?? at }));
  world.groups.set(group, { ...known, streams: [...others, ...resumed] });
}

/** A metric that another publisher has been sending since then (ms). */
export const seen = (
  since: number,
  namespace: string,
  name: string,
  dimensions: Record<string, string>,
): SteadyMetric => ({ since, namespace, name, dimensions });
