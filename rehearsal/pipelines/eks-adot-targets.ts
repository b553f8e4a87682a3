import type { JobDescription, PipelineDescription } from '../pipeline.ts';
import type { TargetDescription } from '../target.ts';

export interface EksAdotAmpOptions {
  readonly cluster?: string;
  readonly nodes?: number;
  readonly pods?: number;
}

const NORMAL = 15;
const SLOW = 300;

/**
 * The AMP half of the EKS add-on pipeline: nine jobs, by default 48 scrape targets.
 * The labels are those that the sample configuration's relabelling leaves.
 */
export function eksAdotAmp(options: EksAdotAmpOptions = {}): PipelineDescription {
  const { cluster = 'prod-eu', nodes = 4, pods = 18 } = options;
  const nodeNames = Array.from(
    { length: nodes },
    (_, index) => `ip-10-0-${index + 1}-17.eu-west-1.compute.internal`,
  );
  const job = (
    name: string,
    scrapeInterval: number,
    targets: readonly TargetDescription[],
  ): JobDescription => ({
    name,
    scrapeInterval,
    targets,
  });
  return {
    jobs: [
      job('kubernetes-apiservers', NORMAL, [1, 2].map(apiserver)),
      job(
        'kubernetes-nodes',
        NORMAL,
        nodeNames.map((name) => node(name, cluster)),
      ),
      job(
        'kubernetes-nodes-cadvisor',
        NORMAL,
        nodeNames.map((name) => cadvisor(name, cluster)),
      ),
      job('kubernetes-service-endpoints', NORMAL, serviceEndpoints(nodeNames)),
      job('kubernetes-service-endpoints-slow', SLOW, slowEndpoints(nodeNames)),
      job('prometheus-pushgateway', NORMAL, [pushgateway]),
      job('kubernetes-services', NORMAL, ['storefront', 'checkout', 'catalog'].map(probedService)),
      job('kubernetes-pods', NORMAL, [collectorPod, ...podsOf(pods)]),
      job('kubernetes-pods-slow', SLOW, ['ledger-0', 'ledger-1', 'archive-0'].map(slowPod)),
    ],
  };
}

/** Counts up since an arbitrary beginning, `perSecond` a second. */
function counter(perSecond: number): (at: number) => number {
  return (at) => Math.floor(((at / 1000) % 1_000_000) * perSecond);
}

function apiserver(index: number): TargetDescription {
  const requests = ['GET', 'LIST', 'WATCH'].map((verb, rank) => ({
    name: 'apiserver_request_total',
    labels: { verb, code: '200', resource: 'pods' },
    value: counter(5 - rank),
  }));
  return { instance: `10.0.${index}.91:443`, metrics: requests };
}

function nodeLabels(name: string, cluster: string): Record<string, string> {
  return {
    alpha_eksctl_io_cluster_name: cluster,
    beta_kubernetes_io_arch: 'amd64',
    eks_amazonaws_com_nodegroup: 'workers',
    kubernetes_io_hostname: name,
    kubernetes_io_os: 'linux',
    node_kubernetes_io_instance_type: 'm6i.large',
    topology_kubernetes_io_zone: 'eu-west-1a',
  };
}

function node(name: string, cluster: string): TargetDescription {
  const metrics = [{ name: 'kubelet_running_pods', value: 12 }];
  return { instance: name, labels: nodeLabels(name, cluster), metrics };
}

function cadvisor(name: string, cluster: string): TargetDescription {
  const metrics = ['storefront', 'checkout'].map((container, rank) => ({
    name: 'container_memory_working_set_bytes',
    labels: { namespace: 'shop', pod: `${container}-6c9d8b7f5-${name.split('-')[3] ?? ''}`, container },
    value: (at: number) => (64 + rank * 32 + (Math.floor(at / 60_000) % 16)) * 1_048_576,
  }));
  return { instance: name, labels: nodeLabels(name, cluster), metrics };
}

function serviceEndpoints(nodes: readonly string[]): TargetDescription[] {
  const exporters = nodes.map((name, index) =>
    endpoint('node-exporter', 'monitoring', name, `10.0.${index + 1}.17:9100`),
  );
  const dns = [0, 1].map((index) =>
    endpoint('kube-dns', 'kube-system', nodes[index] ?? '', `10.0.9.${index + 3}:9153`),
  );
  const shop = ['storefront', 'checkout', 'catalog', 'payments'].map((name, index) =>
    endpoint(name, 'shop', nodes[index] ?? '', `10.0.8.${index + 20}:8080`),
  );
  return [...exporters, ...dns, ...shop];
}

function slowEndpoints(nodes: readonly string[]): TargetDescription[] {
  return ['reports', 'billing'].map((name, index) =>
    endpoint(name, 'back-office', nodes[index] ?? '', `10.0.7.${index + 5}:8080`),
  );
}

function endpoint(name: string, namespace: string, nodeName: string, instance: string): TargetDescription {
  const placed = nodeName === '' ? {} : { kubernetes_node: nodeName };
  const labels = { app: name, kubernetes_namespace: namespace, kubernetes_name: name, ...placed };
  return { instance, labels, metrics: [{ name: 'process_cpu_seconds_total', value: counter(0.1) }] };
}

const pushgateway: TargetDescription = {
  instance: 'pushgateway.monitoring.svc:9091',
  labels: { app: 'pushgateway', kubernetes_namespace: 'monitoring', kubernetes_name: 'pushgateway' },
  metrics: [{ name: 'pushgateway_http_requests_total', value: counter(0.5) }],
};

function probedService(name: string): TargetDescription {
  return {
    instance: `${name}.shop.svc:80`,
    labels: { app: name, kubernetes_namespace: 'shop', kubernetes_name: name },
    metrics: [{ name: 'probe_success', value: 1 }],
  };
}

const collectorPod: TargetDescription = {
  instance: '10.0.5.10:8888',
  labels: {
    app: 'adot-collector',
    pod_template_hash: '7d5b9c6f48',
    kubernetes_namespace: 'default',
    kubernetes_pod_name: 'observability-collector-7d5b9c6f48-x2x7p',
  },
  metrics: [
    { name: 'otelcol_process_uptime', value: counter(1) },
    { name: 'otelcol_process_memory_rss', value: 134_217_728 },
  ],
};

const APPS = ['storefront', 'checkout', 'catalog', 'payments'];

function podsOf(count: number): TargetDescription[] {
  return Array.from({ length: count }, (_, index) =>
    appPod(APPS[index % APPS.length] ?? 'storefront', '6c9d8b7f5', index),
  );
}

/** One pod of an application. A pod is never reborn: give each its own number, also across templates. */
export function appPod(app: string, template: string, number: number): TargetDescription {
  return {
    instance: `10.0.6.${number + 30}:8080`,
    labels: {
      app,
      pod_template_hash: template,
      kubernetes_namespace: 'shop',
      kubernetes_pod_name: `${app}-${template}-${number.toString(36).padStart(5, 'x')}`,
    },
    metrics: [{ name: 'http_requests_total', labels: { code: '200' }, value: counter(2 + number) }],
  };
}

function slowPod(pod: string): TargetDescription {
  return {
    instance: `${pod}.ledger.back-office.svc:8080`,
    labels: { app: 'ledger', namespace: 'back-office', pod },
    metrics: [{ name: 'ledger_entries', value: counter(0.01) }],
  };
}
