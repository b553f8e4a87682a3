import {
  addStreams,
  endTraces,
  type Estate,
  type EstateOptions,
  resumeStreams,
  resumeTraces,
  seen,
  silence,
  turnStreams,
} from '../estate.ts';
import { PROMETHEUS_RECEIVER_SCOPE } from '../emf.ts';
import { steadyMetrics } from '../metric-store.ts';
import { byDefault, type PublishedMetric, type Publisher, startPublisher } from '../publisher.ts';
import type { World } from '../world.ts';

const RUNTIME_SCOPE = 'io.opentelemetry.runtime';
const OWN_NAMESPACE = 'otel-collector';
const FALLBACK = '/logs/kyma-cluster';

/** Kyma as its older instructions have it: a gateway hands over to a collector of two replicas, which scrape themselves. */
export function startKyma(world: World, options: EstateOptions): Estate {
  const { since, cluster = 'prod-eu', application = 'checkout' } = options;
  const group = `/logs/${cluster}`;
  const pods = podsOf(application, since);
  const collectors = membersOf(startPublisher(collectorSettings(), since), 'collector', OWN_METRICS);
  collectors.replace(2, since, 0);
  const streams = (): readonly string[] => pods.names().map((name) => `shop.${name}.app`);
  world.metrics.push(pods.publisher, collectors.publisher);
  addStreams(world, group, streams(), since);
  world.groups.set(group, { ...world.groups.get(group), streams: logged(world, group), retentionInDays: 7 });
  traced(world, application);
  const both = [pods.publisher, collectors.publisher];
  const loseKeys = (at: number): void => {
    for (const one of both) one.denyPutLogEvents(at);
    silence(world, group, at);
    endTraces(world, application, at);
  };
  return {
    rollOut: (at, gapMs) => {
      pods.replace(pods.names().length, at, gapMs);
      collectors.replace(2, at, gapMs);
      turnStreams(world, group, streams(), at, gapMs);
    },
    restart: (at, gapMs) => collectors.replace(2, at, gapMs),
    scale: (replicas, at) => {
      addStreams(
        world,
        group,
        pods.scale(replicas, at).map((name) => `shop.${name}.app`),
        at,
      );
    },
    delay: (from, to, minutes) => both.forEach((one) => one.delayDelivery(from, to, minutes)),
    quiet: quiet(world, application, pods),
    outage: {
      begin: loseKeys,
      end: (at) => {
        for (const one of both) one.allowPutLogEvents(at);
        resumeStreams(world, group, streams(), at);
        resumeTraces(world, application, at);
      },
    },
    breaks: {
      'keys of the user gone': loseKeys,
      'applications refused, the collector well': (at) => refuse(world, application, pods, at),
      'log events refused': (at) => both.forEach((one) => one.denyPutLogEvents(at)),
      'collector not scraped': (at) => collectors.publisher.stop(at),
      'no traces': (at) => endTraces(world, application, at),
      'logs stopped': (at) => silence(world, group, at),
      'logs fall back': (at) => {
        silence(world, group, at);
        addStreams(world, FALLBACK, ['shop.x.app'], at);
      },
      'logs kept for ever': () => void world.groups.set(group, { streams: logged(world, group) }),
      'dead beside a cluster with the same application': (at) => {
        for (const one of both) one.stop(at);
        silence(world, group, at);
        const ofPods = seen(since, application, 'process.cpu.time', { 'process.cpu.state': 'user' });
        const version = { service_version: 'v0.49.0' };
        const ofCollector = seen(since, OWN_NAMESPACE, 'otelcol_process_uptime', version);
        world.metrics.push(steadyMetrics([ofPods, ofCollector]));
      },
    },
  };
}

/** As Kyma's newer instructions have it: no scrapes, one stream of logs, traces where Transaction Search keeps them. */
export function startKymaOtlp(world: World, { since, application = 'checkout' }: EstateOptions): Estate {
  const group = '/logs/kyma';
  const pods = podsOf(application, since);
  world.metrics.push(pods.publisher);
  addStreams(world, group, ['default'], since);
  world.traces.destination = 'CloudWatchLogs';
  traced(world, application);
  const loseKeys = (at: number): void => {
    refuse(world, application, pods, at);
    silence(world, group, at);
  };
  const replace: Estate['rollOut'] = (at, gapMs) => pods.replace(pods.names().length, at, gapMs);
  return {
    rollOut: replace,
    restart: replace,
    scale: (replicas, at) => void pods.scale(replicas, at),
    delay: (...when) => pods.publisher.delayDelivery(...when),
    quiet: quiet(world, application, pods),
    outage: {
      begin: loseKeys,
      end: (at) => {
        pods.publisher.start(at);
        resumeStreams(world, group, ['default'], at);
        resumeTraces(world, application, at);
      },
    },
    breaks: {
      'keys gone': loseKeys,
      'applications refused': (at) => refuse(world, application, pods, at),
      'logs stopped': (at) => silence(world, group, at),
      'log group gone': () => void world.groups.delete(group),
      'no traces': (at) => endTraces(world, application, at),
    },
  };
}

const OWN_METRICS: readonly PublishedMetric[] = [
  {
    name: 'otelcol_process_uptime',
    labels: { service_version: 'v0.49.0' },
    value: (at) => at / 1e6,
    cumulative: true,
  },
];

function collectorSettings() {
  return { settings: byDefault(OWN_NAMESPACE, PROMETHEUS_RECEIVER_SCOPE), targets: [] };
}

type Members = ReturnType<typeof membersOf>;

/** Replicas that send the same metrics and labels. */
function membersOf(publisher: Publisher, called: string, metrics: readonly PublishedMetric[]) {
  let born = 0;
  let names: readonly string[] = [];
  const start = (count: number, at: number): readonly string[] =>
    Array.from({ length: Math.max(0, count) }, () => {
      const name = `${called}-${(born += 1)}`;
      publisher.addTarget({ name, interval: 60, labels: {}, resource: {}, metrics }, at);
      return name;
    });
  const stop = (some: readonly string[], at: number): void => {
    for (const name of some) publisher.stopTarget(name, at);
  };
  return {
    publisher,
    names: () => names,
    replace: (count: number, at: number, gapMs: number): void => {
      stop(names, at);
      names = start(count, at + gapMs);
    },
    /** The names of those that are new. */
    scale: (count: number, at: number): readonly string[] => {
      stop(names.slice(count), at);
      const more = start(count - names.length, at);
      names = [...names.slice(0, count), ...more];
      return more;
    },
  };
}

/** The pods of the application: what they serve is counted in the namespace that is called like it. */
function podsOf(application: string, since: number): Members & { readonly nights: [number, number][] } {
  const settings = byDefault(application, RUNTIME_SCOPE);
  const nights: [number, number][] = [];
  const served = (at: number): number =>
    nights.reduce((sum, [from, to]) => sum - Math.max(0, Math.min(at, to) - from), at) / 1000;
  const metrics: readonly PublishedMetric[] = [
    {
      name: 'process.cpu.time',
      labels: { 'process.cpu.state': 'user' },
      value: (at) => at / 1e6,
      cumulative: true,
    },
    { name: 'http.server.requests', value: served, cumulative: true },
  ];
  const pods = membersOf(startPublisher({ settings, targets: [] }, since), `${application}-7d9f`, metrics);
  pods.replace(2, since, 0);
  return { ...pods, nights };
}

function quiet(world: World, application: string, { nights }: { readonly nights: [number, number][] }) {
  return (from: number, to: number): void => {
    nights.push([from, to]);
    endTraces(world, application, from);
    resumeTraces(world, application, to);
  };
}

function refuse(world: World, application: string, { publisher }: Members, at: number): void {
  publisher.stop(at);
  endTraces(world, application, at);
}

function traced({ traces }: World, name: string): void {
  traces.services = [...traces.services, { name, everyMs: 20_000 }];
}

function logged({ groups }: World, group: string) {
  return groups.get(group)?.streams ?? [];
}
