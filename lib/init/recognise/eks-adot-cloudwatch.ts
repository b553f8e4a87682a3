import type { DraftCluster } from '../draft.ts';
import { isAlive, type Seen, type SeenNamespace } from '../seen.ts';
import { addonOf } from './eks.ts';

const DEFAULT_NAMESPACE = 'ContainerInsights/Prometheus';
const DEFAULT_METRIC = 'otelcol_process_uptime';
/** The only set that the configuration declares; series that lack one of these labels become no metrics. */
const DECLARED = '["EKS_Cluster","EKS_Namespace","EKS_PodName"]';

/** Clusters of EKS whose ADOT add-on writes embedded metrics. */
export function eksAdotCloudwatch(seen: Seen): DraftCluster[] {
  return seen.namespaces.flatMap((one): DraftCluster[] => {
    const { namespace, labels } = one;
    const cluster = labels['EKS_Cluster'];
    const metric = ownMetric(one, seen.at);
    if (cluster === undefined || metric === undefined) return [];
    return [
      {
        name: cluster,
        region: seen.region,
        profile: 'eks-adot-cloudwatch',
        with: {
          eksCluster: cluster,
          ...(namespace === DEFAULT_NAMESPACE ? {} : { namespace }),
          ...(metric === DEFAULT_METRIC ? {} : { metric }),
        },
        signals: addonOf(cluster, seen),
        notes: [`embedded metrics of the ADOT add-on in ${namespace}, EKS_Cluster=${cluster}`],
        estate: cluster,
      },
    ];
  });
}

/** The collector's own metric in the declared set, where it arrives. */
function ownMetric({ sets, streams }: SeenNamespace, now: number): string | undefined {
  const declared = sets.find(({ dimensions }) => JSON.stringify(dimensions) === DECLARED);
  const alive = new Set(streams.filter((one) => isAlive(one, now)).map(({ metric }) => metric));
  return declared?.metrics
    .filter((metric) => metric.startsWith(DEFAULT_METRIC) && alive.has(metric))
    .toSorted((a, b) => a.length - b.length)[0];
}
