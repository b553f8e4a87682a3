import { retryAfterMs } from '../promql/refusal.ts';
import { type Attempt, type NotifierPorts, undelivered } from './notifier.ts';

export interface Post {
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** What the answer's body, at most two kilobytes of it, says to people: harmless, without a secret, or empty. */
  readonly explain?: (body: string) => string;
  /** Whether the beginning of the body of a good answer is what the receiver says; without it, every good answer is. */
  readonly isFrom?: (body: string) => boolean;
}

const MOST_READ = 2048;

/** As JSON in well-formed Unicode, which what was cut somewhere may not be; no text longer than `longest`. */
export function jsonOf(value: unknown, longest = Number.POSITIVE_INFINITY): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== 'string') return inner;
    return (inner.length > longest ? `${inner.slice(0, longest)}…` : inner).toWellFormed();
  });
}

/** Posts JSON, follows no redirect, and tells nothing of the address. */
export async function post(
  { url, headers = {}, body, explain = () => '', isFrom }: Post,
  { fetch, clock }: Pick<NotifierPorts, 'fetch' | 'clock'>,
  signal: AbortSignal,
): Promise<Attempt> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
      body,
      redirect: 'manual',
      signal,
    });
    return await read(response, { explain, isFrom }, clock.now());
  } catch (error) {
    return { ...undelivered('unreachable', true, `the connection failed${codeOf(error)}`), again: {} };
  }
}

async function read(
  response: Response,
  { explain, isFrom }: Required<Pick<Post, 'explain'>> & { readonly isFrom: Post['isFrom'] },
  now: number,
): Promise<Attempt> {
  const { status } = response;
  if (response.ok) {
    if (!isFrom) await response.body?.cancel();
    // What is lost on its way is not tried again at once: it may have been taken.
    if (!isFrom || isFrom(await beginningOf(response).catch(() => ''))) return { delivered: true };
    const detail = `HTTP ${status}, but not in the words of the receiver: does something else answer there?`;
    return undelivered('rejected', true, detail);
  }
  const said = explain(await beginningOf(response));
  const detail = `HTTP ${status}${said === '' ? '' : ` ${said}`}`;
  const afterMs = retryAfterMs(response.headers, now);
  const again = afterMs === undefined ? {} : { afterMs };
  if (status === 429) return { ...undelivered('throttled', true, detail), again };
  if (status >= 500 || status === 408) return { ...undelivered('unreachable', true, detail), again };
  if (status === 401 || status === 403) return undelivered('denied', false, detail);
  return undelivered(status === 404 || status === 410 ? 'gone' : 'rejected', false, detail);
}

/** As much of an answer as may matter; of one that is lost on its way, what came before. */
async function beginningOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length >= MOST_READ) break;
    }
  } catch (error) {
    if (text === '') throw error;
  }
  return text.slice(0, MOST_READ).trim();
}

/** The code alone: messages may quote the address. */
function codeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return /^[A-Z][A-Z0-9_]{1,40}$/.test(code) ? `: ${code}` : '';
}
