import { createHash } from 'node:crypto';
import { type Clock, systemClock } from '../lib/clock.ts';
import { json, serve } from './http.ts';
import { type KnownCredentials, verifySignature } from './sigv4.ts';

/** One message as it was sent to the queue. */
export interface Sent {
  readonly body: string;
  readonly delaySeconds: number;
}

export interface Queue {
  /** In order; nobody receives them. */
  readonly sent: readonly Sent[];
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** A simulated SQS queue that is sent to, one by one or in batches: it checks signatures, and refuses what is no message. */
export async function startQueue(account: {
  readonly region: string;
  readonly credentials: readonly KnownCredentials[];
  /** The machine's own where there is none. */
  readonly clock?: Pick<Clock, 'now'>;
}): Promise<Queue> {
  const sent: Sent[] = [];
  const { region, credentials, clock = systemClock } = account;
  const take = ({ MessageBody: body, DelaySeconds: delaySeconds }: Readonly<Record<string, unknown>>) => {
    if (typeof body !== 'string' || typeof delaySeconds !== 'number' || delaySeconds > 900) return undefined;
    sent.push({ body, delaySeconds });
    const digest = createHash('md5').update(body).digest('hex');
    return { MessageId: String(sent.length), MD5OfMessageBody: digest };
  };
  const server = await serve((arrived) => {
    const refusal = verifySignature(arrived, { service: 'sqs', region, credentials, now: clock.now() });
    if (refusal) return json(refusal.status, JSON.stringify({ message: refusal.message }), refusal.type);
    const { Entries: entries, ...message } = JSON.parse(Buffer.from(arrived.body).toString()) as {
      readonly Entries?: readonly Record<string, unknown>[];
    };
    const asked: readonly Readonly<Record<string, unknown>>[] = entries ?? [message];
    const taken = asked.map((one) => ({ Id: one['Id'], ...take(one) }));
    if (taken.some((one) => !('MessageId' in one)))
      return json(400, JSON.stringify({ message: 'not a message' }), 'InvalidParameterValue');
    return json(200, JSON.stringify(entries ? { Successful: taken, Failed: [] } : taken[0]));
  });
  return {
    sent,
    environment: {
      AWS_ENDPOINT_URL_SQS: server.url,
      RUN_QUEUE_URL: `${server.url}/111122223333/plumbline-live-runs`,
    },
    close: () => server.close(),
  };
}
