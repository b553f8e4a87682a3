import pRetry from 'p-retry';
import type { Clock } from '../clock.ts';
import { type Absent, type Evidence, type Unavailable, unavailable } from '../evidence.ts';
import { MAX_ANSWER_BYTES, type OnRequest, type OnUnits } from '../requests.ts';
import type { Row } from './answers.ts';
import { readVector } from './envelope.ts';
import {
  type HttpAnswer,
  type Refusal,
  type RefusalReading,
  networkRefusal,
  readRefusal,
  retryAfterMs,
} from './refusal.ts';
import { samplesProcessed } from './stats.ts';

export const MAX_REFUSAL_BYTES = 64 * 1024;
const TRIES = 3;
const FIRST_DELAY_MS = 250;

export interface HttpPorts {
  readonly clock: Clock;
  readonly fetch: typeof fetch;
  /** When the whole run must be over. Milliseconds since the epoch, on the clock. */
  readonly deadline: number;
  /** Bounds the requests in flight over all planes. */
  readonly limit: <T>(request: () => Promise<T>) => Promise<T>;
  /** Told of every request to an observed plane, as it is sent. */
  readonly onRequest?: OnRequest;
  /** Told with every answer what it took; set only where somebody counts, since the answers are asked to tell it. */
  readonly onUnits?: OnUnits;
}

export interface SignableRequest {
  /** POST where it is not given. */
  readonly method?: 'GET';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** The headers to send, signed at the moment of sending; or why it cannot be signed. `renew` asks for new credentials. */
export type Sign = (
  request: SignableRequest,
  options: { renew: boolean },
) => Promise<Readonly<Record<string, string>> | Unavailable>;

/** An API of a Prometheus-compatible server that is posted to. */
export interface Endpoint extends RefusalReading {
  /** The IAM action that a request needs, such as `aps:QueryMetrics`; what it is called where there is none. */
  readonly action: string;
  /** The full address, ending in `/api/v1/query` or the like. */
  readonly url: URL;
  /** What is asked, as people call it: `workspace ws-1234`. */
  readonly place: string;
  readonly sign: Sign | undefined;
  /** What a refusal for lack of rights should name: the action and who asked. */
  readonly explainDenied: ((detail: string) => string) | undefined;
}

export interface PromqlEndpoint extends Endpoint {
  /** What is sent with every question, such as AMP's cost guard; `timeout` is how long anybody waits: `30s`. */
  readonly parameters: (timeout: string) => Readonly<Record<string, string>>;
  /** Samples are what is paid, and an answer tells how many it took where it is asked to. */
  readonly tellsSamples?: boolean;
  /** Where samples are written; undefined where they come in another way. */
  readonly write?: Endpoint;
}

/** A server with the other API that drift asks. */
export interface PromqlServer extends PromqlEndpoint {
  /** Where the names of labels are asked. */
  readonly labels: Endpoint;
}

/** What is posted: its own headers, those of a signature aside. */
export type Message = Pick<SignableRequest, 'headers' | 'body'>;

export interface Answered {
  readonly kind: 'answered';
  readonly body: string;
  readonly tooLarge: boolean;
}

export interface Refused {
  readonly kind: 'refused';
  readonly refusal: Refusal;
  /** Of the answer; undefined where none came. */
  readonly status: number | undefined;
}

class RefusedError extends Error {
  readonly refusal: Refusal;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  constructor(refusal: Refusal, status?: number, retryAfterMs?: number) {
    super(refusal.detail);
    this.refusal = refusal;
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * Asks one instant query. Never throws for what the network or the server does: every refusal is `unavailable` with one
 * of the closed set of reasons. `timeoutMs` bounds each try and is told to a server that knows one, so that it stops
 * working on what nobody waits for.
 */
export async function instantQuery(
  query: string,
  timeoutMs: number,
  endpoint: PromqlEndpoint,
  ports: HttpPorts,
): Promise<Evidence<readonly Row[]>> {
  const tell = endpoint.tellsSamples ? ports.onUnits : undefined;
  const stats = tell ? { stats: 'all' } : {};
  const message = (leftMs: number): Message => {
    const timeout = `${Math.max(1, Math.ceil(leftMs / 1000))}s`;
    return {
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams({ query, ...endpoint.parameters(timeout), ...stats }).toString(),
    };
  };
  const outcome = await post(message, timeoutMs, endpoint, ports);
  if (outcome.kind === 'refused') return refusalEvidence(outcome.refusal, endpoint);
  if (outcome.kind !== 'answered') return outcome;
  if (outcome.tooLarge) {
    const detail = 'the answer is larger than 8 MB and was not read; fewer groups: shorten "by"';
    return { ...unavailable('too-expensive', detail), isCostly: true };
  }
  tell?.({ action: endpoint.action, unit: 'samples', count: samplesProcessed(outcome.body) });
  return readVector(outcome.body, ports.clock.now());
}

/**
 * Posts what `message` makes for the time that is left, in milliseconds. Only what can heal (throttling, 5xx, a broken
 * connection) is tried again, with jitter, honouring `Retry-After`, inside the deadline, at most three times; a token that
 * expired early is renewed once. `unavailable` where nothing could be sent.
 */
export async function post(
  message: (leftMs: number) => Message,
  timeoutMs: number,
  endpoint: Endpoint,
  ports: HttpPorts,
): Promise<Answered | Refused | Unavailable> {
  let renewed = false;
  const attempt = async (): Promise<Answered | Unavailable> => {
    try {
      return await ports.limit(() => tryOnce(message, timeoutMs, endpoint, ports, renewed));
    } catch (error) {
      if (!(error instanceof RefusedError) || !error.refusal.expired || renewed) throw error;
      renewed = true;
      return ports.limit(() => tryOnce(message, timeoutMs, endpoint, ports, true));
    }
  };
  try {
    return await pRetry(attempt, {
      retries: TRIES - 1,
      minTimeout: 0,
      shouldRetry: ({ error }) => error instanceof RefusedError && error.refusal.canHeal,
      onFailedAttempt: async ({ error, attemptNumber }) => {
        if (!(error instanceof RefusedError) || !error.refusal.canHeal || attemptNumber === TRIES) return;
        const backoffMs = FIRST_DELAY_MS * 2 ** attemptNumber;
        const delayMs = error.retryAfterMs ?? backoffMs * (0.5 + Math.random() / 2);
        if (ports.clock.now() + delayMs >= ports.deadline) throw error;
        await ports.clock.sleep(delayMs);
      },
    });
  } catch (error) {
    if (error instanceof RefusedError) {
      return { kind: 'refused', refusal: error.refusal, status: error.status };
    }
    throw error;
  }
}

/** What a refusal means to whoever asked. */
export function refusalEvidence(refusal: Refusal, endpoint: Endpoint): Absent | Unavailable {
  if (refusal.absent) return { kind: 'absent', subject: endpoint.place, detail: refusal.detail };
  const { reason, isCostly, isDoubtful } = refusal;
  return {
    ...unavailable(reason, explained(refusal, endpoint)),
    ...(isCostly ? { isCostly } : {}),
    ...(isDoubtful ? { isDoubtful } : {}),
  };
}

function explained({ reason, detail, expired }: Refusal, { action, sign, explainDenied }: Endpoint): string {
  if (expired && sign)
    return `${detail}; the credentials have expired, and renewing did not help; for ${action}`;
  return reason === 'denied' && explainDenied ? explainDenied(detail) : detail;
}

async function tryOnce(
  message: (leftMs: number) => Message,
  timeoutMs: number,
  endpoint: Endpoint,
  ports: HttpPorts,
  renew: boolean,
): Promise<Answered | Unavailable> {
  const leftMs = Math.min(timeoutMs, ports.deadline - ports.clock.now());
  if (leftMs <= 0) return unavailable('timeout', 'no time was left to ask');
  const { headers, body } = message(leftMs);
  const signed = (await endpoint.sign?.({ url: endpoint.url, headers, body }, { renew })) ?? headers;
  if (isUnavailable(signed)) return signed;
  ports.onRequest?.({ action: endpoint.action });
  const { answer, tooLarge } = await send(endpoint.url, signed, body, leftMs, ports.fetch);
  if (answer.status < 200 || answer.status > 299) {
    const after = retryAfterMs(answer.headers, ports.clock.now());
    throw new RefusedError(readRefusal(answer, endpoint), answer.status, after);
  }
  return { kind: 'answered', body: answer.body, tooLarge };
}

function isUnavailable(signed: Readonly<Record<string, string>> | Unavailable): signed is Unavailable {
  return 'kind' in signed && signed.kind === 'unavailable';
}

async function send(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string | Uint8Array,
  timeoutMs: number,
  fetchPort: typeof fetch,
): Promise<{ answer: HttpAnswer; tooLarge: boolean }> {
  const signal = AbortSignal.timeout(Math.ceil(timeoutMs));
  try {
    const response = await fetchPort(url, { method: 'POST', headers, body, redirect: 'manual', signal });
    const { text, tooLarge } = await readBody(response, response.ok ? MAX_ANSWER_BYTES : MAX_REFUSAL_BYTES);
    return { answer: { status: response.status, headers: response.headers, body: text }, tooLarge };
  } catch (error) {
    throw new RefusedError(networkRefusal(error, signal.aborted, timeoutMs));
  }
}

/** Reads at most `limit` bytes (after decompression); what is longer is cut and said so, never held in memory. */
export async function readBody(
  response: Response,
  limit: number,
): Promise<{ text: string; tooLarge: boolean }> {
  if (!response.body) return { text: '', tooLarge: false };
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body as ReadableStream<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > limit) return { text, tooLarge: true };
    text += decoder.decode(chunk, { stream: true });
  }
  return { text: text + decoder.decode(), tooLarge: false };
}
