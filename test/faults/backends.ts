import type { Clock } from '../../lib/clock.ts';
import { startAlertReceivers } from '../../rehearsal/alerts.ts';
import { startDynamoDB } from '../../rehearsal/dynamodb.ts';
import { type FaultProxy, startFaultProxy } from '../../rehearsal/fault-proxy.ts';
import { type Reply, type RunningServer, serve } from '../../rehearsal/http.ts';
import { startQueue } from '../../rehearsal/queue.ts';
import { startS3 } from '../../rehearsal/s3.ts';
import { startSecretsManager } from '../../rehearsal/secrets-manager.ts';
import { vector } from '../support/http.ts';

/** What the deployed functions speak to beside the planes: each stands behind a proxy. */
export const backends = [
  'PROMETHEUS',
  'S3',
  'SQS',
  'DYNAMODB',
  'SSM',
  'SECRETS_MANAGER',
  'SNS',
  'SLACK',
  'PAGERDUTY',
  'WEBHOOK',
  'HEARTBEAT',
] as const;
export type Backend = (typeof backends)[number];

/** Nothing of theirs is signed, so they know of no region. */
const UNSIGNED: ReadonlySet<Backend> = new Set(['PROMETHEUS', 'SLACK', 'PAGERDUTY', 'WEBHOOK', 'HEARTBEAT']);

export const REGION = 'eu-west-1';
const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a-secret-of-the-test' };
const TABLE = 'plumbline-live-state';
const TOPIC = `arn:aws:sns:${REGION}:111122223333:alerts`;

export type Backends = Awaited<ReturnType<typeof startBackends>>;

/** All of them, by a clock that is not the machine's. `built` is the configuration as the functions read it. */
export async function startBackends(clock: Pick<Clock, 'now'>, built: string) {
  const account = { clock, region: REGION, credentials: [CREDENTIALS] };
  const silent = new Set<string>();
  const table = await startDynamoDB({ ...account, table: TABLE });
  const receivers = await startAlertReceivers(account);
  const queue = await startQueue(account);
  const secrets = new Map<string, string>();
  const pings: number[] = [];
  const s3 = await startS3({ ...account, objects: new Map([['config/plumbline.json', built]]) });
  const manager = await startSecretsManager({ ...account, secrets });
  const prometheus = await serve(({ path }) =>
    ok(vector(silent.has(path.split('/')[1] ?? '') ? [] : [[{}, '3']], clock.now() / 1000)),
  );
  const heartbeat = await serve(() => {
    pings.push(clock.now());
    return ok('');
  });
  const { environment, parameters } = receivers;
  const originOf = (url: string | undefined) => URL.parse(url ?? '')?.origin ?? '';
  const targets: Readonly<Record<Backend, string>> = {
    PROMETHEUS: prometheus.url,
    S3: s3.url,
    SQS: originOf(queue.environment['AWS_ENDPOINT_URL_SQS']),
    DYNAMODB: table.url,
    SSM: originOf(environment['AWS_ENDPOINT_URL_SSM']),
    SECRETS_MANAGER: manager.url,
    SNS: originOf(environment['AWS_ENDPOINT_URL_SNS']),
    SLACK: originOf(parameters.get('/plumbline/slack-webhook')),
    PAGERDUTY: originOf(environment['PAGERDUTY_URL']),
    WEBHOOK: originOf(environment['WEBHOOK_URL']),
    HEARTBEAT: heartbeat.url,
  };
  const proxies = Object.fromEntries(
    await Promise.all(
      backends.map(async (name) => [name, await startProxy(name, targets[name], clock)] as const),
    ),
  ) as Record<Backend, FaultProxy>;
  parameters.set('/plumbline/slack-webhook', `${proxies.SLACK.url}/services/T000/B000/XXXX`);
  secrets.set('plumbline/pagerduty', parameters.get('/plumbline/pagerduty-key') ?? '');
  secrets.set('plumbline/webhook', parameters.get('/plumbline/webhook-secret') ?? '');
  const servers: readonly RunningServer[] = [table, s3, manager, prometheus, heartbeat];
  const closing = [...servers, receivers, queue, ...Object.values(proxies)];
  return {
    /** Clusters whose metric does not arrive. */
    silent,
    queue,
    receivers,
    /** When something outside was told that all is well. */
    pings,
    placeOf: (name: Backend) => ({ proxy: proxies[name], region: UNSIGNED.has(name) ? '' : REGION }),
    environment: {
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      STATE_TABLE: TABLE,
      ALERT_TOPIC_ARN: TOPIC,
      PLUMBLINE_CONFIG: 's3://config/plumbline.json',
      RUN_QUEUE_URL: `${proxies.SQS.url}/111122223333/plumbline-live-runs`,
      DIRECT_PROMETHEUS: prometheus.url,
      ...Object.fromEntries(
        backends.map((name) =>
          UNSIGNED.has(name)
            ? [`${name}_URL`, proxies[name].url]
            : [`AWS_ENDPOINT_URL_${name}`, proxies[name].url],
        ),
      ),
    },
    close: async () => void (await Promise.all(closing.map((one) => one.close()))),
  };
}

async function startProxy(name: Backend, target: string, clock: Pick<Clock, 'now'>): Promise<FaultProxy> {
  const proxy = await startFaultProxy(clock);
  proxy.targets.set(UNSIGNED.has(name) ? '' : REGION, target);
  return proxy;
}

function ok(body: string): Reply {
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}
