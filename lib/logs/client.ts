import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { Identity } from '../aws/credentials.ts';
import { type AwsService, awsService } from '../aws/service.ts';
import type { SourcePorts } from '../sources/source.ts';
import type { LogGroupPlace } from './questions.ts';

/** CloudWatch Logs as an identity sees it, and the commands it is used with; the SDK is loaded here and not before. */
export interface Logs extends AwsService<CloudWatchLogsClient> {
  readonly region: string;
  readonly commands: Omit<typeof import('../aws/logs.ts'), 'CloudWatchLogsClient'>;
}

export async function openLogs(identity: Identity, ports: SourcePorts): Promise<Logs> {
  const { CloudWatchLogsClient, ...commands } = await import('../aws/logs.ts');
  return { ...awsService(CloudWatchLogsClient, identity, ports), region: identity.region, commands };
}

/** What the API knows a log group by: its name, or its ARN in a linked account. */
export function identifierOf({ place, account }: LogGroupPlace, region: string): string {
  return account === undefined
    ? place
    : `arn:${partitionOf(region)}:logs:${region}:${account}:log-group:${place}`;
}

/** How the group of a request to one group is named in it. */
export function inGroup(group: LogGroupPlace, { region }: Pick<Logs, 'region'>) {
  return group.account === undefined
    ? { logGroupName: group.place }
    : { logGroupIdentifier: identifierOf(group, region) };
}

/** The group as a refusal, or a finding, names it. */
export function told({ place, account }: LogGroupPlace): string {
  return account === undefined ? `log group ${place}` : `log group ${place} of account ${account}`;
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
