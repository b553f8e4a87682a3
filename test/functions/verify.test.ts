import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { serve, vector } from '../support/http.ts';
import { ROOT } from '../support/process.ts';
import { builtFunction, CREDENTIALS } from './functions.ts';

const functions = builtFunction('verify');
const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:alerts';
const PUBLISHED =
  '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>';

const sampleEvents = globSync('events/verify*.json', { cwd: ROOT });
const eventOf = (file: string): unknown => JSON.parse(readFileSync(ROOT + file, 'utf8'));

const CONFIG = `
version: 1
state: 'file:\${env:STATE}'
alerts:
  failAfter: 1
  channels:
    - sns: \${env:ALERT_TOPIC_ARN}
    - slack: ssm:/plumbline/slack-webhook
clusters:
  - name: prod-eu
    region: eu-west-1
    signals:
      - { name: up, prometheus: '\${env:PROMETHEUS}', metric: up, fresh: 1m, runbook: 'https://wiki.example.com/up' }
  - name: staging
    region: eu-west-1
    signals:
      - { name: up, prometheus: '\${env:PROMETHEUS}/staging', metric: up, fresh: 1m }
`;

type World = Awaited<ReturnType<typeof startWorld>>;

/** A Prometheus, SNS, SQS, SSM and Slack on loopback, and a place to remember; `down` names what is broken. */
async function startWorld(down: readonly string[] = []) {
  const prometheus = await serve((request, response) => {
    const isSilent = down.includes(request.path.startsWith('/staging') ? 'staging' : 'prod-eu');
    response.end(vector(isSilent ? [] : [[{}, '3']]));
  });
  const sns = await serve((_request, response) => {
    if (down.includes('sns'))
      response
        .writeHead(403)
        .end('<ErrorResponse><Error><Code>AuthorizationError</Code></Error></ErrorResponse>');
    else response.end(PUBLISHED);
  });
  const slack = await serve((_request, response) => {
    if (down.includes('slack')) response.writeHead(404).end('no_service');
    else response.end('ok');
  });
  const ssm = await serve((_request, response) => {
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(JSON.stringify({ Parameter: { Value: `${slack.url}/services/T000/B000/XXXX\n` } }));
  });
  const sqs = await serve(({ body }, response) => {
    const { MessageBody = '' } = JSON.parse(body) as { MessageBody?: string };
    const MD5OfMessageBody = createHash('md5').update(MessageBody).digest('hex');
    response.writeHead(down.includes('sqs') ? 403 : 200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify({ MessageId: '1', MD5OfMessageBody }));
  });
  const state = await mkdtemp(join(tmpdir(), 'plumbline-state-'));
  onTestFinished(() => rm(state, { recursive: true, force: true }));
  const env = {
    ...CREDENTIALS,
    STATE: state,
    RUN_QUEUE_URL: `${sqs.url}/111122223333/runs`,
    AWS_ENDPOINT_URL_SQS: sqs.url,
    ALERT_TOPIC_ARN: TOPIC,
    PROMETHEUS: prometheus.url,
    AWS_ENDPOINT_URL_SNS: sns.url,
    AWS_ENDPOINT_URL_SSM: ssm.url,
  };
  return { prometheus, sns, sqs, slack, ssm, state, env };
}

async function verify(world: World, event: unknown = {}, times = 1) {
  await functions.configure(CONFIG);
  return functions.invoke(event, { env: world.env, times });
}

describe('events', () => {
  test.each(sampleEvents)('%s is run', async (file) => {
    const world = await startWorld();
    const { results } = await verify(world, eventOf(file));
    const clusters = /clusters|sqs|dispatched/.test(file) ? ['prod-eu'] : ['prod-eu', 'staging'];
    expect(results).toEqual([
      {
        returned: {
          clusters: clusters.map((cluster) => ({ cluster, verdict: 'ok' })),
          undelivered: 0,
          forgotten: 0,
          defects: 0,
        },
      },
    ]);
  });

  test('an event that is wrong ends with what is wrong, and is no heartbeat', async () => {
    const world = await startWorld();
    const { results, metrics } = await verify(world, { cluster: ['prod-eu'] });
    expect(results[0]?.threw).toContain('"cluster" is not a known key; did you mean "clusters"?');
    expect(metrics).toEqual([]);
  });

  test('an unknown cluster stops no other', async () => {
    const world = await startWorld();
    const { results, metrics } = await verify(world, { clusters: ['prod-eu', 'prod-us'] });
    expect(results[0]?.threw).toContain('there is no cluster "prod-us"');
    expect(metrics).toMatchObject([{ Cluster: 'prod-eu', FailingSignals: 0 }, { Runs: 1 }]);
  });
});

describe('a run that was dispatched, of a cluster that is not known', () => {
  const sent = (minutesAgo: number) => {
    const scheduledAt = new Date(Date.now() - minutesAgo * 60_000).toISOString();
    const body = JSON.stringify({ clusters: ['prod-us'], scheduledAt, dispatched: true });
    return { Records: [{ eventSource: 'aws:sqs', body }] };
  };

  test('is tried again, for it may be new', async () => {
    const { results } = await verify(await startWorld(), sent(0));
    expect(results[0]?.threw).toContain('there is no cluster "prod-us"');
  });

  test('is let go of later, for it left the configuration', async () => {
    const { results, log } = await verify(await startWorld(), sent(12));
    expect(results).toMatchObject([{ returned: { clusters: [] } }]);
    expect(log).toContainEqual(
      expect.objectContaining({ level: 'INFO', problems: [expect.stringContaining('prod-us')] }),
    );
  });
});

describe('telling', () => {
  test('what fails is told to every channel', async () => {
    const world = await startWorld(['prod-eu']);
    const { results } = await verify(world);
    expect(results).toMatchObject([{ returned: { undelivered: 0 } }]);
    const [published, ...others] = world.sns.requests;
    expect(others).toEqual([]);
    const form = published?.form;
    expect(form?.get('TopicArn')).toBe(TOPIC);
    expect(form?.get('Subject')).toBe('prod-eu: up failing (prometheus)');
    expect(form?.get('Message')).toContain('expected: newest sample at most 1m old');
    expect(world.slack.requests.map(({ path }) => path)).toEqual(['/services/T000/B000/XXXX']);
    expect(JSON.parse(world.slack.requests[0]?.body ?? '')).toMatchObject({
      text: 'prod-eu: up failing (prometheus)',
    });
  });

  test('nothing is asked of a channel, and no secret read, while nothing fails', async () => {
    const world = await startWorld();
    await verify(world);
    expect([world.sns, world.slack, world.ssm].flatMap(({ requests }) => requests)).toEqual([]);
  });

  test('a broken channel stops no other, and the run ends with an error', async () => {
    const world = await startWorld(['prod-eu', 'sns']);
    const { results, metrics, log } = await verify(world);
    expect(results[0]?.threw).toContain('1 message not delivered');
    expect(world.slack.requests).toHaveLength(1);
    expect(metrics).toMatchObject([
      { Cluster: 'staging', FailingSignals: 0 },
      { Cluster: 'prod-eu', FailingSignals: 1, UndeliveredMessages: 1 },
      { Runs: 1, UndeliveredMessages: 1 },
    ]);
    expect(log.find(({ level }) => level === 'ERROR')).toMatchObject({
      channel: 'sns',
      cluster: 'prod-eu',
      reason: 'denied',
      retry: false,
    });
  });

  test('the webhook is read once per container, and is in no line that leaves the process', async () => {
    const world = await startWorld(['prod-eu', 'slack']);
    const { results, stdout, stderr } = await verify(world, {}, 2);
    expect(results.map(({ threw }) => threw)).toEqual([
      expect.stringContaining('not delivered'),
      expect.stringContaining('not delivered'),
    ]);
    expect([world.ssm.requests.length, world.slack.requests.length]).toEqual([1, 2]);
    expect(JSON.parse(world.ssm.requests[0]?.body ?? '')).toEqual({
      Name: '/plumbline/slack-webhook',
      WithDecryption: true,
    });
    expect(stdout + stderr + JSON.stringify(results)).not.toMatch(/services|T000|B000|XXXX/);
    expect(stderr).toContain('HTTP 404 no_service');
  });
});

describe('remembering', () => {
  const SLOW = CONFIG.replace('failAfter: 1', 'failAfter: 2');

  test('a break that lasts is told once, by the second run; the first asks for a second look', async () => {
    const world = await startWorld(['prod-eu']);
    await functions.configure(SLOW);
    const due = new Date(Date.now() - 600_000).toISOString();
    const run = async (event: unknown) => {
      await functions.invoke(event, { env: world.env });
      return world.sns.requests.length;
    };
    expect(await run({ scheduledAt: due })).toBe(0);
    const [asked, ...more] = world.sqs.requests.map(
      ({ body }) => JSON.parse(body) as Record<string, unknown>,
    );
    expect(more).toEqual([]);
    expect(asked?.['DelaySeconds']).toBeGreaterThanOrEqual(60);
    expect(asked?.['DelaySeconds']).toBeLessThanOrEqual(90);
    const body = String(asked?.['MessageBody']);
    expect(JSON.parse(body)).toEqual({
      clusters: ['prod-eu'],
      scheduledAt: expect.any(String),
      confirms: due,
    });
    expect(await run({ scheduledAt: due })).toBe(0);
    const confirmation = { Records: [{ eventSource: 'aws:sqs', body }] };
    expect(await run(confirmation)).toBe(1);
    expect(await run(confirmation)).toBe(1);
    expect(await run({})).toBe(1);
    expect(world.sqs.requests).toHaveLength(1);
  });

  test('a second look that cannot be asked for costs an interval, and is said', async () => {
    const world = await startWorld(['prod-eu', 'sqs']);
    await functions.configure(SLOW);
    const { results, log } = await functions.invoke({}, { env: world.env });
    expect(results[0]).toHaveProperty('returned');
    expect(log.at(-1)).toMatchObject({
      level: 'ERROR',
      message: 'a second look could not be asked for',
      clusters: ['prod-eu'],
      detail: expect.stringContaining('sqs:SendMessage'),
    });
  });

  test('without a place to remember it says which one is missing', async () => {
    const world = await startWorld();
    await functions.configure(CONFIG.replace(/^state:.*$/m, ''));
    const { results } = await functions.invoke({}, { env: world.env });
    expect(results[0]?.threw).toContain('set STATE_TABLE to the name of the table');
  });
});

describe('what leaves the process', () => {
  test('one line per verdict and message, one line of metrics per cluster, one heartbeat', async () => {
    const world = await startWorld(['staging']);
    const { log, metrics } = await verify(world);
    const told = log.filter(({ message }) => message === 'told');
    expect(new Set(told.map(({ channel }) => channel))).toEqual(new Set(['slack', 'sns']));
    expect(told[0]).toMatchObject({ reason: 'opened', title: 'staging: up failing (prometheus)' });
    expect(log.filter((line) => !told.includes(line))).toMatchObject([
      { level: 'INFO', message: 'ok', cluster: 'prod-eu', signal: 'up', requestId: 'request-1' },
      { level: 'WARN', message: 'failing', cluster: 'staging', findings: [{ expectation: 'fresh' }] },
    ]);
    expect(metrics).toHaveLength(3);
    const heartbeat = metrics.find((line) => 'Runs' in line);
    expect(heartbeat).toMatchObject({
      _aws: { CloudWatchMetrics: [{ Namespace: 'Plumbline', Dimensions: [['Stage']] }] },
      Runs: 1,
      Stage: 'live',
    });
    expect(Object.keys(heartbeat ?? {})).not.toContain('Cluster');
  });

  test('a server that cannot be reached is unknown, told to nobody, and counted', async () => {
    const world = await startWorld();
    await functions.configure(CONFIG);
    const env = { ...world.env, PROMETHEUS: 'http://127.0.0.1:1' };
    const { results, metrics } = await functions.invoke({}, { env });
    expect(results).toMatchObject([
      { returned: { clusters: [{ verdict: 'unknown' }, { verdict: 'unknown' }] } },
    ]);
    expect(metrics).toMatchObject([
      { FailingSignals: 0, UnknownSignals: 1, reasons: { unreachable: 1 } },
      { FailingSignals: 0, UnknownSignals: 1 },
      { Runs: 1 },
    ]);
    expect(world.sns.requests).toEqual([]);
  });
});
