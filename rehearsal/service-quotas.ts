import { ApiError, type AwsApi, type AwsApiOptions, byTarget, startAwsApi } from './aws-api.ts';

export interface ServiceQuotasOptions extends AwsApiOptions {
  /** Defaults of AWS, by service code and quota code: `aps/L-5A151448`. May be changed while the server runs. */
  readonly defaults: ReadonlyMap<string, number>;
  /** What was raised for the account, likewise. */
  readonly applied?: ReadonlyMap<string, number>;
}

/** A simulated Service Quotas on 127.0.0.1. What was never raised has no applied value, only a default. */
export async function startServiceQuotas(options: ServiceQuotasOptions): Promise<AwsApi> {
  const { defaults, applied = new Map<string, number>() } = options;
  const quota = (
    of: ReadonlyMap<string, number>,
    { ServiceCode, QuotaCode }: Readonly<Record<string, unknown>>,
  ) => {
    const Value = of.get(`${String(ServiceCode)}/${String(QuotaCode)}`);
    if (Value === undefined) {
      throw new ApiError(
        'NoSuchResourceException',
        'The request failed because the specified quota does not exist.',
      );
    }
    return { Quota: { ServiceCode, QuotaCode, Value, Unit: 'None', Adjustable: true, GlobalQuota: false } };
  };
  return startAwsApi(
    {
      service: 'servicequotas',
      read: byTarget('ServiceQuotasV20190624'),
      operations: {
        GetServiceQuota: (input) => quota(applied, input),
        GetAWSDefaultServiceQuota: (input) => quota(defaults, input),
      },
    },
    options,
  );
}
