import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { serve, vector } from '../support/http.ts';
import { ROOT } from '../support/process.ts';
import { builtFunctions, CREDENTIALS } from './functions.ts';

const functions = builtFunctions();
const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:alerts';
const PUBLISHED =
  '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>';

const sampleEvents = globSync('events/verify*.json', { cwd: ROOT });
const eventOf = (file: string): unknown => JSON.parse(readFileSync(ROOT + file, 'utf8'));

const CONFIG = `
version: 1
alerts:
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

/** A Prometheus, SNS, SSM and Slack on loopback; `down` names what is broken. */
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
  const env = {
    ...CREDENTIALS,
    ALERT_TOPIC_ARN: TOPIC,
    PROMETHEUS: prometheus.url,
    AWS_ENDPOINT_URL_SNS: sns.url,
    AWS_ENDPOINT_URL_SSM: ssm.url,
  };
  return { prometheus, sns, slack, ssm, env };
}

async function verify(world: World, event: unknown = {}, times = 1) {
  await functions.configure(CONFIG);
  return functions.invoke('verify', event, { env: world.env, times });
}

describe('events', () => {
  test.each(sampleEvents)('%s is run', async (file) => {
    const world = await startWorld();
    const { results } = await verify(world, eventOf(file));
    const clusters = file.includes('clusters') || file.includes('sqs') ? ['prod-eu'] : ['prod-eu', 'staging'];
    expect(results).toEqual([
      {
        returned: {
          clusters: clusters.map((cluster) => ({ cluster, verdict: 'ok' })),
          undelivered: 0,
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

describe('what leaves the process', () => {
  test('one line per verdict, one line of metrics per cluster, one heartbeat', async () => {
    const world = await startWorld(['staging']);
    const { log, metrics } = await verify(world);
    expect(log).toHaveLength(2);
    expect(log).toMatchObject([
      { level: 'INFO', message: 'ok', cluster: 'prod-eu', signal: 'up', requestId: 'request-1' },
      { level: 'WARN', message: 'failing', cluster: 'staging', findings: [{ expectation: 'fresh' }] },
    ]);
    expect(metrics).toHaveLength(3);
    const heartbeat = metrics.find((line) => 'Runs' in line);
    expect(heartbeat).toMatchObject({
      _aws: { CloudWatchMetrics: [{ Namespace: 'Plumbline', Dimensions: [[]] }] },
      Runs: 1,
    });
    expect(Object.keys(heartbeat ?? {})).not.toContain('Cluster');
  });

  test('a server that cannot be reached is unknown, told to nobody, and counted', async () => {
    const world = await startWorld();
    await functions.configure(CONFIG);
    const env = { ...world.env, PROMETHEUS: 'http://127.0.0.1:1' };
    const { results, metrics } = await functions.invoke('verify', {}, { env });
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
