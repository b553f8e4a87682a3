import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { serve, vector } from '../support/http.ts';
import { builtFunction, CREDENTIALS } from './functions.ts';

const dispatch = builtFunction('dispatch');
const verify = builtFunction('verify');
const TICK = '2026-11-20T12:00:00.000Z';
const MINUTE_MS = 60_000;
/** Two to three minutes ago, so that the tick after it is past too: the functions go by the machine's clock. */
const RECENT = Math.floor(Date.now() / MINUTE_MS - 2) * MINUTE_MS;
const isoOf = (after: number) => new Date(RECENT + after).toISOString();

const CONFIG = `
version: 1
state: 'file:\${env:STATE}'
alerts:
  failAfter: 1
  channels: [{ slack: '\${env:SLACK}' }]
clusters:
  - { name: prod-eu, region: eu-west-1, every: 1m, signals: [{ name: up, prometheus: '\${env:PROMETHEUS}', metric: up }] }
  - { name: staging, region: eu-west-1, every: 10m, signals: [{ name: up, prometheus: '\${env:PROMETHEUS}', metric: up }] }
  - { name: off, region: eu-west-1, signals: [{ name: up, off: true, prometheus: '\${env:PROMETHEUS}', metric: up }] }
`;

interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
  readonly DelaySeconds: number;
}

/** A silent Prometheus, a queue that keeps what it takes, Slack, and a place to remember. */
async function world({ refuses = false } = {}) {
  const taken: Entry[] = [];
  const sqs = await serve(({ body }, response) => {
    const { Entries = [] } = JSON.parse(body) as { Entries?: Entry[] };
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
    if (refuses) {
      const Failed = Entries.map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false }));
      response.end(JSON.stringify({ Successful: [], Failed }));
      return;
    }
    taken.push(...Entries);
    const Successful = Entries.map(({ Id, MessageBody }) => ({
      Id,
      MessageId: Id,
      MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
    }));
    response.end(JSON.stringify({ Successful, Failed: [] }));
  });
  const slack = await serve((_request, response) => void response.end('ok'));
  const prometheus = await serve((_request, response) => void response.end(vector([])));
  const state = await mkdtemp(join(tmpdir(), 'plumbline-state-'));
  onTestFinished(() => rm(state, { recursive: true, force: true }));
  const env = {
    ...CREDENTIALS,
    STATE: state,
    RUN_QUEUE_URL: `${sqs.url}/111122223333/runs`,
    AWS_ENDPOINT_URL_SQS: sqs.url,
    SLACK: `${slack.url}/services/T000/B000/XXXX`,
    PROMETHEUS: prometheus.url,
  };
  await Promise.all([dispatch.configure(CONFIG), verify.configure(CONFIG)]);
  return { taken, sqs, slack, prometheus, env };
}

describe('a tick', () => {
  test('sends what is due, each cluster once, and is a heartbeat', async () => {
    const { taken, env } = await world();
    const event = { scheduledAt: TICK };
    const { results, metrics } = await dispatch.invoke(event, { env: { ...env, STAGE: 'blue' }, times: 2 });
    expect(results).toMatchObject([
      { returned: { tick: TICK, sent: 2, unsent: 0, overdue: 0, defects: 0 } },
      { returned: { tick: TICK, sent: 0 } },
    ]);
    expect(taken.map(({ MessageBody }) => JSON.parse(MessageBody) as unknown)).toEqual(
      ['prod-eu', 'staging'].map((name) => ({ clusters: [name], scheduledAt: TICK, dispatched: true })),
    );
    expect(metrics).toMatchObject([
      { Ticks: 1, Stage: 'blue' },
      { Ticks: 1, Stage: 'blue' },
    ]);
    const next = { scheduledAt: '2026-11-20T12:01:00Z' };
    expect((await dispatch.invoke(next, { env })).results).toMatchObject([{ returned: { sent: 1 } }]);
  });

  test('tells what the runs that were sent by the one before have found', async () => {
    const { taken, slack, env } = await world();
    await dispatch.invoke({ scheduledAt: isoOf(0) }, { env });
    const [message] = taken;
    const event = { Records: [{ eventSource: 'aws:sqs', body: message?.MessageBody }] };
    const { results } = await verify.invoke(event, { env, times: 2 });
    expect(results).toMatchObject([
      { returned: { clusters: [{ cluster: 'prod-eu', verdict: 'failing' }] } },
      { returned: { clusters: [{ cluster: 'prod-eu', verdict: 'repeated' }] } },
    ]);
    expect(slack.requests).toEqual([]);
    await dispatch.invoke({ scheduledAt: isoOf(MINUTE_MS) }, { env });
    expect(slack.requests.map(({ body }) => JSON.parse(body) as unknown)).toMatchObject([
      { text: 'prod-eu: up failing (prometheus)' },
    ]);
  });

  test('tells what the tick before could not, as its queue and its channel took nothing', async () => {
    const { taken, slack, env } = await world();
    const refusing = await world({ refuses: true });
    const deaf = await serve((_request, response) => void response.writeHead(403).end('invalid_token'));
    await dispatch.invoke({ scheduledAt: isoOf(0) }, { env });
    const event = { Records: [{ eventSource: 'aws:sqs', body: taken[0]?.MessageBody }] };
    await verify.invoke(event, { env });
    const { RUN_QUEUE_URL, AWS_ENDPOINT_URL_SQS } = refusing.env;
    const broken = { RUN_QUEUE_URL, AWS_ENDPOINT_URL_SQS, SLACK: `${deaf.url}/services/T000/B000/XXXX` };
    const first = await dispatch.invoke({ scheduledAt: isoOf(MINUTE_MS) }, { env: { ...env, ...broken } });
    expect(first.results[0]?.threw).toMatch(/^\d runs? not sent; 1 message not delivered/);
    const before = taken.length;
    const next = await dispatch.invoke({ scheduledAt: isoOf(2 * MINUTE_MS) }, { env });
    expect(next.results).toMatchObject([
      { returned: { unsent: 0, undelivered: 0, defects: 0, forgotten: 0 } },
    ]);
    // Of a cluster that is due each minute the slot before is closed.
    const sent = taken.slice(before).filter(({ MessageBody }) => MessageBody.includes('prod-eu'));
    expect(sent).toMatchObject([{ MessageBody: expect.stringContaining(isoOf(2 * MINUTE_MS)) }]);
    expect(slack.requests.map(({ body }) => JSON.parse(body) as unknown)).toMatchObject([
      { text: 'prod-eu: up failing (prometheus)' },
    ]);
  });

  test('of a configuration in S3 looks at what stands there, once a minute', async () => {
    const { taken, env } = await world();
    const json = await dispatch.built();
    const s3 = await serve(({ headers }, response) => {
      response.setHeader('etag', '"v1"');
      if (headers['if-none-match'] === '"v1"') response.writeHead(304).end();
      else response.end(json);
    });
    const place = { PLUMBLINE_CONFIG: 's3://config/plumbline.json', AWS_ENDPOINT_URL_S3: s3.url };
    await dispatch.configure(CONFIG.replace('prod-eu', 'packed'));
    const invoked = await dispatch.invoke({ scheduledAt: TICK }, { env: { ...env, ...place }, times: 2 });
    expect(invoked.results[0]).toMatchObject({ returned: { sent: 2 } });
    expect(taken.map(({ MessageBody }) => MessageBody).join()).toContain('prod-eu');
    expect(s3.requests.map(({ path }) => path)).toEqual(['/config/plumbline.json?x-id=GetObject']);
  });

  test('of a configuration that was never good says what is wrong with it', async () => {
    const { env } = await world();
    const s3 = await serve((_request, response) => void response.setHeader('etag', '"v1"').end('version: 1'));
    const place = { PLUMBLINE_CONFIG: 's3://config/plumbline.yaml', AWS_ENDPOINT_URL_S3: s3.url };
    const { results } = await dispatch.invoke({}, { env: { ...env, ...place } });
    expect(results[0]?.threw).toContain(
      's3://config/plumbline.yaml:1:1: error: this is not a built configuration; run',
    );
  });

  test('ends with an error where the queue takes nothing', async () => {
    const { env } = await world({ refuses: true });
    const { results, log } = await dispatch.invoke({ scheduledAt: TICK }, { env });
    expect(results[0]?.threw).toBe('2 runs not sent');
    expect(log.find(({ cluster }) => cluster === 'staging')).toMatchObject({
      level: 'ERROR',
      message: 'the queue did not take a run',
      detail: 'InternalError',
    });
  });

  test('without a queue it says which variable is missing', async () => {
    const { env } = await world();
    const { results } = await dispatch.invoke({}, { env: { ...env, RUN_QUEUE_URL: '' } });
    expect(results[0]?.threw).toContain('set RUN_QUEUE_URL');
  });

  test('an event that is wrong ends with what is wrong, and is no heartbeat', async () => {
    const { env } = await world();
    const { results, metrics } = await dispatch.invoke({ clusters: ['a'] }, { env });
    expect(results[0]?.threw).toContain('"clusters" is not a known key');
    expect(metrics).toEqual([]);
  });
});
