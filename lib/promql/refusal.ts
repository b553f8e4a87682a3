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
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

interface Complaint {
  readonly type: string;
  readonly message: string;
}

/**
 * Reads the three families of error bodies that Prometheus-compatible AWS endpoints send (aws-api-facts §1.3): the
 * Prometheus envelope, AWS JSON, plain text. Code and text decide together: AMP answers a query over its time limit
 * with 422, and a throttled or expired request can come with 400.
 */
export function readRefusal(answer: HttpAnswer): Refusal {
  const complaint = readComplaint(answer);
  const said = printable(complaint.message.trim()) || 'no explanation';
  const detail = `HTTP ${answer.status}${complaint.type ? ` ${printable(complaint.type, 60)}` : ''}: ${said}`;
  const reason = reasonOf(answer.status, complaint);
  const expired = /expiredtoken|token (included in the request )?(is|has) expired/i.test(
    `${complaint.type} ${complaint.message}`,
  );
  return {
    reason,
    detail,
    expired,
    canHeal: reason === 'throttled' || (answer.status >= 500 && reason === 'unreachable'),
    absent: answer.status === 404 && /ResourceNotFound/i.test(complaint.type),
  };
}

function reasonOf(status: number, { type, message }: Complaint): Reason {
  const text = `${type} ${message}`;
  if (status >= 300 && status < 400) return 'invalid-response';
  if (/throttl|rate exceeded|too many requests/i.test(text) || status === 429) return 'throttled';
  if (/expiredtoken|token (included in the request )?(is|has) expired/i.test(text)) return 'denied';
  if (/signature|skew|RequestExpired/i.test(text) && status < 500) return 'clock';
  if (
    status === 401 ||
    status === 403 ||
    /AccessDenied|UnrecognizedClient|InvalidClientTokenId/i.test(type)
  ) {
    return 'denied';
  }
  if (status === 413) return 'too-expensive';
  if (status === 408 || status === 504 || /timed? ?out|timeout|deadline exceeded/i.test(text))
    return 'timeout';
  if (status === 422 || status === 400) {
    return /\b(limits?|maximum|max|too many samples|too large)\b/i.test(message) && type !== 'bad_data'
      ? 'too-expensive'
      : 'rejected';
  }
  if (status >= 500) return 'unreachable';
  return status === 404 || status === 405 ? 'rejected' : 'invalid-response';
}

function readComplaint({ headers, body }: HttpAnswer): Complaint {
  const headerType = (headers.get('x-amzn-errortype') ?? '').split(':')[0] ?? '';
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    const page = /<title[^>]*>([^<]*)/i.exec(body);
    return { type: headerType, message: page?.[1] ?? body };
  }
  const field = (name: string): string => {
    if (typeof parsed !== 'object' || parsed === null || !Object.hasOwn(parsed, name)) return '';
    const value = (parsed as Record<string, unknown>)[name];
    return typeof value === 'string' ? value : '';
  };
  const awsType = field('__type').split('#').at(-1) ?? '';
  return {
    type: headerType || awsType || field('errorType'),
    message: field('error') || field('message') || field('Message') || (awsType || headerType ? '' : body),
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
