import type { DraftCluster } from '../draft.ts';
import { isAlive, type Seen } from '../seen.ts';

const DEFAULT_NAMESPACE = 'ContainerInsights';
const PER_NODE = '["ClusterName","InstanceId","NodeName"]';
const METRIC = 'node_cpu_utilization';

/** Clusters of EKS that write Container Insights: ADOT's DaemonSet and CloudWatch's own agent look alike. */
export function eksContainerInsights(seen: Seen): DraftCluster[] {
  return seen.namespaces.flatMap(({ namespace, labels, sets, streams }): DraftCluster[] => {
    const cluster = labels['ClusterName'];
    const perNode = sets.find(({ dimensions }) => JSON.stringify(dimensions) === PER_NODE);
    const isThere = streams.some((one) => one.metric === METRIC && isAlive(one, seen.at));
    if (cluster === undefined || !perNode?.metrics.includes(METRIC) || !isThere) return [];
    return [
      {
        name: cluster,
        region: seen.region,
        profile: 'eks-container-insights',
        with: { eksCluster: cluster, ...(namespace === DEFAULT_NAMESPACE ? {} : { namespace }) },
        signals: [],
        notes: [
          `Container Insights in ${namespace}, ClusterName=${cluster}; CloudWatch's own agent writes the same`,
          'nodes: the number that must send; at 1, one silent node of many is not told',
        ],
        estate: cluster,
      },
    ];
  });
}
