import { type Clock, systemClock } from '../lib/clock.ts';
import { type Amp, startAmp } from './amp.ts';
import { type CloudWatch, startCloudWatch } from './cloudwatch.ts';
import { type CloudWatchPromqlApi, openCloudWatchPromql } from './cloudwatch-promql.ts';
import { type Machinery, startMachinery } from './machinery.ts';
import { createMetricStore } from './metric-store.ts';
import type { KnownCredentials } from './sigv4.ts';
import { asOtlp } from './otlp.ts';
import { type Pipeline, startPipeline } from './pipeline.ts';
import { eksAdotAmp } from './pipelines/eks-adot-amp.ts';
import { type EksAdotCloudWatch, startEksAdotCloudWatch } from './pipelines/eks-adot-cloudwatch.ts';

export const CREDENTIALS = { accessKeyId: 'AKIAREHEARSAL', secretAccessKey: 'a-secret-of-the-rehearsal' };
export const REGION = 'eu-west-1';
const WORKSPACE = 'ws-rehearsal';
const A_DAY_MS = 24 * 3_600_000;

export interface Account {
  readonly amp: Amp;
  readonly cloudWatch: CloudWatch;
  readonly cloudWatchPromql: CloudWatchPromqlApi;
  readonly pipeline: Pipeline;
  readonly emf: EksAdotCloudWatch;
  readonly machinery: Machinery;
  /** Where the SDK finds the account's APIs. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

interface Place {
  readonly region?: string;
  /** Whom its APIs know; may be added to. */
  readonly credentials?: readonly KnownCredentials[];
}

/**
 * The EKS add-on pipeline, running since a day, as AMP and CloudWatch show it; what it sends to AMP arrives in CloudWatch
 * as OpenTelemetry metrics too. Around it stand an add-on, log groups, traces, services of ECS and the state of the
 * workspace. `happened` tells what broke, and when.
 */
export async function startAccount(
  happened: (pipeline: Pipeline, emf: EksAdotCloudWatch, now: number, machinery: Machinery) => void,
  clock: Pick<Clock, 'now'> = systemClock,
  { region = REGION, credentials = [CREDENTIALS] }: Place = {},
): Promise<Account> {
  const now = clock.now();
  const options = { cluster: 'prod-eu' };
  const pipeline = startPipeline(eksAdotAmp(options), now - A_DAY_MS);
  const emf = startEksAdotCloudWatch(options, now - A_DAY_MS);
  const common = { clock, region, credentials };
  const machinery = await startMachinery(WORKSPACE, common);
  happened(pipeline, emf, now, machinery);
  const workspaces = new Map([[WORKSPACE, pipeline]]);
  const amp = await startAmp({ ...common, workspaces, states: machinery.workspaces });
  const storage = asOtlp(pipeline, { account: '111122223333', region });
  const cloudWatchPromql = openCloudWatchPromql({ ...common, storage });
  const store = createMetricStore(emf, ...machinery.vended);
  const cloudWatch = await startCloudWatch({ ...common, store, promql: cloudWatchPromql });
  return {
    amp,
    cloudWatch,
    cloudWatchPromql,
    pipeline,
    emf,
    machinery,
    environment: {
      ...machinery.environment,
      AWS_ENDPOINT_URL_AMP: amp.url,
      AWS_ENDPOINT_URL_CLOUDWATCH: cloudWatch.url,
    },
    close: async () => {
      await Promise.all([amp.close(), cloudWatch.close(), machinery.close()]);
    },
  };
}
