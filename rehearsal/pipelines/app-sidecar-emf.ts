import { addStreams, type Estate, type EstateOptions, seen, silence, turnStreams } from '../estate.ts';
import { PROMETHEUS_RECEIVER_SCOPE } from '../emf.ts';
import { steadyMetrics } from '../metric-store.ts';
import { byDefault, type PublishedTarget, startPublisher } from '../publisher.ts';
import type { World } from '../world.ts';

/** Three replicas of an application, each with a collector beside it: all send the same labels. */
export function startAppSidecar(
  world: World,
  { since, cluster = 'prod-eu', application = 'prod/task-service' }: EstateOptions,
): Estate {
  const group = `/metrics/${application}`;
  const settings = byDefault(application, PROMETHEUS_RECEIVER_SCOPE);
  const publisher = startPublisher({ settings, targets: [] }, since);
  let born = 0;
  let replicas: readonly string[] = [];
  const streamOf = (name: string): string => `otel-stream-${name}`;
  const start = (count: number, at: number): readonly string[] => {
    const targets = Array.from({ length: count }, () => replica(application, (born += 1)));
    for (const one of targets) publisher.addTarget(one, at);
    return targets.map(({ name }) => name);
  };
  const stop = (names: readonly string[], at: number): void => {
    for (const name of names) publisher.stopTarget(name, at);
  };
  const replace = (at: number, gapMs: number): void => {
    stop(replicas, at);
    replicas = start(replicas.length, at + gapMs);
    turnStreams(world, group, replicas.map(streamOf), at, gapMs);
  };
  replicas = start(3, since);
  world.metrics.push(publisher);
  addStreams(world, group, replicas.map(streamOf), since);
  const refuse = (at: number): void => {
    publisher.denyPutLogEvents(at);
    silence(world, group, at);
  };
  return {
    rollOut: replace,
    restart: replace,
    scale: (count, at) => {
      stop(replicas.slice(count), at);
      const more = start(count - replicas.length, at);
      replicas = [...replicas.slice(0, count), ...more];
      addStreams(world, group, more.map(streamOf), at);
    },
    delay: (...when) => publisher.delayDelivery(...when),
    outage: {
      begin: refuse,
      end: (at) => {
        publisher.allowPutLogEvents(at);
        replace(at, 1000);
      },
    },
    breaks: {
      'log events refused': refuse,
      'log events without metrics': (at) => publisher.denyPutLogEvents(at),
      'the class of which no metrics are made': (at) => {
        publisher.denyPutLogEvents(at);
        const known = world.groups.get(group);
        if (known) world.groups.set(group, { ...known, logGroupClass: 'INFREQUENT_ACCESS' });
      },
      'the job was renamed': (at) => {
        publisher.reconfigure(at, { namespace: `${application}-2` });
        silence(world, group, at);
        addStreams(world, `${group}-2`, ['otel-stream-9'], at);
      },
      'dead beside a cluster with the same job': (at) => {
        publisher.stop(at);
        world.metrics.push(startPublisher({ settings, targets: [replica(application, 1)] }, since));
      },
      'dead beside the agents of AWS': (at) => {
        publisher.stop(at);
        silence(world, group, at);
        const ofAgent = (namespace: string) =>
          seen(since, namespace, 'process_cpu_seconds_total', { ClusterName: cluster });
        world.metrics.push(steadyMetrics(['ECS/ContainerInsights', 'CWAgent'].map(ofAgent)));
      },
    },
  };
}

function replica(job: string, number: number): PublishedTarget {
  return {
    name: `replica-${number}`,
    interval: 30,
    labels: {},
    resource: { 'service.name': job, 'service.instance.id': 'localhost:3000' },
    metrics: [
      { name: 'process_cpu_seconds_total', value: (at) => at / 1e6, cumulative: true },
      { name: 'http_requests_total', labels: { code: '200' }, value: (at) => at / 1e4, cumulative: true },
    ],
  };
}
