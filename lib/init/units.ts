import { parseDuration } from '../config/values.ts';
import type { Plane } from '../signal.ts';
import { boundFor } from './arrivals.ts';
import { TRACES_FRESH } from './recognise/traces.ts';
import { isAlive, type Seen, type SeenNamespace, type SeenStream, type SeenWorkspace } from './seen.ts';

/** One thing that sends telemetry, or is there to pass it on: what a signal may watch. */
export interface Unit {
  readonly region: string;
  readonly role: string | undefined;
  readonly externalId: string | undefined;
  readonly plane: Plane;
  /** As a signal of the plane has it: a workspace, a namespace, a log group, `CLUSTER/ADD-ON`. */
  readonly place: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly metric: string | undefined;
  /** How old its newest arrival may be; undefined for what does not arrive, such as an add-on, or arrives too seldom. */
  readonly fresh: string | undefined;
  /** Alive; silent by now; or alive, and too seldom or irregularly for any bound. */
  readonly is: 'alive' | 'silent' | 'seldom';
  /** The newest arrival that is known. Milliseconds since the epoch. */
  readonly newestAt: number | undefined;
}

/** What names a collector among the add-ons of EKS and the services of ECS. */
const ADDONS = /^(?:adot|amazon-cloudwatch-observability)$/;
export const COLLECTOR = /adot|otel|collector|cloudwatch-agent/i;

type Told = Pick<Unit, 'plane' | 'place' | 'labels' | 'metric'>;

/** Everything in what was seen that a signal may watch. */
export function unitsOf(seen: Seen): readonly Unit[] {
  return [...arrivingIn(seen), ...standingIn(seen)];
}

/** What arrives: in workspaces, namespaces and log groups. */
function arrivingIn({ workspaces, namespaces, logGroups, at, ...identity }: Seen): readonly Unit[] {
  const unit = (told: Told, how: Pick<SeenStream, 'newestAt' | 'gapMs'>): Unit => {
    const fresh = told.plane === 'amp' ? sampleBound(how.gapMs) : boundFor(how.gapMs);
    const is = isAlive(how, at) ? (fresh === undefined ? 'seldom' : 'alive') : 'silent';
    return { ...whose(identity), ...told, fresh, is, newestAt: how.newestAt };
  };
  return [
    ...workspaces.flatMap((one) =>
      inWorkspace(one).map((stream) => {
        const { labels, metric } = stream;
        return unit({ plane: 'amp', place: one.id, labels, metric }, stream);
      }),
    ),
    ...namespaces.map((one) => {
      const best = steadiest(one, at);
      const { namespace: place, labels } = one;
      return unit({ plane: 'cloudwatch', place, labels, metric: best?.metric }, best ?? NEVER);
    }),
    ...logGroups.map((one) => unit({ plane: 'logs', place: one.name, labels: {}, metric: undefined }, one)),
  ];
}

/** What sends or passes on, without an arrival that was read: services in X-Ray, add-ons, collectors. */
function standingIn({ traces, eks, ecs, ...identity }: Seen): readonly Unit[] {
  const unit = (plane: Plane, place: string): Unit => ({
    ...whose(identity),
    plane,
    place,
    labels: {},
    metric: undefined,
    fresh: undefined,
    is: 'alive',
    newestAt: undefined,
  });
  return [
    ...traces.map(({ service, isSteady }): Unit => ({
      ...unit('xray', service),
      fresh: TRACES_FRESH,
      is: isSteady ? 'alive' : 'seldom',
    })),
    ...eks.flatMap(({ cluster, addons }) =>
      addons.filter((one) => ADDONS.test(one)).map((one) => unit('eksAddon', `${cluster}/${one}`)),
    ),
    ...ecs
      .filter(({ service }) => COLLECTOR.test(service))
      .map(({ cluster, service }) => unit('ecsService', `${cluster}/${service}`)),
  ];
}

function whose({ region, role, externalId }: Pick<Seen, 'region' | 'role' | 'externalId'>) {
  return { region, role, externalId };
}

const NEVER = { newestAt: undefined, gapMs: undefined };

/** What is scraped and what sends by itself; an application that does both is told once. */
function inWorkspace({ scrapes, cloudMap, tasks, pushed, applications }: SeenWorkspace): SeenStream[] {
  const known = new Set([...scrapes, ...cloudMap, ...applications].map(({ labels }) => labels['job']));
  return [...scrapes, ...cloudMap, ...tasks, ...pushed.filter(({ labels }) => !known.has(labels['job']))];
}

/** Of a namespace what is alive and arrives all the time, else what is; undefined where nothing was read of it. */
export function steadiest({ streams }: Pick<SeenNamespace, 'streams'>, at: number): SeenStream | undefined {
  const alive = streams.filter((one) => isAlive(one, at));
  return (
    alive.find(({ gapMs }) => boundFor(gapMs) === '15m') ??
    alive.find(({ gapMs }) => boundFor(gapMs) !== undefined) ??
    alive[0] ??
    streams.toSorted((a, b) => (b.newestAt ?? 0) - (a.newestAt ?? 0))[0]
  );
}

const MINUTE_MS = 60_000;

/** How old the newest sample may be at an interval: Prometheus is told of samples within seconds, batches last a minute. */
export function sampleBound(intervalMs: number | undefined): string | undefined {
  if (intervalMs === undefined) return undefined;
  if (intervalMs <= 1.1 * MINUTE_MS) return '4m';
  if (intervalMs <= 2.6 * MINUTE_MS) return '8m';
  return intervalMs <= 5.5 * MINUTE_MS ? '12m' : boundFor(intervalMs);
}

/**
 * Whether samples are alive by the bound that they would get. Beside others under one signal, what is older would be found
 * failing, and take all of them with it.
 */
export function isFresh(stream: Pick<SeenStream, 'newestAt' | 'gapMs'>, now: number): boolean {
  const boundMs = parseDuration(sampleBound(stream.gapMs) ?? '') ?? Infinity;
  return isAlive(stream, now) && now - (stream.newestAt ?? 0) <= boundMs;
}

/** What a unit is called for people: `ws-1234, job=node`. */
export function toldUnit({ place, labels }: Pick<Unit, 'place' | 'labels'>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
  return [place, ...pairs].join(', ');
}
