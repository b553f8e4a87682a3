import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { Identity } from '../aws/credentials.ts';
import { type AwsService, awsService } from '../aws/service.ts';
import type { SourcePorts } from '../sources/source.ts';

/** CloudWatch as an identity sees it, and the commands it is used with; the SDK is loaded here and not before. */
export interface CloudWatch extends AwsService<CloudWatchClient> {
  readonly commands: Pick<
    typeof import('../aws/cloudwatch.ts'),
    'DescribeAlarmsCommand' | 'GetMetricDataCommand' | 'ListMetricsCommand' | 'PutMetricDataCommand'
  >;
}

export async function openCloudWatch(identity: Identity, ports: SourcePorts): Promise<CloudWatch> {
  const { CloudWatchClient, ...commands } = await import('../aws/cloudwatch.ts');
  return { ...awsService(CloudWatchClient, identity, ports), commands };
}
