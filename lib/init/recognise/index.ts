import type { DraftCluster } from '../draft.ts';
import type { Seen } from '../seen.ts';
import { appSidecarEmf } from './app-sidecar-emf.ts';
import { ecsCloudmapAmp } from './ecs-cloudmap-amp.ts';
import { ecsFargateSidecar } from './ecs-fargate-sidecar.ts';
import { eksAdotAmp } from './eks-adot-amp.ts';
import { eksAdotCloudwatch } from './eks-adot-cloudwatch.ts';
import { eksContainerInsights } from './eks-container-insights.ts';
import { kymaCloudwatch } from './kyma-cloudwatch.ts';

/** What must be seen for each profile that an account can show, and the parameters filled in from it. */
export const recognisers: Readonly<Record<string, (seen: Seen) => readonly DraftCluster[]>> = {
  'eks-adot-amp': eksAdotAmp,
  'eks-adot-cloudwatch': eksAdotCloudwatch,
  'eks-container-insights': eksContainerInsights,
  'ecs-cloudmap-amp': ecsCloudmapAmp,
  'ecs-fargate-sidecar': ecsFargateSidecar,
  'kyma-cloudwatch': kymaCloudwatch,
  'app-sidecar-emf': appSidecarEmf,
};

/** The pipelines that are recognised in what was seen. */
export function recognised(seen: Seen): readonly DraftCluster[] {
  return Object.values(recognisers).flatMap((recognise) => recognise(seen));
}
