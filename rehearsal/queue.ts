import { createHash } from 'node:crypto';
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

/** A simulated SQS queue that `verify` sends to: it checks signatures, and refuses what is no message. */
export async function startQueue(account: {
  readonly region: string;
  readonly credentials: readonly KnownCredentials[];
}): Promise<Queue> {
  const sent: Sent[] = [];
  const { region, credentials } = account;
  const server = await serve((arrived) => {
    const refusal = verifySignature(arrived, { service: 'sqs', region, credentials, now: Date.now() });
    if (refusal) return json(refusal.status, JSON.stringify({ message: refusal.message }), refusal.type);
    const { MessageBody: body, DelaySeconds: delaySeconds } = JSON.parse(
      Buffer.from(arrived.body).toString(),
    ) as Record<string, unknown>;
    if (typeof body !== 'string' || typeof delaySeconds !== 'number' || delaySeconds > 900) {
      return json(400, JSON.stringify({ message: 'not a message' }), 'InvalidParameterValue');
    }
    sent.push({ body, delaySeconds });
    const digest = createHash('md5').update(body).digest('hex');
    return json(200, JSON.stringify({ MessageId: String(sent.length), MD5OfMessageBody: digest }));
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
