import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Message } from '../../lib/message.ts';
import { sns } from '../../lib/notifiers/sns.ts';
import { message, storm } from '../notifiers/messages.ts';
import { systemClock } from '../../lib/clock.ts';
import { hasMoto, startMoto } from '../support/moto.ts';

const available = hasMoto('SNS');

const REGION = 'eu-west-1';
const CREDENTIALS = { accessKeyId: 'testing', secretAccessKey: 'testing' };

interface Received {
  readonly Subject: string;
  readonly Message: string;
  readonly MessageAttributes: Readonly<Record<string, { readonly Type: string; readonly Value: string }>>;
}

describe.skipIf(!available)('subscriptions to the topic, on moto', () => {
  let stop = async (): Promise<void> => {};
  let queues: SQSClient | undefined;
  let topics: SNSClient | undefined;

  beforeAll(async () => {
    const moto = await startMoto();
    stop = moto.stop;
    const { url } = moto;
    vi.stubEnv('AWS_ENDPOINT_URL', url);
    vi.stubEnv('AWS_ENDPOINT_URL_SNS', url);
    queues = new SQSClient({ region: REGION, credentials: CREDENTIALS });
    topics = new SNSClient({ region: REGION, credentials: CREDENTIALS });
  }, 40_000);

  afterAll(async () => {
    await stop();
    vi.unstubAllEnvs();
  });

  /** What subscriptions with these filter policies receive of the message, by the policy's name. */
  async function received(
    policies: Readonly<Record<string, object>>,
    what: Message,
    format?: 'chatops',
  ): Promise<Record<string, Received>> {
    if (!queues || !topics) throw new Error('moto is not there');
    const name = `t${Math.random().toString(36).slice(2)}`;
    const { TopicArn = '' } = await topics.send(new CreateTopicCommand({ Name: name }));
    const urls: Record<string, string> = {};
    for (const [index, [key, policy]] of Object.entries(policies).entries()) {
      const { QueueUrl = '' } = await queues.send(new CreateQueueCommand({ QueueName: `${name}-${index}` }));
      urls[key] = QueueUrl;
      await topics.send(
        new SubscribeCommand({
          TopicArn,
          Protocol: 'sqs',
          Endpoint: TopicArn.replace(':sns:', ':sqs:').replace(/[^:]+$/, `${name}-${index}`),
          Attributes: { FilterPolicy: JSON.stringify(policy) },
        }),
      );
    }
    const delivery = await sns(TopicArn, format)(what, {
      clock: systemClock,
      fetch,
      deadline: Date.now() + 20_000,
      credentials: () => async () => CREDENTIALS,
      resolve: async (value) => ({ value }),
    });
    expect(delivery).toEqual({ delivered: true });
    const found: Record<string, Received> = {};
    for (const [key, QueueUrl] of Object.entries(urls)) {
      const { Messages = [] } = await queues.send(new ReceiveMessageCommand({ QueueUrl }));
      if (Messages[0]) found[key] = JSON.parse(Messages[0].Body ?? '') as Received;
    }
    return found;
  }

  test('choose by cluster, severity and reason', async () => {
    const found = await received(
      {
        cluster: { cluster: ['prod-eu'] },
        another: { cluster: ['staging'] },
        critical: { severity: ['critical'], reason: ['opened', 'found'] },
        recovered: { reason: ['recovered'] },
      },
      message(),
    );
    expect(Object.keys(found)).toEqual(['cluster', 'critical']);
    expect(found['cluster']).toMatchObject({
      Subject: 'prod-eu: canary failing (amp)',
      MessageAttributes: { cluster: { Type: 'String', Value: 'prod-eu' }, id: { Value: message().id } },
    });
  });

  test('hear of a storm by any of its clusters', async () => {
    const found = await received(
      { one: { cluster: ['prod-7'] }, none: { cluster: ['prod-300'] } },
      storm(300),
    );
    expect(Object.keys(found)).toEqual(['one']);
    expect(JSON.parse(found['one']?.MessageAttributes['cluster']?.Value ?? '')).toHaveLength(300);
  });

  test('may be a chat', async () => {
    const found = await received({ chat: { severity: ['critical'] } }, message(), 'chatops');
    expect(JSON.parse(found['chat']?.Message ?? '')).toMatchObject({ version: '1.0', source: 'custom' });
  });
});
