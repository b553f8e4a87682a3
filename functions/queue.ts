import { awsFailure } from '../lib/aws/failure.ts';
import type { SendBatch } from '../lib/dispatch/send.ts';
import { printable } from '../lib/printable.ts';
import { ConfigurationError, type Container } from './container.ts';

const PATIENCE = { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true };

/** The queue that feeds `verify`, for as long as the invocation lasts. Throws a ConfigurationError where there is none. */
export async function openQueue({ credentials }: Container): Promise<{
  readonly send: SendBatch;
  readonly close: () => void;
}> {
  const { RUN_QUEUE_URL: queue, AWS_REGION: region = '' } = process.env;
  if (!queue)
    throw new ConfigurationError(['there is no queue; set RUN_QUEUE_URL to the URL that verify is fed from']);
  const { SendMessageBatchCommand, SQSClient } = await import('../lib/aws/sqs.ts');
  const provide = credentials({ region, role: undefined, externalId: undefined });
  const client = new SQSClient({
    region,
    credentials: () => provide(),
    maxAttempts: 1,
    requestHandler: PATIENCE,
  });
  return {
    send: async (batch) => {
      const entries = batch.map(({ body, delaySeconds }, at) => ({
        Id: String(at),
        MessageBody: body,
        DelaySeconds: delaySeconds,
      }));
      try {
        const { Failed = [] } = await client.send(
          new SendMessageBatchCommand({ QueueUrl: queue, Entries: entries }),
        );
        return new Map(
          Failed.map(({ Id, Code, Message }) => [
            Number(Id),
            printable([Code ?? 'refused', Message ?? ''].join(' ').trim()),
          ]),
        );
      } catch (error) {
        const { reason, detail } = awsFailure(error, `sqs:SendMessage on ${queue}`);
        throw new Error(`${reason}: ${detail}`, { cause: error });
      }
    },
    close: () => client.destroy(),
  };
}
