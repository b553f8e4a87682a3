import { rightRegion } from '../aws/failure.ts';
import type { Reason } from '../evidence.ts';
import { printable } from '../printable.ts';

/** What an HTTP answer that is not a result means. */
export interface Refusal {
  readonly reason: Reason;
  readonly detail: string;
  /** The same request may succeed a moment later. */
  readonly canHeal: boolean;
  /** The credentials ran out: renew them once and ask again. */
  readonly expired: boolean;
  /** The API says that the workspace itself does not exist. */
  readonly absent: boolean;
  /** The server began to work on it and gave up. */
  readonly isCostly: boolean;
  /** It is taken for a throttle because of its code alone; its words would fit a bad question too. */
  readonly isDoubtful: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

interface Complaint {
  readonly type: string;
  readonly message: string;
  readonly isEnvelope: boolean;
}

/** The credentials themselves ran out, whatever the status code says. */
const EXPIRED = /expiredtoken|token (included in the request )?(is|has) expired/i;
const THROTTLED =
  /throttl|rate (exceeded|limit)|too[ _]many[ _]requests|requests? limit|\bTPS\b|(requests|queries|transactions) per second/i;
const SIGNATURE = /signature|skew|RequestExpired/i;
const TIMED_OUT = /timed? ?out|timeout|deadline exceeded/i;
const LIMIT = /\b(limits?|maximum|max|threshold|too many samples|too large|samples processed)\b|max_samples/i;

export interface RefusalReading {
  /** Too many requests may be answered by 422 too, which elsewhere says that the question is at fault. */
  readonly throttlesWith422?: boolean;
  /** What is asked cannot be absent: a 404 says that the API is not there. */
  readonly isAlwaysThere?: boolean;
  /** What to tell where nothing of the kind is at the address. */
  readonly notThere?: string;
}

const NO_QUERY_API =
  'no query API is there: write the base URL, with the route prefix and without the path of a page';

/**
 * Reads the three families of error bodies that Prometheus-compatible AWS endpoints send (aws-api-facts §1.3): the
 * Prometheus envelope, AWS JSON, plain text. An envelope is read by its own error type first, because its text quotes
 * the query: a metric called `throttled` is no throttle. Where 422 may be a throttle too, it is one unless its words blame
 * the question or its cost.
 */
export function readRefusal(
  answer: HttpAnswer,
  { throttlesWith422 = false, isAlwaysThere = false, notThere = NO_QUERY_API }: RefusalReading = {},
): Refusal {
  const complaint = readComplaint(answer);
  const usual = answer.status === 429 ? 'throttled' : reasonOf(answer.status, complaint);
  const mayBeThrottle = throttlesWith422 && answer.status === 422 && complaint.type !== 'bad_data';
  const isThrottle = mayBeThrottle && THROTTLED.test(`${complaint.type} ${withoutQuotes(complaint.message)}`);
  const isDoubtful = mayBeThrottle && !isThrottle && usual === 'rejected';
  const reason = isThrottle || isDoubtful ? 'throttled' : usual;
  return {
    reason,
    detail: describe(answer, complaint, notThere),
    expired: !complaint.isEnvelope && EXPIRED.test(`${complaint.type} ${complaint.message}`),
    canHeal: reason === 'throttled' || (answer.status >= 500 && reason === 'unreachable'),
    absent: answer.status === 404 && !isAlwaysThere && /ResourceNotFound/i.test(complaint.type),
    isCostly: reason === 'too-expensive' || reason === 'timeout',
    isDoubtful,
  };
}

/** What is said without what is quoted from the question: names and selectors may contain any words. */
export function withoutQuotes(message: string): string {
  return message.replace(/"(?:[^"\\]|\\[^])*(?:"|\\?$)/g, '').replace(/\{[^{}]*\}/g, '');
}

function describe({ status, headers }: HttpAnswer, { type, message }: Complaint, notThere: string): string {
  const said = printable(message.trim()) || 'no explanation';
  const told = `HTTP ${status}${type ? ` ${printable(type, 60)}` : ''}: ${said}`;
  const location = headers.get('location');
  if (location !== null)
    return `${told}; it redirects to ${printable(location, 120)}, which is not followed: write that URL`;
  return status === 404 || status === 405 ? `${told}; ${notThere}` : told;
}

function reasonOf(status: number, complaint: Complaint): Reason {
  if (complaint.isEnvelope) return reasonOfEnvelope(status, complaint);
  const { type, message } = complaint;
  const text = `${type} ${message}`;
  if (status >= 300 && status < 400) return 'invalid-response';
  if (THROTTLED.test(text)) return 'throttled';
  if (EXPIRED.test(text)) return 'denied';
  if (SIGNATURE.test(text) && status < 500) return 'clock';
  if (
    status === 401 ||
    status === 403 ||
    /AccessDenied|UnrecognizedClient|InvalidClientTokenId/i.test(type)
  ) {
    return 'denied';
  }
  if (status === 413) return 'too-expensive';
  if (status === 408 || status === 504 || TIMED_OUT.test(text)) return 'timeout';
  if (status === 422 || status === 400) return LIMIT.test(message) ? 'too-expensive' : 'rejected';
  return status >= 500 ? 'unreachable' : 'invalid-response';
}

/** The error types of Prometheus's web API; AMP sends `execution` with 422 for its limits too. */
function reasonOfEnvelope(status: number, { type, message }: Complaint): Reason {
  switch (type) {
    case 'bad_data':
      return 'rejected';
    case 'timeout':
    case 'canceled':
      return 'timeout';
    case 'internal':
    case 'unavailable':
      return 'unreachable';
    case 'not_found':
      return 'invalid-response';
    default:
      if (TIMED_OUT.test(message)) return 'timeout';
      if (LIMIT.test(message)) return 'too-expensive';
      if (status === 401 || status === 403) return 'denied';
      return status >= 500 ? 'unreachable' : 'rejected';
  }
}

function readComplaint({ headers, body }: HttpAnswer): Complaint {
  const headerType = (headers.get('x-amzn-errortype') ?? '').split(':')[0] ?? '';
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    const page = /<title[^>]*>([^<]*)/i.exec(body);
    return { type: headerType, message: page?.[1] ?? body, isEnvelope: false };
  }
  const field = (name: string): string => {
    if (typeof parsed !== 'object' || parsed === null || !Object.hasOwn(parsed, name)) return '';
    const value = (parsed as Record<string, unknown>)[name];
    return typeof value === 'string' ? value : '';
  };
  const awsType = headerType || (field('__type').split('#').at(-1) ?? '');
  const errorType = field('errorType');
  return {
    type: awsType || errorType,
    message: field('error') || field('message') || field('Message') || (awsType ? '' : body),
    isEnvelope: awsType === '' && errorType !== '' && field('status') === 'error',
  };
}

/** `Retry-After` in milliseconds: seconds, or a date relative to `now`. Undefined when absent or unreadable. */
export function retryAfterMs(headers: Headers, now: number): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  if (/^\d+(\.\d+)?$/.test(value.trim())) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** What cannot be mended by asking again: a name that does not resolve, a certificate that does not fit. */
const LASTING = /ENOTFOUND|CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ERR_INVALID_URL|SSL/;

/** What a request without an answer means: `timedOut` where nobody waits for one any more. */
export function networkRefusal(error: unknown, timedOut: boolean, timeoutMs: number): Refusal {
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
    printable(message || code || 'the connection failed') + rightRegion(message),
    !LASTING.test(`${code} ${message}`),
  );
}
