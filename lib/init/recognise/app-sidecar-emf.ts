import type { DraftCluster } from '../draft.ts';
import { isAlive, type Seen } from '../seen.ts';
import { OF_SCRAPES } from '../steady.ts';
import { steadiest } from '../units.ts';
import { namespacesOfKyma } from './kyma-cloudwatch.ts';

/** Applications with a collector beside them: awsemf without settings calls namespace and log group after them. */
export function appSidecarEmf(seen: Seen): DraftCluster[] {
  const ofKyma = namespacesOfKyma(seen);
  return seen.namespaces.flatMap((one): DraftCluster[] => {
    const { namespace, labels, streams } = one;
    const group = seen.logGroups.find(({ name }) => name === `/metrics/${namespace}`);
    const stream = steadiest({ streams: streams.filter(({ metric }) => !OF_SCRAPES.test(metric)) }, seen.at);
    if (!group || !stream || !isAlive(stream, seen.at) || ofKyma.includes(namespace)) return [];
    // The profile has no selector: where a dimension names clusters, each is watched by a signal of its own.
    if (Object.keys(labels).length > 0) return [];
    return [
      {
        name: namespace,
        region: seen.region,
        profile: 'app-sidecar-emf',
        with: { namespace, metric: stream.metric },
        signals: [],
        notes: [
          `a collector beside each pod: namespace ${namespace} and log group ${group.name}`,
          'another cluster of the account that runs the same job is not told apart',
        ],
      },
    ];
  });
}
