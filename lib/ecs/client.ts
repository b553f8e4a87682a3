import type { ECSClient } from '@aws-sdk/client-ecs';
import { awsFailure } from '../aws/failure.ts';
import type { Identity } from '../aws/credentials.ts';
import { type AwsService, awsService } from '../aws/service.ts';
import type { Absent, Unavailable } from '../evidence.ts';
import { printable } from '../printable.ts';
import type { SourcePorts } from '../sources/source.ts';

/** ECS as an identity sees it, and the commands it is used with; the SDK is loaded here and not before. */
export interface Ecs extends AwsService<ECSClient> {
  readonly commands: Omit<typeof import('../aws/ecs.ts'), 'ECSClient'>;
  readonly now: () => number;
}

export async function openEcs(identity: Identity, ports: SourcePorts): Promise<Ecs> {
  const { ECSClient, ...commands } = await import('../aws/ecs.ts');
  return { ...awsService(ECSClient, identity, ports), commands, now: () => ports.clock.now() };
}

/** The cluster and the service that `CLUSTER/SERVICE` names. */
export function partsOf(place: string): { readonly cluster: string; readonly service: string } {
  const [cluster = '', service = ''] = place.split('/');
  return { cluster, service };
}

/** What a rejection says about a place: that the cluster or the service does not exist, or that one could not look. */
export function refused(error: unknown, action: string, place: string, { as }: Ecs): Absent | Unavailable {
  const name = error instanceof Error ? error.name : '';
  if (name === 'ClusterNotFoundException') {
    const { cluster } = partsOf(place);
    return { kind: 'absent', subject: `ECS cluster ${cluster}`, detail: `ECS knows no cluster ${cluster}` };
  }
  if (name === 'ServiceNotFoundException' || name === 'ServiceNotActiveException') return noService(place);
  return awsFailure(error, `ecs:${action} on ${place}, as ${as}`);
}

export function noService(place: string, detail?: string): Absent {
  const { cluster, service } = partsOf(place);
  const said = detail ?? `the cluster ${cluster} has no service ${service}`;
  return { kind: 'absent', subject: `ECS service ${place}`, detail: printable(said) };
}

/** The last part of an ARN: a task's id, `family:revision`, a service's name. */
export function nameIn(arn: string): string {
  return printable(arn.split('/').at(-1) ?? arn);
}
