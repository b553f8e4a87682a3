import {
  addStreams,
  type Estate,
  type EstateOptions,
  resumeStreams,
  silence,
  turnStreams,
} from '../estate.ts';
import { type ExporterSettings, type PublishedTarget, startPublisher } from '../publisher.ts';
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
const APPS = ['checkout', 'cart'];

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

/** The ADOT DaemonSet for Container Insights: two nodes, a pod of two applications on each, and one leader. */
export function startContainerInsights(world: World, { since, cluster = 'prod-eu' }: EstateOptions): Estate {
  const group = `/aws/containerinsights/${cluster}/performance`;
  const publisher = startPublisher({ settings: SETTINGS, targets: [target(LEADER, cluster)] }, since);
  let born = 0;
  let nodes: readonly string[] = [];
  let pods: readonly string[] = [];
  const add = (one: Measured, at: number): string => {
    publisher.addTarget(target(one, cluster), at);
    return one.name;
  };
  const newNode = (at: number): string => add(node((born += 1)), at);
  const newPods = (at: number): readonly string[] => APPS.map((app) => add(pod(`${app}-${(born += 1)}`), at));
  const stop = (names: readonly string[], at: number): void => {
    for (const name of names) publisher.stopTarget(name, at);
  };
  const endStream = (name: string, at: number): void => {
    const known = world.groups.get(group) ?? { streams: [] };
    const streams = known.streams.map((one) => (one.name === name ? { ...one, until: at } : one));
    world.groups.set(group, { ...known, streams });
  };
  const join = (at: number): void => {
    const name = newNode(at);
    nodes = [...nodes, name];
    pods = [...pods, ...newPods(at)];
    addStreams(world, group, [name], at);
  };
  const leave = (at: number): void => {
    const [oldest = ''] = nodes;
    stop([oldest, ...pods.slice(0, APPS.length)], at);
    nodes = nodes.slice(1);
    pods = pods.slice(APPS.length);
    endStream(oldest, at);
  };
  join(since);
  join(since);
  world.metrics.push(publisher);
  const refuse = (at: number): void => {
    publisher.denyPutLogEvents(at);
    silence(world, group, at);
  };
  return {
    rollOut: (at, gapMs) => {
      stop([...nodes, ...pods], at);
      nodes = nodes.map(() => newNode(at + gapMs));
      pods = nodes.flatMap(() => newPods(at + gapMs));
      turnStreams(world, group, nodes, at, gapMs);
    },
    restart: (at, gapMs) => {
      publisher.stop(at);
      publisher.start(at + gapMs);
    },
    scale: (replicas, at) => {
      while (nodes.length < replicas) join(at);
      while (nodes.length > replicas) leave(at);
    },
    rotateNode: (at) => {
      join(at);
      leave(at + 2 * MINUTE_MS);
    },
    delay: (...when) => publisher.delayDelivery(...when),
    outage: {
      begin: refuse,
      end: (at) => {
        publisher.allowPutLogEvents(at);
        resumeStreams(world, group, nodes, at);
      },
    },
    breaks: {
      'log events refused': refuse,
      'log events without metrics': (at) => publisher.denyPutLogEvents(at),
      'no leader is elected': (at) => stop([LEADER.name], at),
      'the kubelet refuses': (at) => stop(pods, at),
      'one node of two without a collector': (at) => stop(nodes.slice(1), at),
      'a stream called undefined': (at) => addStreams(world, group, ['undefined'], at),
      'dead beside another cluster': (at) => {
        publisher.stop(at);
        silence(world, group, at);
        const others = [LEADER, node(1), node(2), ...APPS.map((app) => pod(`${app}-1`))];
        const targets = others.map((one) => target(one, 'stage'));
        world.metrics.push(startPublisher({ settings: SETTINGS, targets }, since));
      },
    },
  };
}
