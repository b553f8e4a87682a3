import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { type Clock, systemClock } from '../lib/clock.ts';
import { json, type Reply, serve } from './http.ts';
import { type KnownCredentials, verifySignature } from './sigv4.ts';

/** One message as it was sent to the queue. */
export interface Sent {
  readonly body: string;
  readonly delaySeconds: number;
}

export interface Queue {
  /** In order. */
  readonly sent: readonly Sent[];
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export interface QueueOptions {
  readonly region: string;
  readonly credentials: readonly KnownCredentials[];
  /** Receives each message as soon as it is sent, whatever its delay; by default nobody does. */
  readonly deliver?: (message: Sent) => void;
  /** The machine's own where there is none. */
  readonly clock?: Pick<Clock, 'now'>;
  /** How long each answer takes. Milliseconds. */
  readonly answersAfterMs?: number;
}

/** A simulated SQS queue, sent to by `dispatch` and `verify`, one by one or in batches: it checks signatures, and refuses what is no message. */
export async function startQueue({
  region,
  credentials,
  clock = systemClock,
  deliver = () => {},
  answersAfterMs = 0,
}: QueueOptions): Promise<Queue> {
  const sent: Sent[] = [];
  const take = (entries: readonly Entry[]): Reply | undefined => {
    const messages = entries.map(messageOf).filter((message) => message !== undefined);
    if (messages.length === 0 || messages.length < entries.length)
      return json(400, JSON.stringify({ message: 'not a message' }), 'InvalidParameterValue');
    for (const message of messages) {
      sent.push(message);
      deliver(message);
    }
    return undefined;
  };
  const server = await serve(async (arrived) => {
    if (answersAfterMs > 0) await setTimeout(answersAfterMs);
    const refusal = verifySignature(arrived, { service: 'sqs', region, credentials, now: clock.now() });
    if (refusal) return json(refusal.status, JSON.stringify({ message: refusal.message }), refusal.type);
    const input = JSON.parse(Buffer.from(arrived.body).toString()) as Entry & { Entries?: readonly Entry[] };
    const taken = (entry: Entry) => takenOf(entry, sent.length);
    if (input.Entries === undefined) return take([input]) ?? json(200, JSON.stringify(taken(input)));
    const Successful = input.Entries.map((entry) => ({ Id: entry['Id'], ...taken(entry) }));
    return take(input.Entries) ?? json(200, JSON.stringify({ Successful, Failed: [] }));
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

type Entry = Readonly<Record<string, unknown>>;

function messageOf({ MessageBody: body, DelaySeconds: delaySeconds }: Entry): Sent | undefined {
  if (typeof body !== 'string' || typeof delaySeconds !== 'number' || delaySeconds > 900) return undefined;
  return { body, delaySeconds };
}

/** Clients compare the digest with that of what they sent. */
function takenOf({ MessageBody }: Entry, after: number) {
  const digest = createHash('md5').update(String(MessageBody)).digest('hex');
  return { MessageId: `${after}-${digest}`, MD5OfMessageBody: digest };
}
