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

type Profile = keyof typeof pipelines;

/** The clusters of `rehearsal/pipelines.yaml`. */
const CLUSTERS = [
  { profile: 'eks-adot-amp', cluster: 'shop', workspace: 'ws-shop' },
  { profile: 'eks-adot-cloudwatch', cluster: 'billing' },
  { profile: 'eks-container-insights', cluster: 'search' },
  { profile: 'app-sidecar-emf', cluster: 'tasks' },
  { profile: 'ecs-cloudmap-amp', cluster: 'web', workspace: 'ws-web' },
  { profile: 'ecs-fargate-sidecar', cluster: 'checkout', workspace: 'ws-checkout' },
  { profile: 'kyma-cloudwatch', cluster: 'orders', application: 'orders' },
  { profile: 'local-prometheus', cluster: 'laptop' },
] as const satisfies readonly (Omit<EstateOptions, 'since'> & { readonly profile: Profile })[];

export interface Standing {
  readonly profile: Profile;
  readonly cluster: string;
  readonly estate: Estate;
}

/** Puts all pipelines of `rehearsal/pipelines.yaml` into one account, each of them well since then (ms). */
export function startEvery(world: World, since: number): readonly Standing[] {
  return CLUSTERS.map(({ profile, ...options }) => ({
    profile,
    cluster: options.cluster,
    estate: pipelines[profile](world, { since, ...options }),
  }));
}
