import { addStreams, type Estate, type EstateOptions, seen, silence, turnStreams } from '../estate.ts';
import { PROMETHEUS_RECEIVER_SCOPE } from '../emf.ts';
import { steadyMetrics } from '../metric-store.ts';
import { byDefault, type PublishedTarget, startPublisher } from '../publisher.ts';
import { replicasOf } from '../replicas.ts';
import type { World } from '../world.ts';

/** Three replicas of an application, each with a collector beside it: all send the same labels. */
export function startAppSidecar(
  world: World,
  { since, cluster = 'prod-eu', application = 'prod/task-service' }: EstateOptions,
): Estate {
  const group = `/metrics/${application}`;
  const settings = byDefault(application, PROMETHEUS_RECEIVER_SCOPE);
  const publisher = startPublisher({ settings, targets: [] }, since);
  const replicas = replicasOf(publisher, (number) => replica(application, number));
  const streams = (names: readonly string[]): readonly string[] => names.map((name) => `otel-stream-${name}`);
  const replace = (at: number, gapMs: number): void => {
    replicas.replace(at, gapMs);
    turnStreams(world, group, streams(replicas.names()), at, gapMs);
  };
  world.metrics.push(publisher);
  addStreams(world, group, streams(replicas.start(3, since)), since);
  const refuse = (at: number): void => {
    publisher.denyPutLogEvents(at);
    silence(world, group, at);
  };
  return {
    rollOut: replace,
    restart: replace,
    scale: (count, at) => addStreams(world, group, streams(replicas.scale(count, at)), at),
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
