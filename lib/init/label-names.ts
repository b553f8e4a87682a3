import { awsFailure } from '../aws/failure.ts';
import { untilDeadline } from '../aws/service.ts';
import { type Unavailable, unavailable } from '../evidence.ts';
import { MAX_ANSWER_BYTES, type PromqlEndpoint, readBody } from '../promql/client.ts';
import { readRefusal, type Refusal, retryAfterMs } from '../promql/refusal.ts';
import type { InitPorts } from './looking.ts';
import { LATELY_MS, NotAnswered } from './promql.ts';

const ACTION = 'aps:GetLabels';
const TRIES = 4;
const FIRST_DELAY_MS = 500;

type Refused = Refusal & { readonly afterMs: number | undefined };

/**
 * The names of the labels of series that selectors mean, in the last six hours: GetLabels. What can heal is tried again
 * inside the deadline. Rejects with NotAnswered.
 */
export async function labelNames(
  selectors: readonly string[],
  endpoint: PromqlEndpoint,
  ports: InitPorts,
): Promise<readonly string[]> {
  const url = addressOf(selectors, endpoint, ports);
  let renew = false;
  for (let tries = 1; ; tries += 1) {
    const answer = await ports.limit(() => get(url, endpoint, renew, ports));
    if (typeof answer === 'string') return namesIn(answer);
    const { canHeal, expired, reason, detail, afterMs } = answer;
    const delayMs = afterMs ?? FIRST_DELAY_MS * 2 ** tries * (0.5 + Math.random() / 2);
    const isLate = ports.clock.now() + delayMs >= ports.deadline;
    if (tries === TRIES || isLate || !(canHeal || (expired && !renew))) {
      const needed = reason === 'denied' ? `; needed: ${ACTION} on ${endpoint.place}` : '';
      throw new NotAnswered(unavailable(reason, `${detail}${needed}`), ACTION);
    }
    renew ||= expired;
    await ports.clock.sleep(delayMs);
  }
}

function addressOf(selectors: readonly string[], { url: query }: PromqlEndpoint, { clock }: InitPorts): URL {
  const url = new URL(query);
  url.pathname = url.pathname.replace(/query$/, 'labels');
  const now = clock.now();
  url.search = new URLSearchParams([
    ['start', String((now - LATELY_MS) / 1000)],
    ['end', String(now / 1000)],
    ...selectors.map((selector): [string, string] => ['match[]', selector]),
  ]).toString();
  return url;
}

/** The body of the answer, or the refusal; rejects with NotAnswered where nothing could be sent. */
async function get(
  url: URL,
  { sign }: PromqlEndpoint,
  renew: boolean,
  ports: InitPorts,
): Promise<string | Refused> {
  const plain = { accept: 'application/json' };
  const headers = sign ? await sign({ method: 'GET', url, headers: plain, body: '' }, { renew }) : plain;
  if (isUnavailable(headers)) throw new NotAnswered(headers, ACTION);
  ports.onRequest?.({ action: ACTION });
  try {
    const response = await ports.fetch(url, { headers, redirect: 'manual', signal: untilDeadline(ports) });
    const { text } = await readBody(response, MAX_ANSWER_BYTES);
    if (response.status === 200) return text;
    const refusal = readRefusal({ status: response.status, headers: response.headers, body: text });
    return { ...refusal, afterMs: retryAfterMs(response.headers, ports.clock.now()) };
  } catch (error) {
    const cause = error instanceof TypeError && error.cause instanceof Error ? error.cause : error;
    throw new NotAnswered(awsFailure(cause, ACTION), ACTION);
  }
}

function namesIn(body: string): readonly string[] {
  let data: unknown;
  try {
    const envelope: unknown = JSON.parse(body);
    data =
      typeof envelope === 'object' && envelope !== null && 'data' in envelope ? envelope.data : undefined;
  } catch {
    data = undefined;
  }
  if (Array.isArray(data)) return data.filter((name) => typeof name === 'string');
  throw new NotAnswered(
    unavailable('invalid-response', `${ACTION}: the answer is not a list of labels`),
    ACTION,
  );
}

function isUnavailable(value: Readonly<Record<string, string>> | Unavailable): value is Unavailable {
  return 'kind' in value && value.kind === 'unavailable';
}
