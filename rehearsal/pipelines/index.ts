import type { Estate, EstateOptions } from '../estate.ts';
import type { World } from '../world.ts';
import { startAppSidecar } from './app-sidecar-emf.ts';
import { startEcsCloudMap } from './ecs-cloudmap-amp.ts';
import { startEcsFargate } from './ecs-fargate-sidecar.ts';
import { startEksAdotAmp } from './eks-adot-amp.ts';
import { startEksAdotEmf } from './eks-adot-cloudwatch.ts';
import { startContainerInsights } from './eks-container-insights.ts';
import { startKyma } from './kyma-cloudwatch.ts';
import { startLocalPrometheus } from './local-prometheus.ts';

/** A pipeline of each profile, by the profile's name. */
export const pipelines = {
  'eks-adot-amp': startEksAdotAmp,
  'eks-adot-cloudwatch': startEksAdotEmf,
  'eks-container-insights': startContainerInsights,
  'app-sidecar-emf': startAppSidecar,
  'ecs-cloudmap-amp': startEcsCloudMap,
  'ecs-fargate-sidecar': startEcsFargate,
  'kyma-cloudwatch': startKyma,
  'local-prometheus': startLocalPrometheus,
} as const satisfies Readonly<Record<string, (world: World, options: EstateOptions) => Estate>>;
