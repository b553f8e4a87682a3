import type { CredentialsFor } from '../aws/credentials.ts';
import type { Clock } from '../clock.ts';
import type { channels } from '../config/channels.ts';
import type { AlertsSettings } from '../config/schema.ts';
import type { Message } from '../message.ts';
import type { ResolveReference } from '../references.ts';

/** Why a message was not delivered. A closed set: a field of the log line. */
export type UndeliveredReason =
  | 'unresolved'
  | 'denied'
  | 'gone'
  | 'rejected'
  | 'throttled'
  | 'timeout'
  | 'unreachable'
  | 'broken';

export interface Undelivered {
  readonly delivered: false;
  /** Whether sending the same again later may help. */
  readonly retry: boolean;
  readonly reason: UndeliveredReason;
  /** For people; never holds a secret. */
  readonly detail: string;
}

export type Delivery = { readonly delivered: true } | Undelivered;

export interface NotifierPorts {
  readonly clock: Clock;
  readonly fetch: typeof fetch;
  /** When sending must be over. Milliseconds since the epoch, on the clock. */
  readonly deadline: number;
  readonly credentials: CredentialsFor;
  readonly resolve: ResolveReference;
}

export type ChannelSettings = AlertsSettings['channels'][number];

/** A kind of channel: its key in the configuration, and its file in `lib/notifiers/`. */
export type Channel = (typeof channels)[number];

/** Tells one channel. Never rejects for what the network does. */
export type Send = (message: Message, ports: NotifierPorts) => Promise<Delivery>;

/** One channel that people are told through. */
export interface Notifier {
  readonly channel: Channel;
  /** What the memory of what the channel was told is filed under; holds no secret, but what the configuration says. */
  readonly key: string;
  /** What it is told about; without it, everything. */
  readonly only: ChannelSettings['only'];
  readonly send: Send;
}

/** One try; `again` where another one within the run is worth it. */
export type Attempt =
  | { readonly delivered: true }
  | (Undelivered & { readonly again?: { readonly afterMs?: number } });

const TRIES = 3;
const ATTEMPT_MS = 5000;
const FIRST_DELAY_MS = 500;

export function undelivered(reason: UndeliveredReason, retry: boolean, detail: string): Undelivered {
  return { delivered: false, retry, reason, detail };
}

/**
 * Tries up to three times inside the deadline, each at most five seconds, waiting as long as the channel asks. What
 * timed out is not tried again within the run: it may have arrived, and would be told twice.
 */
export async function deliver(
  attempt: (signal: AbortSignal) => Promise<Attempt>,
  { clock, deadline }: Pick<NotifierPorts, 'clock' | 'deadline'>,
): Promise<Delivery> {
  for (let tries = 1; ; tries += 1) {
    const outcome = await once(attempt, Math.min(ATTEMPT_MS, deadline - clock.now()), clock);
    if (outcome.delivered) return outcome;
    const { again, ...told } = outcome;
    const delayMs = again?.afterMs ?? FIRST_DELAY_MS * 2 ** tries * (0.5 + Math.random() / 2);
    if (!again || tries === TRIES || clock.now() + delayMs >= deadline) return told;
    await clock.sleep(delayMs);
  }
}

async function once(
  attempt: (signal: AbortSignal) => Promise<Attempt>,
  timeoutMs: number,
  clock: Clock,
): Promise<Attempt> {
  if (timeoutMs <= 0) return undelivered('timeout', true, 'no time was left to send');
  const late = undelivered('timeout', true, `no answer within ${Math.round(timeoutMs / 100) / 10}s`);
  const [overdue, over] = [new AbortController(), new AbortController()];
  const waited = clock.sleep(Math.ceil(timeoutMs), over.signal).then(
    () => {
      overdue.abort();
      return late;
    },
    () => late,
  );
  try {
    const outcome = await Promise.race([attempt(overdue.signal), waited]);
    return overdue.signal.aborted && !outcome.delivered ? late : outcome;
  } finally {
    over.abort();
  }
}

/** What a reference stands for where it `fits`; else why not, with the name of the reference and no word of the value. */
export async function resolved<Value>(
  reference: string,
  { name, fit }: { readonly name: string; readonly fit: (value: string) => Value | undefined },
  { resolve }: Pick<NotifierPorts, 'resolve'>,
  signal: AbortSignal,
): Promise<{ readonly value: Value } | Undelivered> {
  const resolution = await resolve(reference, signal);
  // A URL may be written out in the configuration, with a token in its path.
  const named = /^https?:/i.test(reference) ? 'the configured URL' : reference;
  if ('unresolved' in resolution) {
    return undelivered('unresolved', resolution.retry, `${named}: ${resolution.unresolved}`);
  }
  const value = fit(resolution.value);
  return value === undefined ? undelivered('unresolved', false, `${named} does not hold ${name}`) : { value };
}
