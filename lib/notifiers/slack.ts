import type { Message } from '../message.ts';
import { retryAfterMs } from '../promql/refusal.ts';
import { type Attempt, deliver, type Notifier, type NotifierPorts, undelivered } from './notifier.ts';
import { slackPayload } from './slack-blocks.ts';

/** Slack, by an incoming webhook, whose address is a secret: no word of it leaves this file. */
export function slack(reference: string): Notifier {
  return {
    channel: 'slack',
    send: (message, ports) => deliver((signal) => post(reference, message, ports, signal), ports),
  };
}

async function post(
  reference: string,
  message: Message,
  ports: NotifierPorts,
  signal: AbortSignal,
): Promise<Attempt> {
  const resolution = await ports.resolve(reference, signal);
  if ('unresolved' in resolution) {
    return undelivered('unresolved', resolution.retry, `${reference}: ${resolution.unresolved}`);
  }
  const webhook = webhookOf(resolution.value);
  if (!webhook)
    return undelivered('unresolved', false, `${reference} does not hold the https URL of a webhook`);
  try {
    const response = await ports.fetch(webhook, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(slackPayload(message)),
      redirect: 'manual',
      signal,
    });
    return await read(response, ports.clock.now());
  } catch (error) {
    return { ...undelivered('unreachable', true, `the connection failed${codeOf(error)}`), again: {} };
  }
}

/** Plain http goes no further than this machine. */
function webhookOf(text: string): URL | undefined {
  const url = URL.parse(text);
  const isAllowed = url?.protocol === 'https:' || (url?.protocol === 'http:' && url.hostname === '127.0.0.1');
  return url && isAllowed && url.username === '' && url.password === '' ? url : undefined;
}

async function read(response: Response, now: number): Promise<Attempt> {
  const { status } = response;
  if (response.ok) {
    await response.body?.cancel();
    return { delivered: true };
  }
  const detail = `HTTP ${status}${await wordOf(response)}`;
  if (status === 429) {
    const afterMs = retryAfterMs(response.headers, now);
    return { ...undelivered('throttled', true, detail), again: afterMs === undefined ? {} : { afterMs } };
  }
  if (status >= 500 || status === 408) return { ...undelivered('unreachable', true, detail), again: {} };
  if (status === 401 || status === 403) return undelivered('denied', false, detail);
  return undelivered(status === 404 || status === 410 ? 'gone' : 'rejected', false, detail);
}

/** Slack says what is wrong in one word, such as `no_service`. Anything else may echo the address, and is not told. */
async function wordOf(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  const first = await reader?.read();
  await reader?.cancel();
  const text = new TextDecoder().decode(first?.value?.subarray(0, 100)).trim();
  return /^[a-z]+(?:_[a-z]+){0,6}$/.test(text) && text.length <= 40 ? ` ${text}` : '';
}

/** The code alone: messages may quote the address. */
function codeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return /^[A-Z][A-Z0-9_]{1,40}$/.test(code) ? `: ${code}` : '';
}
