import { steadyMetrics } from '../../rehearsal/metric-store.ts';
import { startEksAdotCloudWatch } from '../../rehearsal/pipelines/eks-adot-cloudwatch.ts';
import { type ExporterSettings, type PublishedTarget, startPublisher } from '../../rehearsal/publisher.ts';
import { LATE, type Pipe, seen, silence, turnStreams } from './pipe.ts';
import { BREAK, emptyEstate, SINCE } from './simulated-account.ts';

export function eksCloudWatch(): Pipe {
  const estate = emptyEstate();
  const group = '/aws/containerinsights/prod-eu/prometheus';
  const emf = startEksAdotCloudWatch({ cluster: 'prod-eu', nodes: 2, pods: 4 }, SINCE);
  const addon = { version: 'v0.109.0-eksbuild.1', modifiedAt: SINCE };
  estate.addons.set('adot', addon);
  estate.metrics.push(emf);
  emf.delayDelivery(...LATE);
  estate.groups.set(group, { streams: [{ name: 'otel-stream-1f6c', since: SINCE }] });
  return {
    estate,
    rollOut: (at, gapMs) => {
      emf.rollOut(at + gapMs);
      if (gapMs > 0) {
        emf.stop(at);
        emf.start(at + gapMs);
      }
      turnStreams(estate, group, ['otel-stream-77aa'], at, gapMs);
    },
    breaks: {
      'log events refused': () => {
        emf.denyPutLogEvents(BREAK);
        silence(estate, group);
      },
      'log events without metrics': () => emf.denyPutLogEvents(BREAK),
      'another set of dimensions': () => emf.joinOTelLib(BREAK),
      'add-on degraded': () => void estate.addons.set('adot', { ...addon, status: 'DEGRADED' }),
      'add-on gone': () => void estate.addons.delete('adot'),
      'dead beside another cluster and the agent of CloudWatch': () => {
        emf.stop(BREAK);
        silence(estate, group);
        const ofAgent = seen('ContainerInsights/Prometheus', 'otelcol_process_uptime', {
          ClusterName: 'prod-eu',
          Namespace: 'default',
        });
        estate.metrics.push(
          startEksAdotCloudWatch({ cluster: 'stage', nodes: 2, pods: 4 }, SINCE),
          steadyMetrics([ofAgent]),
        );
      },
    },
  };
}

const PER_NODE = ['ClusterName', 'InstanceId', 'NodeName'];
const PER_POD = ['ClusterName', 'Namespace', 'PodName'];
const INSIGHTS: ExporterSettings = {
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

const nodeName = (index: number) => `ip-10-0-${index}-17.eu-west-1.compute.internal`;
const insight = (name: string, metric: string, resource: Record<string, string>): PublishedTarget => ({
  name,
  interval: 60,
  labels: {},
  resource: { ClusterName: 'prod-eu', ...resource },
  metrics: [{ name: metric, value: 1 }],
});
const node = (index: number) =>
  insight(`node ${index}`, 'node_cpu_utilization', { NodeName: nodeName(index), InstanceId: `i-${index}` });
const pod = (name: string) => insight(name, 'pod_cpu_utilization', { Namespace: 'shop', PodName: name });

export function containerInsights(): Pipe {
  const estate = emptyEstate();
  const group = '/aws/containerinsights/prod-eu/performance';
  const leader = insight('leader', 'cluster_node_count', {});
  const targets = [node(1), node(2), pod('checkout-1'), pod('cart-1'), leader];
  const publisher = startPublisher({ settings: INSIGHTS, targets }, SINCE);
  estate.metrics.push(publisher);
  publisher.delayDelivery(...LATE);
  const streams = [1, 2].map((index) => ({ name: nodeName(index), since: SINCE }));
  estate.groups.set(group, { streams });
  const stops = (...names: string[]) => names.forEach((name) => publisher.stopTarget(name, BREAK));
  return {
    estate,
    rollOut: (at, gapMs) => {
      for (const { name } of targets.slice(0, 4)) publisher.stopTarget(name, at);
      for (const one of [node(3), node(4), pod('checkout-2'), pod('cart-2')])
        publisher.addTarget(one, at + gapMs);
      turnStreams(estate, group, [nodeName(3), nodeName(4)], at, gapMs);
    },
    breaks: {
      'log events refused': () => {
        publisher.denyPutLogEvents(BREAK);
        silence(estate, group);
      },
      'log events without metrics': () => publisher.denyPutLogEvents(BREAK),
      'no leader is elected': () => stops('leader'),
      'the kubelet refuses': () => stops('checkout-1', 'cart-1'),
      'one node of two without a collector': () => stops('node 2'),
      'a stream called undefined': () =>
        void estate.groups.set(group, { streams: [...streams, { name: 'undefined', since: BREAK }] }),
      'dead beside another cluster': () => {
        publisher.stop(BREAK);
        silence(estate, group);
        const others = targets.map((one) => ({
          ...one,
          resource: { ...one.resource, ClusterName: 'stage' },
        }));
        estate.metrics.push(startPublisher({ settings: INSIGHTS, targets: others }, SINCE));
      },
    },
  };
}
