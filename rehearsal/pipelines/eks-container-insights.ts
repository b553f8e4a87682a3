import {
  addStreams,
  endStreams,
  type Estate,
  type EstateOptions,
  resumeStreams,
  silence,
  turnStreams,
} from '../estate.ts';
import { type ExporterSettings, type PublishedTarget, startPublisher } from '../publisher.ts';
import { replicasOf } from '../replicas.ts';
import type { World } from '../world.ts';

const MINUTE_MS = 60_000;
const PER_NODE = ['ClusterName', 'InstanceId', 'NodeName'];
const PER_POD = ['ClusterName', 'Namespace', 'PodName'];
const SETTINGS: ExporterSettings = {
  namespace: 'ContainerInsights',
  resourceToTelemetry: true,
  scopeName: '',
  process: (point) => point,
  emf: {
    dimensionRollupOption: 'NoDimensionRollup',
    metricDeclarations: [
      { dimensions: [PER_NODE, ['ClusterName']], metricNameSelectors: ['node_cpu_utilization'] },
      {
        dimensions: [PER_POD, [...PER_POD.slice(0, 2), 'Service'], PER_POD.slice(0, 2), ['ClusterName']],
        metricNameSelectors: ['pod_cpu_utilization'],
      },
      { dimensions: [['ClusterName']], metricNameSelectors: ['cluster_node_count'] },
    ],
  },
};
const PODS_PER_NODE = 2;

type Measured = Pick<PublishedTarget, 'name' | 'resource'> & { readonly metric: string };

const target = ({ name, resource, metric }: Measured, cluster: string): PublishedTarget => ({
  name,
  interval: 60,
  labels: {},
  resource: { ClusterName: cluster, ...resource },
  metrics: [{ name: metric, value: 1 }],
});
const nodeName = (number: number): string => `ip-10-0-${number}-17.eu-west-1.compute.internal`;
const node = (number: number): Measured => ({
  name: nodeName(number),
  metric: 'node_cpu_utilization',
  resource: { NodeName: nodeName(number), InstanceId: `i-${number}` },
});
const pod = (name: string): Measured => ({
  name,
  metric: 'pod_cpu_utilization',
  resource: { Namespace: 'shop', PodName: name },
});
const LEADER: Measured = { name: 'leader', metric: 'cluster_node_count', resource: {} };

/** The ADOT DaemonSet for Container Insights: two nodes, two pods on each, and one leader. */
export function startContainerInsights(world: World, { since, cluster = 'prod-eu' }: EstateOptions): Estate {
  const group = `/aws/containerinsights/${cluster}/performance`;
  const publisher = startPublisher({ settings: SETTINGS, targets: [target(LEADER, cluster)] }, since);
  const nodes = replicasOf(publisher, (number) => target(node(number), cluster));
  const pods = replicasOf(publisher, (number) =>
    target(pod(`${number % 2 === 0 ? 'cart' : 'checkout'}-${number}`), cluster),
  );
  const join = (count: number, at: number): void => {
    addStreams(world, group, nodes.start(count, at), at);
    pods.start(count * PODS_PER_NODE, at);
  };
  const leave = (count: number, at: number): void => {
    const gone = nodes.names().slice(0, count);
    endStreams(world, group, gone, at);
    nodes.stop(gone, at);
    pods.stop(pods.names().slice(0, count * PODS_PER_NODE), at);
  };
  join(2, since);
  world.metrics.push(publisher);
  const refuse = (at: number): void => {
    publisher.denyPutLogEvents(at);
    silence(world, group, at);
  };
  return {
    rollOut: (at, gapMs) => {
      nodes.replace(at, gapMs);
      pods.replace(at, gapMs);
      turnStreams(world, group, nodes.names(), at, gapMs);
    },
    restart: (at, gapMs) => {
      publisher.stop(at);
      publisher.start(at + gapMs);
    },
    scale: (count, at) => {
      join(Math.max(0, count - nodes.names().length), at);
      leave(Math.max(0, nodes.names().length - count), at);
    },
    rotateNode: (at) => {
      join(1, at);
      leave(1, at + 2 * MINUTE_MS);
    },
    delay: (...when) => publisher.delayDelivery(...when),
    outage: {
      begin: refuse,
      end: (at) => {
        publisher.allowPutLogEvents(at);
        resumeStreams(world, group, nodes.names(), at);
      },
    },
    breaks: {
      'log events refused': refuse,
      'log events without metrics': (at) => publisher.denyPutLogEvents(at),
      'no leader is elected': (at) => publisher.stopTarget(LEADER.name, at),
      'the kubelet refuses': (at) => pods.stop(pods.names(), at),
      'one node of two without a collector': (at) => nodes.stop(nodes.names().slice(1), at),
      'a stream called undefined': (at) => addStreams(world, group, ['undefined'], at),
      'dead beside another cluster': (at) => {
        publisher.stop(at);
        silence(world, group, at);
        const others = [LEADER, node(1), node(2), pod('checkout-1'), pod('cart-1')];
        const targets = others.map((one) => target(one, 'stage'));
        world.metrics.push(startPublisher({ settings: SETTINGS, targets }, since));
      },
    },
  };
}
