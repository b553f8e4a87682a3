import { PROMETHEUS_RECEIVER_SCOPE } from '../../rehearsal/emf.ts';
import type { SimulatedLogStream } from '../../rehearsal/log-groups.ts';
import { type SteadyMetric, steadyMetrics } from '../../rehearsal/metric-store.ts';
import { startEksAdotCloudWatch } from '../../rehearsal/pipelines/eks-adot-cloudwatch.ts';
import { type ExporterSettings, type PublishedTarget, startPublisher } from '../../rehearsal/publisher.ts';
import type { Pipe } from './amp-estates.ts';
import { BREAK, emptyEstate, type Estate, MINUTE, SINCE } from './simulated-account.ts';

const asIs: ExporterSettings['process'] = (point) => point;
const seen = (namespace: string, name: string, dimensions: Record<string, string>): SteadyMetric => ({
  namespace,
  name,
  dimensions,
  since: SINCE,
});

/** Changes every stream of a group. */
function change(estate: Estate, group: string, to: Partial<SimulatedLogStream>): void {
  const known = estate.groups.get(group);
  if (known) estate.groups.set(group, { ...known, streams: known.streams.map((one) => ({ ...one, ...to })) });
}

function silence(estate: Estate, group: string): void {
  change(estate, group, { until: BREAK });
}

/** The streams of a group end, and others begin. */
function turnStreams(
  estate: Estate,
  group: string,
  names: readonly string[],
  at: number,
  gapMs: number,
): void {
  change(estate, group, { until: at });
  const known = estate.groups.get(group);
  const streams = names.map((name) => ({ name, since: at + gapMs }));
  if (known) estate.groups.set(group, { ...known, streams: [...known.streams, ...streams] });
}

export function eksCloudWatch(): Pipe {
  const estate = emptyEstate();
  const group = '/aws/containerinsights/prod-eu/prometheus';
  const emf = startEksAdotCloudWatch({ cluster: 'prod-eu', nodes: 2, pods: 4 }, SINCE);
  const addon = { version: 'v0.109.0-eksbuild.1', modifiedAt: SINCE };
  estate.addons.set('adot', addon);
  estate.metrics.push(emf);
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
  process: asIs,
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

/** awsemf with all its defaults, as each namespace is sent: the sets are all labels, and the rollups. */
const defaults = (namespace: string, scopeName: string): ExporterSettings => ({
  namespace,
  emf: {},
  resourceToTelemetry: false,
  scopeName,
  process: asIs,
});

export function appSidecar(): Pipe {
  const estate = emptyEstate();
  const group = '/metrics/prod/task-service';
  const targets = [1, 2, 3].map((replica) => ({
    name: `task-service-${replica}`,
    interval: 30,
    labels: {},
    resource: { 'service.name': 'prod/task-service', 'service.instance.id': 'localhost:3000' },
    metrics: [
      { name: 'process_cpu_seconds_total', value: (at: number) => at / 1e6, cumulative: true },
      {
        name: 'http_requests_total',
        labels: { code: '200' },
        value: (at: number) => at / 1e4,
        cumulative: true,
      },
    ],
  }));
  const settings = defaults('prod/task-service', PROMETHEUS_RECEIVER_SCOPE);
  const publisher = startPublisher({ settings, targets }, SINCE);
  estate.metrics.push(publisher);
  estate.groups.set(group, {
    streams: ['1a', '2b', '3c'].map((id) => ({ name: `otel-stream-${id}`, since: SINCE })),
  });
  return {
    estate,
    rollOut: (at, gapMs) => {
      for (const one of targets) {
        publisher.stopTarget(one.name, at);
        publisher.addTarget({ ...one, name: `${one.name}-new` }, at + gapMs);
      }
      turnStreams(estate, group, ['otel-stream-4d', 'otel-stream-5e', 'otel-stream-6f'], at, gapMs);
    },
    breaks: {
      'log events refused': () => {
        publisher.denyPutLogEvents(BREAK);
        silence(estate, group);
      },
      'log events without metrics': () => publisher.denyPutLogEvents(BREAK),
      'the class of which no metrics are made': () => {
        publisher.denyPutLogEvents(BREAK);
        const known = estate.groups.get(group);
        if (known) estate.groups.set(group, { ...known, logGroupClass: 'INFREQUENT_ACCESS' });
      },
      'the job was renamed': () => {
        publisher.reconfigure(BREAK, { namespace: 'prod/tasks' });
        silence(estate, group);
        estate.groups.set('/metrics/prod/tasks', { streams: [{ name: 'otel-stream-9', since: BREAK }] });
      },
      'dead beside the agents of AWS': () => {
        publisher.stop(BREAK);
        silence(estate, group);
        const metric = 'process_cpu_seconds_total';
        const cluster = { ClusterName: 'prod-eu' };
        estate.metrics.push(
          steadyMetrics(['ECS/ContainerInsights', 'CWAgent'].map((of) => seen(of, metric, cluster))),
        );
      },
    },
  };
}

export function kyma(): Pipe {
  const estate = emptyEstate();
  const pods = ['a', 'b'].map((id) => `shop.checkout-7d9f-${id}.app`);
  const scraped = (name: string, metric: string, labels = {}): PublishedTarget => ({
    name,
    interval: 60,
    labels,
    resource: {},
    metrics: [{ name: metric, value: (at) => at / 1e6, cumulative: true }],
  });
  const application = startPublisher(
    {
      settings: defaults('checkout', 'io.opentelemetry.runtime'),
      targets: pods.map((name) => scraped(name, 'process.cpu.time', { 'process.cpu.state': 'user' })),
    },
    SINCE,
  );
  const replica = (name: string) => scraped(name, 'otelcol_process_uptime', { service_version: 'v0.49.0' });
  const self = startPublisher(
    { settings: defaults('otel-collector', PROMETHEUS_RECEIVER_SCOPE), targets: ['1', '2'].map(replica) },
    SINCE,
  );
  estate.metrics.push(application, self);
  estate.groups.set('/logs/prod-eu', {
    retentionInDays: 7,
    streams: pods.map((name) => ({ name, since: SINCE })),
  });
  estate.traces.services = [{ name: 'checkout', everyMs: 20_000 }];
  const noTraces = () => {
    estate.traces.services = estate.traces.services.map((one) => ({ ...one, until: BREAK }));
  };
  return {
    estate,
    rollOut: (at, gapMs) => {
      for (const name of ['1', '2']) {
        self.stopTarget(name, at);
        self.addTarget(replica(`${name} new`), at + gapMs);
      }
      application.stop(at);
      application.start(at + Math.max(gapMs, MINUTE));
      turnStreams(estate, '/logs/prod-eu', ['shop.checkout-99aa-c.app'], at, gapMs);
    },
    breaks: {
      'applications refused, the collector well': () => {
        application.stop(BREAK);
        noTraces();
      },
      'log events refused': () => {
        application.denyPutLogEvents(BREAK);
        self.denyPutLogEvents(BREAK);
      },
      'collector not scraped': () => self.stop(BREAK),
      'no traces': noTraces,
      'logs stopped': () => silence(estate, '/logs/prod-eu'),
      'logs fall back': () => {
        silence(estate, '/logs/prod-eu');
        estate.groups.set('/logs/kyma-cluster', { streams: [{ name: 'shop.x.app', since: BREAK }] });
      },
      'logs kept for ever': () => {
        const { streams } = estate.groups.get('/logs/prod-eu') ?? { streams: [] };
        estate.groups.set('/logs/prod-eu', { streams });
      },
      'keys of the user gone': () => {
        application.denyPutLogEvents(BREAK);
        self.denyPutLogEvents(BREAK);
        silence(estate, '/logs/prod-eu');
        noTraces();
      },
    },
  };
}
