import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { DescribeTableCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda';
import { GetTopicAttributesCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Environment, startEnvironment } from '../lambda/runtime-api.ts';
import { cloneOfFiles, osls, removeClone } from '../serverless/template.ts';
import { plumbline } from '../support/command-line.ts';
import { vector } from '../support/http.ts';
import { hasMoto, startMoto } from '../support/moto.ts';

const available = hasMoto('the deployed service');

const REGION = 'eu-west-1';
const CREDENTIALS = { accessKeyId: 'testing', secretAccessKey: 'testing' };
const PLACE = '--param=config=ssm:/plumbline/config';
const MINUTE_MS = 60_000;
const NAMES = ['c0', 'c1', 'c2'];

const yaml = (prometheus: string) => `
version: 1
alerts:
  failAfter: 1
  channels: [{ sns: '\${env:ALERT_TOPIC_ARN}' }]
clusters:
${NAMES.map((name) => `  - { name: ${name}, region: ${REGION}, every: 1m, signals: [{ name: up, prometheus: '${prometheus}/${name}', metric: up }] }`).join('\n')}
`;

describe.skipIf(!available)('the service, deployed on moto', () => {
  let clone = '';
  let moto: Awaited<ReturnType<typeof startMoto>>;
  let env: Record<string, string> = {};
  let json = '';
  const silent = new Set<string>();
  /** Ticks of the past, so that nobody has to wait for them. */
  const begin = Math.floor(Date.now() / MINUTE_MS - 11) * MINUTE_MS;
  const environments: Environment[] = [];
  const clients = () => {
    const settings = { region: REGION, credentials: CREDENTIALS, endpoint: moto.url };
    return {
      sqs: new SQSClient(settings),
      sns: new SNSClient(settings),
      lambda: new LambdaClient(settings),
      ssm: new SSMClient(settings),
      dynamodb: new DynamoDBClient(settings),
    };
  };

  const prometheus = createServer(({ url = '' }, response) => {
    const isSilent = silent.has(url.split('/')[1] ?? '');
    response.end(vector(isSilent ? [] : [[{}, '3']]));
  });
  let port = 0;

  beforeAll(async () => {
    prometheus.listen(0, '127.0.0.1');
    await once(prometheus, 'listening');
    const address = prometheus.address();
    port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    moto = await startMoto();
    clone = await cloneOfFiles();
    env = {
      AWS_ENDPOINT_URL: moto.url,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      AWS_REGION: REGION,
    };
  }, 60_000);

  afterAll(async () => {
    await Promise.all(environments.map(({ stop }) => stop()));
    prometheus.closeAllConnections();
    prometheus.close();
    await moto.stop();
    await removeClone(clone);
  });

  /** A new execution environment of a function as it was packed, with the environment that the stack gives it. */
  async function start(name: string): Promise<Environment> {
    const FunctionName = `plumbline-live-${name}`;
    const { Handler = '', Environment } = await clients().lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName }),
    );
    const variables: Record<string, string> = Environment?.Variables ?? {};
    expect(variables['RUN_QUEUE_URL']).toContain('/plumbline-live-runs');
    const RUN_QUEUE_URL = `${moto.url}/123456789012/runs`;
    const started = await startEnvironment({
      root: clone,
      handler: Handler,
      timeoutMs: MINUTE_MS,
      env: { ...env, AWS_LAMBDA_FUNCTION_NAME: FunctionName, ...variables, RUN_QUEUE_URL },
    });
    environments.push(started);
    return started;
  }

  /** Takes every message of a queue, as Lambda does. */
  async function take(name: string): Promise<Message[]> {
    const { sqs } = clients();
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
    const taken: Message[] = [];
    for (;;) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
      );
      if (Messages.length === 0) return taken;
      for (const message of Messages) {
        taken.push(message);
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
      }
    }
  }

  /** A tick, and the runs that it sends. */
  async function tickOf(at: number, dispatch: Environment, verify: Environment) {
    const { returned, threw } = await dispatch.invoke({ scheduledAt: new Date(at).toISOString() });
    expect(threw, dispatch.output()).toBeUndefined();
    const { sent } = returned as { readonly sent: number };
    const messages = await take('runs');
    // They are spread over seconds.
    for (let wait = 0; messages.length < sent && wait < 40; wait += 1) {
      await setTimeout(1000);
      messages.push(...(await take('runs')));
    }
    for (const { Body } of messages) {
      const answer = await verify.invoke({ Records: [{ eventSource: 'aws:sqs', body: Body }] });
      expect(answer.threw, verify.output()).toBeUndefined();
    }
    return { ...(returned as { readonly sent: number }), messages: messages.length };
  }

  const subjects = async (): Promise<string[]> =>
    (await take('listener')).map(({ Body = '' }) => (JSON.parse(Body) as { Subject: string }).Subject);

  test('osls deploy makes it', async () => {
    await writeFile(join(clone, 'plumbline.yaml'), yaml(`http://127.0.0.1:${port}`));
    const built = await plumbline(['build', '--config', join(clone, 'plumbline.yaml')]);
    expect(built.code, built.stderr).toBe(0);
    json = built.stdout;
    await clients().ssm.send(
      new PutParameterCommand({ Name: '/plumbline/config', Type: 'String', Value: json }),
    );
    const deployed = await osls(clone, ['deploy', '--region', REGION, PLACE], env);
    expect(deployed.code, deployed.stdout + deployed.stderr).toBe(0);
    const TopicArn = `arn:aws:sns:${REGION}:123456789012:plumbline-live-alerts`;
    const { sqs, sns, dynamodb } = clients();
    const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
    expect(Attributes?.['KmsMasterKeyId']).toMatch(/\w/);
    const table = { TableName: 'plumbline-live-state' };
    expect((await dynamodb.send(new DescribeTableCommand(table))).Table?.TableStatus).toBe('ACTIVE');
    const { EventSourceMappings } = await clients().lambda.send(new ListEventSourceMappingsCommand({}));
    expect(EventSourceMappings).toMatchObject([{ BatchSize: 1 }]);
    // moto's own poller takes messages of the stack's queue and has no container to hand them to.
    await sqs.send(new CreateQueueCommand({ QueueName: 'runs' }));
    await sqs.send(new CreateQueueCommand({ QueueName: 'listener' }));
    const Endpoint = `arn:aws:sqs:${REGION}:123456789012:listener`;
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint }));
  }, 300_000);

  test('what breaks together goes through queue, table and topic to who listens, as one message; so does its end', async () => {
    const [dispatch, verify] = [await start('dispatch'), await start('verify')];
    const tick = (minute: number) => tickOf(begin + minute * MINUTE_MS, dispatch, verify);
    expect(await tick(0)).toMatchObject({ sent: 3, messages: 3 });
    for (const name of NAMES) silent.add(name);
    await tick(1);
    await tick(2);
    expect(await subjects()).toEqual(['3 clusters are failing (region eu-west-1)']);
    silent.clear();
    await tick(3);
    await tick(4);
    await tick(5);
    expect(await subjects()).toEqual(['3 clusters have recovered (region eu-west-1)']);
    const { Items = [] } = await clients().dynamodb.send(
      new ScanCommand({ TableName: 'plumbline-live-state' }),
    );
    const kinds = new Set(Items.map(({ pk }) => pk?.S?.split('#')[0]));
    expect(kinds).toEqual(new Set(['cluster', 'run', 'held', 'config']));
  }, 300_000);

  test('a wrong configuration is told once, by functions that start anew with the last good one', async () => {
    const { ssm } = clients();
    const put = (Value: string) =>
      ssm.send(
        new PutParameterCommand({ Name: '/plumbline/config', Type: 'String', Value, Overwrite: true }),
      );
    await put('version: 1');
    const tick = async (minute: number) => {
      const [dispatch, verify] = [await start('dispatch'), await start('verify')];
      expect(await tickOf(begin + minute * MINUTE_MS, dispatch, verify)).toMatchObject({
        sent: 3,
        messages: 3,
      });
    };
    await tick(6);
    await tick(7);
    expect((await subjects()).filter((subject) => subject.includes('configuration'))).toEqual([
      'Plumbline: the configuration is wrong',
    ]);
    await put(json);
    await tick(8);
    expect((await subjects()).filter((subject) => subject.includes('configuration'))).toEqual([
      'Plumbline: the configuration can be used again',
    ]);
  }, 300_000);

  test('osls remove leaves nothing', async () => {
    const removed = await osls(clone, ['remove', '--region', REGION, PLACE], env);
    expect(removed.code, removed.stdout + removed.stderr).toBe(0);
    const { sqs, dynamodb } = clients();
    await expect(
      dynamodb.send(new DescribeTableCommand({ TableName: 'plumbline-live-state' })),
    ).rejects.toThrow(/not found/);
    await expect(sqs.send(new GetQueueUrlCommand({ QueueName: 'plumbline-live-runs' }))).rejects.toThrow(
      /does not exist/,
    );
  }, 300_000);
});

test('osls package makes the same twice, byte for byte but for the time in the names of its uploads', async () => {
  const packed = await Promise.all(
    [0, 1].map(async () => {
      const place = await cloneOfFiles();
      try {
        const { code, stdout, stderr } = await osls(place, ['package']);
        expect(code, stdout + stderr).toBe(0);
        const read = (file: string) => readFile(join(place, '.serverless', file));
        const names = ['dispatch', 'verify', 'check', 'mute', 'widget'];
        const zips = await Promise.all(names.map((name) => read(`${name}.zip`)));
        const template = String(await read('cloudformation-template-update-stack.json'));
        return { zips, template: template.replaceAll(/\d{13}-[\dT:.-]+Z/g, 'TIME') };
      } finally {
        await removeClone(place);
      }
    }),
  );
  const [one, other] = packed;
  expect(one?.zips.map((zip, at) => zip.equals(other?.zips[at] ?? Buffer.of()))).toEqual([
    true,
    true,
    true,
    true,
    true,
  ]);
  expect(one?.template).toBe(other?.template);
}, 300_000);
