import type { EmfConfiguration } from '../../rehearsal/emf.ts';
import type { EksCluster, Shape } from '../../rehearsal/pipelines/eks-cluster.ts';

const MINUTE_MS = 60_000;
const CANARY = ['scrape-canary'];
const ON_AMP = [
  'scrape-canary',
  'slow-jobs',
  'pods',
  'nodes',
  'busy-storefront',
  'namespaces',
  'pushgateway',
];
const ON_CLOUDWATCH = ['collector-emf', 'collector-memory'];
const EVERYTHING = [...ON_AMP, ...ON_CLOUDWATCH];

const DIMENSIONS = ['EKS_Cluster', 'EKS_Namespace', 'EKS_PodName'];
const SELECTORS = ['otelcol_process_.*'];

/** Something that breaks, and how it heals. */
export interface OutageKind {
  readonly name: string;
  /** Shorter than this it is no outage by the bounds of the configuration. */
  readonly shortestMs: number;
  /** The signals that may be told of; at least one of them must be. */
  readonly signals: readonly string[];
  readonly begin: (estate: EksCluster, at: number) => void;
  readonly end: (estate: EksCluster, at: number) => void;
}

const SHORT = { shortestMs: 20 * MINUTE_MS };
/** What CloudWatch shows late, and a successor may be listed late. */
const LATE = { shortestMs: 50 * MINUTE_MS };
/** A job that is scraped every five minutes may be silent for twelve. */
const SLOW = { shortestMs: 35 * MINUTE_MS };

export const outageKinds: readonly [OutageKind, ...OutageKind[]] = [
  job('a listed job dies without a word', 'kubernetes-nodes', false, [...CANARY, 'nodes'], SHORT),
  job('a listed job is removed', 'kubernetes-nodes-cadvisor', true, CANARY, SHORT),
  job('a job that nothing lists dies', 'kubernetes-services', false, CANARY, SHORT),
  job('a slow job dies', 'kubernetes-pods-slow', false, ['slow-jobs'], SLOW),
  {
    name: 'remote write is denied',
    ...SHORT,
    signals: ON_AMP,
    begin: ({ pipeline }, at) => pipeline.denyRemoteWrite(at),
    end: ({ pipeline }, at) => pipeline.allowRemoteWrite(at),
  },
  collector('the collector crashes', false),
  collector('the collector is removed', true),
  {
    name: 'a second collector doubles every series',
    ...LATE,
    signals: [...CANARY, 'pushgateway'],
    begin: (estate, at) => estate.startSecondCollector(at),
    end: (estate, at) => estate.stopSecondCollector(at),
  },
  {
    name: 'most pods are gone',
    ...SHORT,
    signals: [...CANARY, 'pods'],
    begin: (estate, at) => estate.loseMostPods(at),
    end: (estate, at) => estate.returnPods(at),
  },
  {
    name: 'a namespace is not scraped any more',
    ...SHORT,
    signals: [...CANARY, 'namespaces'],
    begin: (estate, at) => estate.stopMonitoring(at),
    end: (estate, at) => estate.startMonitoring(at),
  },
  shape('pods lose a label', ['pods'], without('kubernetes_namespace')),
  shape('pods get a forbidden label', CANARY, (pod) => ({
    ...pod,
    labels: { ...pod.labels, task_arn: 'arn' },
  })),
  shape('pods lose a metric', ['pods'], (pod) => ({ ...pod, metrics: [] })),
  emf('OTelLib joins the dimensions', ON_CLOUDWATCH, {
    dimensions: ['EKS_Cluster', 'EKS_Namespace', 'EKS_PodName', 'OTelLib'],
  }),
  emf('a dimension fits no metric any more', ON_CLOUDWATCH, {
    dimensions: ['EKS_Cluster', 'EKS_Namespace', 'EKS_PodName', 'EKS_Service'],
  }),
  emf('a selector drops one metric', ['collector-memory'], { selectors: ['otelcol_process_uptime'] }),
  {
    name: 'the namespace is another one',
    ...LATE,
    signals: ON_CLOUDWATCH,
    begin: ({ emf }, at) => emf.reconfigure(at, { namespace: 'Elsewhere' }),
    end: ({ emf }, at) => emf.reconfigure(at, { namespace: 'ContainerInsights/Prometheus' }),
  },
  {
    name: 'log events are refused',
    ...LATE,
    signals: ON_CLOUDWATCH,
    begin: ({ emf }, at) => emf.denyPutLogEvents(at),
    end: ({ emf }, at) => emf.allowPutLogEvents(at),
  },
];

function job(
  name: string,
  affected: string,
  staleMarkers: boolean,
  signals: readonly string[],
  bounds: Pick<OutageKind, 'shortestMs'>,
): OutageKind {
  return {
    name,
    ...bounds,
    signals,
    begin: ({ pipeline }, at) => pipeline.stopJob(affected, at, { staleMarkers }),
    end: ({ pipeline }, at) => pipeline.startJob(affected, at),
  };
}

function collector(name: string, staleMarkers: boolean): OutageKind {
  return {
    name,
    ...SHORT,
    signals: EVERYTHING,
    begin: (estate, at) => estate.stopCollector(at, { staleMarkers }),
    end: (estate, at) => estate.startCollector(at),
  };
}

function shape(name: string, signals: readonly string[], change: Shape): OutageKind {
  return {
    name,
    ...SHORT,
    signals,
    begin: (estate, at) => estate.reshape(change, at),
    end: (estate, at) => estate.reshape((pod) => pod, at),
  };
}

function without(label: string): Shape {
  return (pod) => ({
    ...pod,
    labels: Object.fromEntries(Object.entries(pod.labels ?? {}).filter(([name]) => name !== label)),
  });
}

function emf(
  name: string,
  signals: readonly string[],
  { dimensions = DIMENSIONS, selectors = SELECTORS }: { dimensions?: string[]; selectors?: string[] },
): OutageKind {
  return {
    name,
    ...LATE,
    signals,
    begin: (estate, at) => estate.emf.reconfigure(at, { emf: declaring(dimensions, selectors) }),
    end: (estate, at) => estate.emf.reconfigure(at, { emf: declaring(DIMENSIONS, SELECTORS) }),
  };
}

function declaring(dimensions: readonly string[], metricNameSelectors: readonly string[]): EmfConfiguration {
  return {
    dimensionRollupOption: 'NoDimensionRollup',
    metricDeclarations: [{ dimensions: [dimensions], metricNameSelectors }],
  };
}
