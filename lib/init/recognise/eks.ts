import { type DraftSignal, switchedOff } from '../draft.ts';
import type { Seen } from '../seen.ts';
import { isComplete } from './groups.ts';

const ADOT = 'adot';

/** The EKS clusters of the region that have the ADOT add-on. */
export function withAdot({ eks }: Seen): readonly string[] {
  return eks.filter(({ addons }) => addons.includes(ADOT)).map(({ cluster }) => cluster);
}

/** The signal of the add-on switched off where nothing says that a cluster of this name has it. */
export function addonOf(cluster: string | undefined, seen: Seen): readonly DraftSignal[] {
  if (cluster !== undefined && withAdot(seen).includes(cluster)) return [];
  const known = seen.eks.find((one) => one.cluster === cluster);
  const why = known
    ? isComplete(seen, 'eks:ListAddons')
      ? `EKS cluster ${known.cluster} has no add-on adot: the collector was installed in another way`
      : `the add-ons of EKS cluster ${known.cluster} could not be listed`
    : isComplete(seen, 'eks:ListClusters')
      ? 'no EKS cluster of this name is seen here'
      : 'EKS clusters could not be listed';
  return [switchedOff('addon', why)];
}
