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
import {
  byDefault,
  type ExporterSettings,
  type PublishedMetric,
  type Publisher,
  startPublisher,
} from '../publisher.ts';
import { type Replicas, replicasOf } from '../replicas.ts';
import type { World } from '../world.ts';

const RUNTIME_SCOPE = 'io.opentelemetry.runtime';
const OWN_NAMESPACE = 'otel-collector';
const OWN_SETTINGS = byDefault(OWN_NAMESPACE, PROMETHEUS_RECEIVER_SCOPE);
const OWN_METRIC = { name: 'otelcol_process_uptime', labels: { service_version: 'v0.49.0' } };
const FALLBACK = '/logs/kyma-cluster';

/** Kyma as its older instructions have it: a gateway hands over to a collector of two replicas, which scrape themselves. */
export function startKyma(world: World, options: EstateOptions): Estate {
  const { since, cluster = 'prod-eu', application = 'checkout' } = options;
  const group = `/logs/${cluster}`;
  const pods = startPods(application, since);
  const collectors = startMembers(OWN_SETTINGS, 'collector', OWN_METRIC, since);
  const streams = (names = pods.names()): readonly string[] => names.map((name) => `shop.${name}.app`);
  world.metrics.push(pods.publisher, collectors.publisher);
  addStreams(world, group, streams(), since);
  world.groups.set(group, { ...world.groups.get(group), streams: logged(world, group), retentionInDays: 7 });
  const quiet = visited(world, application, since);
  const both = [pods.publisher, collectors.publisher];
  const loseKeys = (at: number): void => {
    for (const one of both) one.denyPutLogEvents(at);
    silence(world, group, at);
    endTraces(world, application, at);
  };
  return {
    rollOut: (at, gapMs) => {
      pods.replace(at, gapMs);
      collectors.replace(at, gapMs);
      turnStreams(world, group, streams(), at, gapMs);
    },
    restart: (at, gapMs) => collectors.replace(at, gapMs),
    scale: (count, at) => addStreams(world, group, streams(pods.scale(count, at)), at),
    delay: (from, to, minutes) => both.forEach((one) => one.delayDelivery(from, to, minutes)),
    quiet,
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
        const ofCollector = seen(since, OWN_NAMESPACE, OWN_METRIC.name, OWN_METRIC.labels);
        world.metrics.push(steadyMetrics([ofPods, ofCollector]));
      },
    },
  };
}

/** As Kyma's newer instructions have it: no scrapes, one stream of logs, traces where Transaction Search keeps them. */
export function startKymaOtlp(world: World, { since, application = 'checkout' }: EstateOptions): Estate {
  const group = '/logs/kyma';
  const pods = startPods(application, since);
  world.metrics.push(pods.publisher);
  addStreams(world, group, ['default'], since);
  world.traces.destination = 'CloudWatchLogs';
  const quiet = visited(world, application, since);
  const loseKeys = (at: number): void => {
    refuse(world, application, pods, at);
    silence(world, group, at);
  };
  const replace: Estate['rollOut'] = (at, gapMs) => pods.replace(at, gapMs);
  return {
    rollOut: replace,
    restart: replace,
    scale: (replicas, at) => void pods.scale(replicas, at),
    delay: (...when) => pods.publisher.delayDelivery(...when),
    quiet,
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

interface Members extends Replicas {
  readonly publisher: Publisher;
}

/** Two replicas that send the same metric in a namespace, with the same labels. */
function startMembers(
  settings: ExporterSettings,
  called: string,
  metric: Omit<PublishedMetric, 'value'>,
  since: number,
): Members {
  const publisher = startPublisher({ settings, targets: [] }, since);
  const metrics = [{ ...metric, value: (at: number) => at / 1e6, cumulative: true }];
  const replicas = replicasOf(publisher, (number) => ({
    name: `${called}-${number}`,
    interval: 60,
    labels: {},
    resource: {},
    metrics,
  }));
  replicas.start(2, since);
  return { ...replicas, publisher };
}

/** The pods of the application, whose metrics are in the namespace that is called like it. */
function startPods(application: string, since: number): Members {
  const metric = { name: 'process.cpu.time', labels: { 'process.cpu.state': 'user' } };
  return startMembers(byDefault(application, RUNTIME_SCOPE), `${application}-7d9f`, metric, since);
}

/** Who uses the application: its traces, and what the load balancer before it counts, which is nothing at night. */
function visited(world: World, application: string, since: number): NonNullable<Estate['quiet']> {
  const nights: (readonly [from: number, to: number])[] = [];
  const isNight = (at: number): boolean => nights.some(([from, to]) => from <= at && at < to);
  const dimensions = { LoadBalancer: `app/${application}/50dc6c495c0c9188` };
  const counted = seen(since, 'AWS/ApplicationELB', 'RequestCount', dimensions);
  world.metrics.push(steadyMetrics([{ ...counted, value: (at) => (isNight(at) ? Number.NaN : 40) }]));
  world.traces.services = [...world.traces.services, { name: application, everyMs: 20_000 }];
  return (from, to) => {
    nights.push([from, to]);
    endTraces(world, application, from);
    resumeTraces(world, application, to);
  };
}

function refuse(world: World, application: string, { publisher }: Members, at: number): void {
  publisher.stop(at);
  endTraces(world, application, at);
}

function logged({ groups }: World, group: string) {
  return groups.get(group)?.streams ?? [];
}
