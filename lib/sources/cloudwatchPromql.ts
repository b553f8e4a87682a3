import { askAlarms } from '../cloudwatch/alarms.ts';
import { awsFailure } from '../aws/failure.ts';
import type { Unavailable } from '../evidence.ts';
import type { PromqlServer } from '../promql/client.ts';
import { apiUrl, queryUrl } from '../promql/query-url.ts';
import { sigV4 } from '../promql/sign.ts';
import type { Signal } from '../signal.ts';
import { promqlSource } from './promql.ts';
import type { Source, SourcePorts } from './source.ts';

const ACTIONS = 'cloudwatch:GetMetricData and cloudwatch:ListMetrics';

/** The PromQL API of CloudWatch, one for each region and account: what was sent to it as OpenTelemetry metrics. */
export function cloudwatchPromql(signal: Signal, ports: SourcePorts): Source {
  let endpoint: Promise<PromqlServer | Unavailable> | undefined;
  const open = () => (endpoint ??= openEndpoint(signal, ports));
  return promqlSource(open, ports, (questions) => askAlarms(questions, signal, ports));
}

async function openEndpoint(signal: Signal, ports: SourcePorts): Promise<PromqlServer | Unavailable> {
  const { region, role } = signal;
  const credentials = ports.credentials(signal);
  try {
    const base = signal.endpoint ?? (await baseUrl(region));
    const api = {
      action: 'cloudwatch:GetMetricData',
      place: `the metrics of ${region}`,
      sign: await sigV4({ service: 'monitoring', region, credentials, action: ACTIONS }, ports.clock),
      throttlesWith422: true,
      notThere: 'CloudWatch does not answer PromQL there: is the region right, and does it have this API?',
      isAlwaysThere: true,
      explainDenied: (detail: string) =>
        /not authorized to perform/.test(detail)
          ? detail
          : `${detail}; needed: ${ACTIONS}, as ${role ?? 'the default AWS credentials'}`,
    } as const;
    return {
      ...api,
      url: queryUrl(base),
      // The API knows neither a timeout nor a guard against cost, nor does it tell what a question took.
      parameters: () => ({}),
      labels: { ...api, action: 'cloudwatch:ListMetrics', url: apiUrl(base, 'labels') },
    };
  } catch (error) {
    return awsFailure(error, `the address of CloudWatch in ${region}`);
  }
}

/** The API shares the address of CloudWatch, which the SDK knows in every partition and takes from its usual settings. */
async function baseUrl(region: string): Promise<string> {
  const { CloudWatchClient } = await import('../aws/cloudwatch.ts');
  const client = new CloudWatchClient({ region });
  try {
    const { config } = client;
    const configured = await config.serviceConfiguredEndpoint?.();
    if (configured) return configured;
    const parameters = {
      Region: region,
      UseFIPS: await config.useFipsEndpoint(),
      UseDualStack: await config.useDualstackEndpoint(),
    };
    return config.endpointProvider(parameters).url.href;
  } finally {
    client.destroy();
  }
}
