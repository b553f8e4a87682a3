import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { Identity } from '../aws/credentials.ts';
import { systemClock } from '../clock.ts';
import type { SourcePorts } from '../sources/source.ts';

/** A CloudWatch client of an identity, and the commands it is used with; the SDK is loaded here and not before. */
export interface CloudWatch {
  readonly client: CloudWatchClient;
  readonly commands: Pick<
    typeof import('../aws/cloudwatch.ts'),
    'GetMetricDataCommand' | 'ListMetricsCommand'
  >;
  /** What the identity is called in a refusal. */
  readonly as: string;
}

/** Opens a client that signs by the ports' clock and tries three times. */
export async function openCloudWatch(identity: Identity, ports: SourcePorts): Promise<CloudWatch> {
  const { CloudWatchClient, ...commands } = await import('../aws/cloudwatch.ts');
  const credentials = ports.credentials(identity);
  const client = new CloudWatchClient({
    region: identity.region,
    credentials: () => credentials(),
    maxAttempts: 3,
    systemClockOffset: ports.clock.now() - systemClock.now(),
  });
  return { client, commands, as: identity.role ?? 'the default AWS credentials' };
}

/** The signal that ends a request when the run is over. */
export function untilDeadline({ deadline, clock }: SourcePorts): AbortSignal {
  return AbortSignal.timeout(Math.max(1, Math.ceil(deadline - clock.now() - 500)));
}
