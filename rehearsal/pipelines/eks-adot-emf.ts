import { OTEL_LIB, PROMETHEUS_RECEIVER_SCOPE } from '../emf.ts';
import type { EmfConfiguration } from '../emf.ts';
import { createMetricStore, spread } from '../metric-store.ts';
import type { MetricStore } from '../metric-store.ts';
import { startPublisher } from '../publisher.ts';
import type { NamedPoint, PublishedMetric, PublishedTarget, Publisher } from '../publisher.ts';
import type { MetricDescription, TargetDescription } from '../target.ts';
import { eksAdotAmp } from './eks-adot-targets.ts';
import type { EksAdotAmpOptions } from './eks-adot-targets.ts';

export interface EksAdotCloudWatch extends Publisher {
  readonly store: MetricStore;
  /** Name of the pod that collects at the moment, by what has been told so far. */
  readonly collectorPod: string;
  /** Another pod collects from `at` (ms) on, later than any rollout before. Returns its name, the new `EKS_PodName`. */
  rollOut(at: number): string;
  /** From `at` (ms) on the declared set has OTelLib too, so that every metric is another one. */
  joinOTelLib(at: number): void;
}

export const EKS_ADOT_NAMESPACE = 'ContainerInsights/Prometheus';

const DIMENSIONS = ['EKS_Cluster', 'EKS_Namespace', 'EKS_PodName'];
const SELECTORS = ['apiserver_request_.*', 'container_memory_.*', 'container_threads', 'otelcol_process_.*'];
const RENAMED = new Map([
  ['kubernetes_pod_name', 'EKS_PodName'],
  ['kubernetes_namespace', 'EKS_Namespace'],
]);
const COUNTER = /(?:_total|_uptime)$/u;
const OWN_METRIC = /^otelcol_process_/u;

/**
 * The CloudWatch half of the EKS add-on pipeline: the same jobs as the AMP half, published by awsemf since `since`
 * (ms). Only pods have all three dimensions, and of pods only the collector has a selected metric, so nothing but
 * its `otelcol_process_*` appears (aws-otel-collector issue 2441); the other selected metrics are log events alone.
 */
export function startEksAdotCloudWatch(options: EksAdotAmpOptions, since: number): EksAdotCloudWatch {
  const { cluster = 'prod-eu' } = options;
  const scraped = eksAdotAmp({ ...options, cluster }).jobs.flatMap(({ name, scrapeInterval, targets }) =>
    targets.map((target) => published(name, scrapeInterval, target)),
  );
  const first = scraped.find(({ metrics }) => metrics.some(({ name }) => OWN_METRIC.test(name)));
  if (!first) throw new Error('the pipeline does not scrape its own collector');
  const settings = {
    namespace: EKS_ADOT_NAMESPACE,
    emf: declaring(DIMENSIONS),
    resourceToTelemetry: true,
    scopeName: PROMETHEUS_RECEIVER_SCOPE,
    process: labelling(cluster),
  };
  const publisher = startPublisher({ settings, targets: scraped }, since);
  let collector = first;
  let rollouts = 0;
  return {
    ...publisher,
    get contributions() {
      return publisher.contributions;
    },
    store: createMetricStore(publisher),
    get collectorPod() {
      return podOf(collector);
    },
    rollOut: (at) => {
      rollouts += 1;
      publisher.stopTarget(collector.name, at);
      collector = successor(first, rollouts);
      publisher.addTarget(collector, at);
      return podOf(collector);
    },
    joinOTelLib: (at) => publisher.reconfigure(at, { emf: declaring([...DIMENSIONS, OTEL_LIB]) }),
  };
}

function declaring(dimensions: readonly string[]): EmfConfiguration {
  return {
    dimensionRollupOption: 'NoDimensionRollup',
    metricDeclarations: [{ dimensions: [dimensions], metricNameSelectors: SELECTORS }],
  };
}

/** The configuration's `metricstransform/labelling`. */
function labelling(cluster: string): (point: NamedPoint) => NamedPoint {
  return ({ name, labels }) => {
    const renamed = [...labels].map(([label, value]) => [RENAMED.get(label) ?? label, value] as const);
    return { name, labels: new Map([...renamed, ['EKS_Cluster', cluster]]) };
  };
}

function published(job: string, interval: number, target: TargetDescription): PublishedTarget {
  const { instance, labels = {}, metrics = [] } = target;
  return {
    name: `${job}/${instance}`,
    interval,
    labels,
    resource: { 'service.name': job, 'service.instance.id': instance, 'url.scheme': 'http' },
    metrics: [{ name: 'up', value: 1 }, ...metrics.map(publishedMetric)],
  };
}

function publishedMetric(metric: MetricDescription): PublishedMetric {
  return { ...metric, cumulative: COUNTER.test(metric.name) };
}

function podOf({ labels }: PublishedTarget): string {
  return labels['kubernetes_pod_name'] ?? '';
}

/** The pod of the `generation`th rollout: another template, another address. */
function successor(first: PublishedTarget, generation: number): PublishedTarget {
  const letters = (length: number) =>
    spread(`${podOf(first)} ${generation} ${length}`, 36 ** 5)
      .toString(36)
      .padStart(length, 'x')
      .slice(0, length);
  const template = `${letters(4)}${letters(5)}`;
  const deployment = podOf(first).split('-').slice(0, -2).join('-');
  const instance = `10.0.5.${10 + generation}:8888`;
  const pod = { kubernetes_pod_name: `${deployment}-${template}-${letters(5)}`, pod_template_hash: template };
  return {
    ...first,
    name: `kubernetes-pods/${instance}`,
    labels: { ...first.labels, ...pod },
    resource: { ...first.resource, 'service.instance.id': instance },
  };
}
