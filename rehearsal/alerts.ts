import { createHmac } from 'node:crypto';
import { type Clock, systemClock } from '../lib/clock.ts';
import { type ArrivedRequest, json, type Outcome, type Reply, type RunningServer, serve } from './http.ts';
import { type KnownCredentials, verifySignature } from './sigv4.ts';

/** What SNS published. */
export interface Told {
  readonly topic: string;
  readonly subject: string;
  readonly message: string;
  /** By name; a list is its JSON. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** What PagerDuty was told; a resolve has no payload. */
export interface Paged {
  readonly event_action: string;
  readonly dedup_key: string;
  readonly payload?: { readonly summary: string; readonly severity: string; readonly source: string };
}

/** What the webhook was posted, once its signature was found right. */
export interface Hooked {
  readonly id: string;
  readonly body: unknown;
}

export const receiverKinds = ['sns', 'slack', 'pagerduty', 'webhook'] as const;
export type ReceiverKind = (typeof receiverKinds)[number];

export interface AlertReceivers {
  /** What each took, in order; what came while it was down is not there. */
  readonly published: readonly Told[];
  readonly posted: readonly unknown[];
  readonly paged: readonly Paged[];
  readonly hooked: readonly Hooked[];
  /** Those that answer 503 for now. */
  readonly down: Set<ReceiverKind>;
  /**
   * Where the SDK finds SNS and SSM, and what `endpoint: ${env:PAGERDUTY_URL}` and `webhook: ${env:WEBHOOK_URL}` stand
   * for. The store has `/plumbline/slack-webhook`, `/plumbline/pagerduty-key`, `/plumbline/webhook` and
   * `/plumbline/webhook-secret`.
   */
  readonly environment: Readonly<Record<string, string>>;
  /** What stands in the store, by name; what is set holds from then on. */
  readonly parameters: Map<string, string>;
  close(): Promise<void>;
}

interface Account {
  readonly region: string;
  readonly credentials: readonly KnownCredentials[];
  /** The machine's own where there is none. */
  readonly clock?: Pick<Clock, 'now'>;
}

const ROUTING_KEY = 'R0123456789abcdef0123456789abcde';
const SECRET = 'whsec_cmVoZWFyc2FsLXJlaGVhcnNhbC1yZWhlYXJzYWw=';
const MOST_SKEW_S = 300;

const PUBLISHED: Reply = {
  status: 200,
  headers: { 'content-type': 'text/xml' },
  body: '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>',
};

/** A simulated SNS, a parameter store that keeps what channels need, and the other ends of Slack, PagerDuty and a webhook. */
export async function startAlertReceivers(account: Account): Promise<AlertReceivers> {
  const published: Told[] = [];
  const posted: unknown[] = [];
  const paged: Paged[] = [];
  const hooked: Hooked[] = [];
  const down = new Set<ReceiverKind>();
  const receive = (kind: ReceiverKind, answer: (arrived: ArrivedRequest) => Outcome) =>
    serve((arrived) => (down.has(kind) ? { status: 503, body: '' } : answer(arrived)));

  const slack = await receive('slack', (arrived) => {
    posted.push(JSON.parse(textOf(arrived)));
    return { status: 200, body: 'ok' };
  });
  const pagerduty = await receive('pagerduty', (arrived) => enqueue(arrived, paged));
  const webhook = await receive('webhook', (arrived) => {
    if (!isAuthentic(arrived, account)) return { status: 401, body: 'wrong signature' };
    hooked.push({ id: arrived.headers.get('webhook-id') ?? '', body: JSON.parse(textOf(arrived)) });
    return { status: 204, body: '' };
  });
  const sns = await receive('sns', (arrived) =>
    signed(arrived, 'sns', account, () => {
      published.push(told(new URLSearchParams(textOf(arrived))));
      return PUBLISHED;
    }),
  );
  const parameters = new Map([
    ['/plumbline/slack-webhook', `${slack.url}/services/T000/B000/XXXX`],
    ['/plumbline/pagerduty-key', ROUTING_KEY],
    ['/plumbline/webhook', `${webhook.url}/plumbline`],
    ['/plumbline/webhook-secret', SECRET],
  ]);
  const ssm = await serve((arrived) =>
    signed(arrived, 'ssm', account, () => parameter(textOf(arrived), parameters)),
  );
  const servers: readonly RunningServer[] = [slack, pagerduty, webhook, sns, ssm];
  return {
    published,
    posted,
    paged,
    hooked,
    down,
    environment: {
      AWS_ENDPOINT_URL_SNS: sns.url,
      AWS_ENDPOINT_URL_SSM: ssm.url,
      PAGERDUTY_URL: pagerduty.url,
      WEBHOOK_URL: `${webhook.url}/plumbline`,
    },
    parameters,
    close: async () => {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

function textOf({ body }: ArrivedRequest): string {
  return Buffer.from(body).toString();
}

function signed(
  arrived: ArrivedRequest,
  service: string,
  { region, credentials, clock = systemClock }: Account,
  answer: () => Reply,
): Reply {
  const refusal = verifySignature(arrived, { service, region, credentials, now: clock.now() });
  return refusal
    ? json(refusal.status, JSON.stringify({ message: refusal.message }), refusal.type)
    : answer();
}

function told(form: URLSearchParams): Told {
  const attributes: Record<string, string> = {};
  for (let index = 1; ; index += 1) {
    const name = form.get(`MessageAttributes.entry.${index}.Name`);
    if (name === null) break;
    attributes[name] = form.get(`MessageAttributes.entry.${index}.Value.StringValue`) ?? '';
  }
  const field = (name: string) => form.get(name) ?? '';
  return { topic: field('TopicArn'), subject: field('Subject'), message: field('Message'), attributes };
}

function parameter(body: string, parameters: ReadonlyMap<string, string>): Reply {
  const { Name = '' } = JSON.parse(body) as { readonly Name?: string };
  const Value = parameters.get(Name);
  return Value === undefined
    ? json(400, JSON.stringify({ message: Name }), 'ParameterNotFound')
    : json(200, JSON.stringify({ Parameter: { Name, Value } }));
}

/** As PagerDuty does: 202 for what is complete, else 400 and what is missing. */
function enqueue(arrived: ArrivedRequest, paged: Paged[]): Reply {
  const { routing_key: key, ...event } = JSON.parse(textOf(arrived)) as Paged & {
    readonly routing_key: string;
  };
  const { payload } = event;
  const isComplete =
    event.event_action === 'resolve' || Boolean(payload?.summary && payload.source && payload.severity);
  const errors = [
    ...(arrived.path === '/v2/enqueue' ? [] : ['there is no such path']),
    ...(key === ROUTING_KEY ? [] : ["'routing_key' is not known"]),
    ...(isComplete ? [] : ["'payload' is incomplete"]),
  ];
  if (errors.length > 0) return json(400, JSON.stringify({ status: 'invalid event', errors }));
  paged.push(event);
  return json(202, JSON.stringify({ status: 'success', dedup_key: event.dedup_key }));
}

/** As a receiver of Standard Webhooks does. */
function isAuthentic(arrived: ArrivedRequest, { clock = systemClock }: Account): boolean {
  const header = (name: string) => arrived.headers.get(`webhook-${name}`) ?? '';
  const isRecent = Math.abs(clock.now() / 1000 - Number(header('timestamp'))) <= MOST_SKEW_S;
  const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');
  const text = `${header('id')}.${header('timestamp')}.${textOf(arrived)}`;
  const expected = createHmac('sha256', key).update(text).digest('base64');
  return isRecent && header('signature').split(' ').includes(`v1,${expected}`);
}
