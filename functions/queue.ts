import type { SendMessageBatchResult } from '@aws-sdk/client-sqs';
import { bounded, requestHandler } from '../lib/aws/bounded.ts';
import { awsFailure } from '../lib/aws/failure.ts';
import type { SendBatch } from '../lib/dispatch/send.ts';
import { printable } from '../lib/printable.ts';
import { ConfigurationError, type Container } from './container.ts';

const PATIENCE = { connectMs: 1000, answerMs: 3000 };

/** The queue that feeds `verify`, for as long as the invocation lasts. Throws a ConfigurationError where there is none. */
export async function openQueue({ credentials }: Pick<Container, 'credentials'>): Promise<{
  readonly send: SendBatch;
  readonly close: () => void;
}> {
  const { RUN_QUEUE_URL: queue, AWS_REGION: region = '' } = process.env;
  if (!queue)
    throw new ConfigurationError(['there is no queue; set RUN_QUEUE_URL to the URL that verify is fed from']);
  const { SendMessageBatchCommand, SQSClient } = await import('../lib/aws/sqs.ts');
  const provide = credentials({ region, role: undefined, externalId: undefined });
  const settings = {
    region,
    credentials: () => provide(),
    maxAttempts: 1,
    requestHandler: requestHandler(PATIENCE),
  };
  const client = bounded(new SQSClient(settings), { patience: PATIENCE });
  return {
    send: async (batch) => {
      const entries = batch.map(({ body, delaySeconds }, at) => ({
        Id: String(at),
        MessageBody: body,
        DelaySeconds: delaySeconds,
      }));
      try {
        return refusedOf(
          entries,
          await client.send(new SendMessageBatchCommand({ QueueUrl: queue, Entries: entries })),
        );
      } catch (error) {
        const { reason, detail } = awsFailure(error, `sqs:SendMessage on ${queue}`);
        throw new Error(`${reason}: ${detail}`, { cause: error });
      }
    },
    close: () => client.destroy(),
  };
}

/** Why each was not taken. SQS tells of every one: a run that an answer says nothing of is not taken for one that was sent. */
function refusedOf(
  entries: readonly { readonly Id: string }[],
  { Successful = [], Failed = [] }: Partial<SendMessageBatchResult>,
): ReadonlyMap<number, string> {
  const taken = new Set(Successful.map(({ Id }) => Id));
  const said = new Map(
    Failed.map(({ Id, Code, Message }) => [Id, [Code ?? 'refused', Message ?? ''].join(' ').trim()]),
  );
  return new Map(
    entries
      .filter(({ Id }) => !taken.has(Id) || said.has(Id))
      .map(({ Id }) => [
        Number(Id),
        printable(said.get(Id) ?? 'the answer does not tell of it: does something other than SQS answer?'),
      ]),
  );
}
