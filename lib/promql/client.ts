import pRetry from 'p-retry';
import type { Clock } from '../clock.ts';
import { type Absent, type Evidence, type Reason, type Unavailable, unavailable } from '../evidence.ts';
import { printable } from '../printable.ts';
import type { OnRequest } from '../requests.ts';
import type { Row } from './answers.ts';
import { readVector } from './envelope.ts';
import { type HttpAnswer, type Refusal, readRefusal, retryAfterMs } from './refusal.ts';

const MAX_ANSWER_BYTES = 8 * 1024 * 1024;
const MAX_REFUSAL_BYTES = 64 * 1024;
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
}

export interface SignableRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The headers to send, signed at the moment of sending; or why it cannot be signed. `renew` asks for new credentials. */
export type Sign = (
  request: SignableRequest,
  options: { renew: boolean },
) => Promise<Readonly<Record<string, string>> | Unavailable>;

export interface PromqlEndpoint {
  /** The IAM action that a question needs, such as `aps:QueryMetrics`; what it is called where there is none. */
  readonly action: string;
  /** The full address of the query API, ending in `/api/v1/query`. */
  readonly url: URL;
  /** What is asked, as people call it: `workspace ws-1234`. */
  readonly place: string;
  /** What is sent with every question, such as AMP's cost guard; `timeout` is how long anybody waits: `30s`. */
  readonly parameters: (timeout: string) => Readonly<Record<string, string>>;
  readonly sign: Sign | undefined;
  /** Too many requests may be answered by 422 too, which elsewhere says that the question is at fault. */
  readonly throttlesWith422: boolean;
  /** What a refusal for lack of rights should name: the action and who asked. */
  readonly explainDenied: ((detail: string) => string) | undefined;
}

class RefusedError extends Error {
  readonly refusal: Refusal;
  readonly retryAfterMs: number | undefined;
  constructor(refusal: Refusal, retryAfterMs?: number) {
    super(refusal.detail);
    this.refusal = refusal;
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * Asks one instant query by POST. Never throws for what the network or the server does: every refusal is `unavailable`
 * with one of the closed set of reasons. Only what can heal (throttling, 5xx, a broken connection) is tried again, with
 * jitter, honouring `Retry-After`, inside the deadline, at most three times. `timeoutMs` bounds each try and is told to
 * a server that knows one, so that it stops working on what nobody waits for.
 */
export async function instantQuery(
  query: string,
  timeoutMs: number,
  endpoint: PromqlEndpoint,
  ports: HttpPorts,
): Promise<Evidence<readonly Row[]>> {
  let renewed = false;
  const attempt = async (): Promise<Evidence<readonly Row[]>> => {
    try {
      return await ports.limit(() => ask(query, timeoutMs, endpoint, ports, renewed));
    } catch (error) {
      if (!(error instanceof RefusedError) || !error.refusal.expired || renewed) throw error;
      renewed = true;
      return ports.limit(() => ask(query, timeoutMs, endpoint, ports, true));
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
    if (error instanceof RefusedError) return asEvidence(error.refusal, endpoint);
    throw error;
  }
}

function asEvidence(refusal: Refusal, endpoint: PromqlEndpoint): Absent | Unavailable {
  if (refusal.absent) return { kind: 'absent', subject: endpoint.place, detail: refusal.detail };
  const { reason, detail, isCostly, isDoubtful } = refusal;
  const explained = reason === 'denied' && endpoint.explainDenied ? endpoint.explainDenied(detail) : detail;
  return {
    ...unavailable(reason, explained),
    ...(isCostly ? { isCostly } : {}),
    ...(isDoubtful ? { isDoubtful } : {}),
  };
}

async function ask(
  query: string,
  timeoutMs: number,
  endpoint: PromqlEndpoint,
  ports: HttpPorts,
  renew: boolean,
): Promise<Evidence<readonly Row[]>> {
  const remainingMs = Math.min(timeoutMs, ports.deadline - ports.clock.now());
  if (remainingMs <= 0) return unavailable('timeout', 'no time was left to ask');
  const timeout = `${Math.max(1, Math.ceil(remainingMs / 1000))}s`;
  const body = new URLSearchParams({ query, ...endpoint.parameters(timeout) }).toString();
  const plain = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
  const signed = (await endpoint.sign?.({ url: endpoint.url, headers: plain, body }, { renew })) ?? plain;
  if (isUnavailable(signed)) return signed;
  ports.onRequest?.({ action: endpoint.action });
  const { answer, tooLarge } = await send(endpoint.url, signed, body, remainingMs, ports.fetch);
  if (answer.status !== 200) {
    throw new RefusedError(readRefusal(answer, endpoint), retryAfterMs(answer.headers, ports.clock.now()));
  }
  if (tooLarge) {
    const detail = 'the answer is larger than 8 MB and was not read; fewer groups: shorten "by"';
    return { ...unavailable('too-expensive', detail), isCostly: true };
  }
  return readVector(answer.body, ports.clock.now());
}

function isUnavailable(signed: Readonly<Record<string, string>> | Unavailable): signed is Unavailable {
  return 'kind' in signed && signed.kind === 'unavailable';
}

async function send(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
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
async function readBody(response: Response, limit: number): Promise<{ text: string; tooLarge: boolean }> {
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

/** What cannot be mended by asking again: a name that does not resolve, a certificate that does not fit. */
const LASTING = /ENOTFOUND|CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ERR_INVALID_URL|SSL/;

function networkRefusal(error: unknown, timedOut: boolean, timeoutMs: number): Refusal {
  const refusal = (reason: Reason, detail: string, canHeal: boolean): Refusal => ({
    reason,
    detail,
    canHeal,
    expired: false,
    absent: false,
    isCostly: false,
    isDoubtful: false,
  });
  if (timedOut)
    return refusal('timeout', `no complete answer within ${Math.round(timeoutMs / 100) / 10}s`, false);
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const message = cause instanceof Error ? cause.message || code : String(cause);
  if (/wrong version number|packet length too long/i.test(message)) {
    return refusal('unreachable', 'the server answers http, not https; write http://…', false);
  }
  return refusal(
    'unreachable',
    printable(message || code || 'the connection failed'),
    !LASTING.test(`${code} ${message}`),
  );
}
