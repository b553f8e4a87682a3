import { loadConfig } from '../../lib/config/load.ts';
import { plan, type PlannedCluster } from '../../lib/plan.ts';

export function workspaceOf(cluster: string): string {
  return `ws-${cluster}`;
}

/** Every kind of expectation on both planes, as somebody would write them who knows how the clusters scale. */
function configOf(clusters: readonly string[]): string {
  return `version: 1
alerts: { channels: [{ slack: 'ssm:/none' }] }
clusters:
${clusters.map(clusterOf).join('')}`;
}

function clusterOf(cluster: string): string {
  const amp = `amp: ${workspaceOf(cluster)}`;
  return `  - name: ${cluster}
    region: eu-west-1
    signals:
      - name: scrape-canary
        ${amp}
        metric: scrape_duration_seconds
        match: { job: { '!~': '.*-slow' } }
        by: [job]
        fresh: 4m
        series: { min: 28, max: 64, each: { min: 1 } }
        labels:
          require: [job, instance]
          forbid: [task_arn]
          values:
            { job: [kubernetes-apiservers, kubernetes-nodes, kubernetes-nodes-cadvisor, kubernetes-pods] }
      - name: slow-jobs
        ${amp}
        metric: scrape_duration_seconds
        match: { job: { '=~': '.*-slow' } }
        by: [job]
        fresh: 12m
      - name: pods
        ${amp}
        metric: http_requests_total
        match: { job: kubernetes-pods }
        by: [app]
        fresh: 4m
        series: { min: 6 }
        labels:
          require: [kubernetes_namespace, kubernetes_pod_name]
          values: { app: [storefront, checkout, catalog, payments], kubernetes_namespace: { only: [shop] } }
      - name: nodes
        ${amp}
        metric: kubelet_running_pods
        fresh: 4m
        series: { min: 3 }
      - name: busy-storefront
        ${amp}
        metric: up
        match: { app: storefront, job: kubernetes-pods }
        fresh: 4m
        series: { min: 1 }
        when: { signal: nodes, atLeast: 5 }
      - name: namespaces
        ${amp}
        metric: process_cpu_seconds_total
        match: { job: kubernetes-service-endpoints }
        fresh: 4m
        labels: { values: { kubernetes_namespace: [monitoring, kube-system, shop] } }
        severity: warning
      - name: pushgateway
        ${amp}
        metric: pushgateway_http_requests_total
        fresh: 4m
        series: { exactly: 1 }
        labels: { exactly: [job, instance, app, kubernetes_namespace, kubernetes_name] }
      - name: collector-emf
        cloudwatch: ContainerInsights/Prometheus
        metric: otelcol_process_uptime
        match: { EKS_Cluster: ${cluster} }
        dimensions: { sets: [[EKS_Cluster, EKS_Namespace, EKS_PodName]], only: true }
        fresh: 15m
      - name: collector-memory
        cloudwatch: ContainerInsights/Prometheus
        metric: otelcol_process_memory_rss
        match: { EKS_Cluster: ${cluster} }
        by: [EKS_Namespace]
        fresh: 15m
        series: { exactly: 1 }
`;
}

/** What the real loader and planner make of the configuration; throws where they find a problem. */
export async function plannedClusters(names: readonly string[]): Promise<readonly PlannedCluster[]> {
  const loaded = await loadConfig(configOf(names), { file: 'simulation', env: {} });
  if (!('config' in loaded)) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  const planned = plan(loaded.config, {});
  if (!('clusters' in planned)) throw new Error(planned.problems.join('\n'));
  return planned.clusters;
}
