import type { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import type { Identity } from '../aws/credentials.ts';
import { awsFailure } from '../aws/failure.ts';
import { type AwsService, awsService } from '../aws/service.ts';
import { found, unavailable } from '../evidence.ts';
import type { AnyEvidence } from '../question.ts';
import type { SourcePorts } from '../sources/source.ts';

/** Service Quotas as an identity sees it; the SDK is loaded here and not before. */
export interface ServiceQuotas extends AwsService<ServiceQuotasClient> {
  readonly commands: Omit<typeof import('../aws/service-quotas.ts'), 'ServiceQuotasClient'>;
}

export async function openServiceQuotas(identity: Identity, ports: SourcePorts): Promise<ServiceQuotas> {
  const { ServiceQuotasClient, ...commands } = await import('../aws/service-quotas.ts');
  return { ...awsService(ServiceQuotasClient, identity, ports), commands };
}

/**
 * The quota of AMP that holds in the region and account: the applied one, and where none was ever applied the default of
 * AWS. Never a number from documentation: those differ from year to year.
 */
export async function readQuota(
  QuotaCode: string,
  { request, commands, as }: ServiceQuotas,
  { clock }: SourcePorts,
): Promise<AnyEvidence> {
  const quota = { ServiceCode: 'aps', QuotaCode };
  let action = 'servicequotas:GetServiceQuota';
  const applied = new commands.GetServiceQuotaCommand(quota);
  const standard = new commands.GetAWSDefaultServiceQuotaCommand(quota);
  try {
    const { Quota } = await request({ action }, (client, options) => client.send(applied, options)).catch(
      (error: unknown) => {
        if (!(error instanceof Error && error.name === 'NoSuchResourceException')) throw error;
        action = 'servicequotas:GetAWSDefaultServiceQuota';
        return request({ action }, (client, options) => client.send(standard, options));
      },
    );
    const value = Quota?.Value;
    if (value === undefined || !Number.isFinite(value) || value <= 0) {
      return unavailable('invalid-response', `${action} of ${QuotaCode}: the answer has no value`);
    }
    return found(value, clock.now());
  } catch (error) {
    return awsFailure(error, `${action} of ${QuotaCode} of aps, as ${as}`);
  }
}
