import { type Clock, systemClock } from '../lib/clock.ts';
import { type Amp, startAmp } from './amp.ts';
import type { AwsApi } from './aws-api.ts';
import { type CloudWatch, startCloudWatch } from './cloudwatch.ts';
import { type CloudWatchPromqlApi, openCloudWatchPromql } from './cloudwatch-promql.ts';
import { startEcs } from './ecs.ts';
import { startEks } from './eks.ts';
import { dated, formOf, type RunningServer, serve } from './http.ts';
import { vendedLogMetrics } from './log-groups.ts';
import { startLogs } from './logs.ts';
import { type ContributionSource, createMetricStore } from './metric-store.ts';
import { asOtlp } from './otlp.ts';
import { type Pipeline, startPipeline } from './pipeline.ts';
import { type EksAdotCloudWatch, startEksAdotCloudWatch } from './pipelines/eks-adot-emf.ts';
import { eksAdotAmp } from './pipelines/eks-adot-targets.ts';
import { answerQuery } from './prometheus-api.ts';
import { startServiceQuotas } from './service-quotas.ts';
import type { KnownCredentials } from './sigv4.ts';
import { delivered, type Storage } from './storage.ts';
import { surround } from './surroundings.ts';
import { vendedMetrics } from './vended-metrics.ts';
import { emptyWorld, type World, workspaceIn } from './world.ts';
import { startXRay } from './xray.ts';

export const CREDENTIALS = { accessKeyId: 'AKIAREHEARSAL', secretAccessKey: 'a-secret-of-the-rehearsal' };
export const REGION = 'eu-west-1';

const QUOTAS = new Map([
  ['aps/L-5A151448', 50_000_000],
  ['aps/L-F4BCE0BA', 1_666_666],
]);

/** The services of an account, each on 127.0.0.1, and a Prometheus server outside of it. */
export interface Account {
  readonly amp: Amp;
  readonly cloudWatch: CloudWatch;
  readonly cloudWatchPromql: CloudWatchPromqlApi;
  readonly eks: AwsApi;
  readonly ecs: AwsApi;
  readonly logs: AwsApi;
  readonly xray: AwsApi;
  readonly quotas: AwsApi;
  readonly prometheus: RunningServer;
  /** Where the SDK finds the account's APIs. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export interface AccountOptions {
  readonly clock?: Pick<Clock, 'now'>;
  readonly region?: string;
  /** Whom its APIs know; may be added to. */
  readonly credentials?: readonly KnownCredentials[];
  /** How long what is written to a workspace takes to arrive, in milliseconds; by default no time. */
  readonly lagMs?: (workspace: string) => number;
}

/**
 * Shows what is in a world through the APIs of AWS. What arrives in the workspaces is in CloudWatch as OpenTelemetry
 * metrics too.
 */
export async function openAccount(
  world: World,
  { clock = systemClock, region = REGION, credentials = [CREDENTIALS], lagMs = () => 0 }: AccountOptions = {},
): Promise<Account> {
  const common = { clock, region, credentials };
  const workspaces = new Map(
    [...world.workspaces].map(([id, arrived]) => [id, delivered(arrived, clock, () => lagMs(id))] as const),
  );
  const sent: Storage = {
    get series() {
      return [...workspaces.values()].flatMap(({ series }) => series);
    },
  };
  const storage = asOtlp(sent, { account: '111122223333', region });
  const cloudWatchPromql = openCloudWatchPromql({ ...common, storage });
  const store = createMetricStore(
    ...world.metrics,
    vendedLogMetrics(world.groups),
    ...[...world.vended.keys()].map((id) => vendedBy(world, id)),
  );
  const { groups, traces, addons, services, revisions } = world;
  const servers = {
    amp: await startAmp({ ...common, workspaces, states: world.states }),
    cloudWatch: await startCloudWatch({ ...common, store, promql: cloudWatchPromql }),
    eks: await startEks({ ...common, addons }),
    ecs: await startEcs({ ...common, services, revisions }),
    logs: await startLogs({ ...common, groups, traces }),
    xray: await startXRay({ ...common, world: traces }),
    quotas: await startServiceQuotas({ ...common, defaults: QUOTAS }),
    prometheus: await startPrometheus(world, clock),
  };
  return {
    ...servers,
    cloudWatchPromql,
    environment: environmentOf(servers),
    close: async () => {
      await Promise.all(Object.values(servers).map((server) => server.close()));
    },
  };
}

const WORKSPACE = 'ws-rehearsal';
const A_DAY_MS = 24 * 3_600_000;

export interface AddOnAccount extends Account {
  readonly world: World;
  readonly pipeline: Pipeline;
  readonly emf: EksAdotCloudWatch;
}

/**
 * An account with the EKS add-on pipeline, which has been writing to AMP and CloudWatch for a day, and what stands around
 * it. `happened` tells what broke, and when.
 */
export async function startAccount(
  happened: (pipeline: Pipeline, emf: EksAdotCloudWatch, now: number) => void,
  clock: Pick<Clock, 'now'> = systemClock,
  place: Pick<AccountOptions, 'region' | 'credentials'> = {},
): Promise<AddOnAccount> {
  const now = clock.now();
  const world = emptyWorld();
  const options = { cluster: 'prod-eu' };
  const pipeline = startPipeline(eksAdotAmp(options), now - A_DAY_MS);
  const emf = startEksAdotCloudWatch(options, now - A_DAY_MS);
  surround(world, WORKSPACE, now);
  workspaceIn(world, WORKSPACE, now).push(pipeline);
  world.metrics.push(emf);
  happened(pipeline, emf, now);
  return { ...(await openAccount(world, { clock, ...place })), world, pipeline, emf };
}

/** A Prometheus server with everything that was scraped outside of AWS. */
async function startPrometheus({ scraped }: World, clock: Pick<Clock, 'now'>): Promise<RunningServer> {
  const storage = delivered(scraped, clock, () => 0);
  return serve((request) => dated(answerQuery(formOf(request), storage, clock.now()), clock.now()));
}

/** What AMP publishes about a workspace, as it is whenever it is asked. */
function vendedBy({ vended }: World, workspace: string): ContributionSource {
  let known = vended.get(workspace);
  let source = vendedMetrics({ workspace, ...known });
  return {
    get contributions() {
      if (vended.get(workspace) !== known) {
        known = vended.get(workspace);
        source = vendedMetrics({ workspace, ...known });
      }
      return source.contributions;
    },
  };
}

type Servers = Pick<Account, 'amp' | 'cloudWatch' | 'eks' | 'ecs' | 'logs' | 'xray' | 'quotas'>;

function environmentOf({ amp, cloudWatch, eks, ecs, logs, xray, quotas }: Servers): Account['environment'] {
  return {
    AWS_ENDPOINT_URL_AMP: amp.url,
    AWS_ENDPOINT_URL_CLOUDWATCH: cloudWatch.url,
    AWS_ENDPOINT_URL_EKS: eks.url,
    AWS_ENDPOINT_URL_ECS: ecs.url,
    AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: logs.url,
    AWS_ENDPOINT_URL_XRAY: xray.url,
    AWS_ENDPOINT_URL_SERVICE_QUOTAS: quotas.url,
  };
}
