import pLimit from 'p-limit';
import { chunked } from '../chunked.ts';
import type { Clock } from '../clock.ts';

/** One run as a message to the queue. */
export interface RunMessage {
  readonly cluster: string;
  /** When it is due. Milliseconds since the epoch. */
  readonly at: number;
  /** JSON that `verify` reads. */
  readonly body: string;
  /** 0 to 900. */
  readonly delaySeconds: number;
}

/** Sends at most ten messages; returns why each that was not taken was not, by its place. Rejects where all failed. */
export type SendBatch = (batch: readonly RunMessage[]) => Promise<ReadonlyMap<number, string>>;

/** A message that the queue did not take. */
export interface Unsent {
  readonly cluster: string;
  readonly at: number;
  readonly detail: string;
}

/** The most that SQS takes at once. */
const BATCH = 10;
const BATCHES_IN_FLIGHT = 8;
const TRIES = 3;
const FIRST_DELAY_MS = 100;
const NO_TIME = 'no time was left to send it';

/** Sends all messages, and again what was not taken, beginning nothing after the deadline; returns what the queue did not take in the end. */
export async function sendRuns(
  messages: readonly RunMessage[],
  { send, clock, deadline }: { readonly send: SendBatch; readonly clock: Clock; readonly deadline: number },
): Promise<readonly Unsent[]> {
  const limit = pLimit(BATCHES_IN_FLIGHT);
  let left = messages;
  let why = new Map<RunMessage, string>();
  for (let tries = 1; left.length > 0; tries += 1) {
    why = new Map();
    await Promise.all(
      chunked(left, BATCH).map((batch) =>
        limit(async () => {
          const isLate = clock.now() >= deadline;
          const left = isLate
            ? batch.map((message) => [message, NO_TIME] as const)
            : await refused(batch, send);
          for (const [message, detail] of left) why.set(message, detail);
        }),
      ),
    );
    left = left.filter((message) => why.has(message));
    const delayMs = FIRST_DELAY_MS * 4 ** tries;
    if (left.length === 0 || tries === TRIES || clock.now() + delayMs >= deadline) break;
    await clock.sleep(delayMs);
  }
  return left.map((message) => ({
    cluster: message.cluster,
    at: message.at,
    detail: why.get(message) ?? '',
  }));
}

async function refused(
  batch: readonly RunMessage[],
  send: SendBatch,
): Promise<ReadonlyMap<RunMessage, string>> {
  try {
    const failed = await send(batch);
    return new Map(batch.flatMap((message, at) => (failed.has(at) ? [[message, failed.get(at) ?? '']] : [])));
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return new Map(batch.map((message) => [message, detail]));
  }
}
