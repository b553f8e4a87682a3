import { awsFailure } from '../aws/failure.ts';
import { untilDeadline } from '../aws/service.ts';
import { type Unavailable, unavailable } from '../evidence.ts';
import { MAX_ANSWER_BYTES, type PromqlEndpoint, readBody } from '../promql/client.ts';
import { instantQuery } from '../promql/client.ts';
import type { Row } from '../promql/answers.ts';
import { labelList } from '../promql/text.ts';
import type { InitPorts } from './looking.ts';
import type { SeenStream } from './seen.ts';

/** How far back something that is silent by now is looked for. */
export const LATELY_MS = 6 * 60 * 60_000;
const HALF_AN_HOUR_MS = 30 * 60_000;

/** Why a question to a workspace was not answered. */
export class NotAnswered extends Error {
  readonly why: Unavailable;
  constructor(why: Unavailable) {
    super(why.detail);
    this.why = why;
  }
}

/** The rows that answer a PromQL query; rejects with NotAnswered. */
export type Ask = (query: string) => Promise<readonly Row[]>;

export function asking(endpoint: PromqlEndpoint, ports: InitPorts): Ask {
  return async (query) => {
    const leftMs = ports.deadline - ports.clock.now();
    const answer = await instantQuery(query, Math.max(1, Math.min(60_000, leftMs)), endpoint, ports);
    if (answer.kind === 'found') return answer.value;
    if (answer.kind === 'unavailable') throw new NotAnswered(answer);
    throw new NotAnswered(unavailable('invalid-response', answer.detail));
  };
}

/**
 * How a metric arrives, by these labels: what there is now, and what there was in the last six hours. Where its series are
 * many, only aggregates travel.
 */
export async function streamsOf(selector: string, by: readonly string[], ask: Ask): Promise<SeenStream[]> {
  const group = labelList(by);
  const newest = `max by (${group}) (timestamp(${selector}))`;
  const [now, lately, often] = await Promise.all([
    ask(newest),
    ask(`max_over_time((${newest})[6h:5m])`),
    ask(`max by (${group}) (count_over_time(${selector}[30m]))`),
  ]);
  const streams = new Map<string, { labels: Readonly<Record<string, string>>; newestAt: number }>();
  for (const { labels, value } of [...lately, ...now]) {
    const key = keyOf(labels, by);
    const newestAt = Math.max(value * 1000, streams.get(key)?.newestAt ?? 0);
    streams.set(key, { labels: onlyOf(labels, by), newestAt });
  }
  const counts = new Map(often.map(({ labels, value }) => [keyOf(labels, by), value]));
  const metric = /^[^{]*/.exec(selector)?.[0] ?? selector;
  return [...streams].map(([key, stream]) => {
    const count = counts.get(key);
    return { metric, ...stream, gapMs: count === undefined ? undefined : HALF_AN_HOUR_MS / count };
  });
}

function keyOf(labels: Readonly<Record<string, string>>, by: readonly string[]): string {
  return JSON.stringify(by.map((name) => (Object.hasOwn(labels, name) ? labels[name] : '')));
}

/** A label without a value is absent. */
function onlyOf(
  labels: Readonly<Record<string, string>>,
  by: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    by.flatMap((name) => {
      const value = Object.hasOwn(labels, name) ? labels[name] : undefined;
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  );
}

/** The names of the labels of series that selectors mean, in the last six hours: GetLabels. Rejects with NotAnswered. */
export async function labelNames(
  selectors: readonly string[],
  { url: query, sign, place, explainDenied }: PromqlEndpoint,
  ports: InitPorts,
): Promise<readonly string[]> {
  const action = `aps:GetLabels on ${place}`;
  const url = new URL(query);
  url.pathname = url.pathname.replace(/query$/, 'labels');
  const now = ports.clock.now();
  const times = { start: String((now - LATELY_MS) / 1000), end: String(now / 1000) };
  url.search = new URLSearchParams([
    ...Object.entries(times),
    ...selectors.map((selector): [string, string] => ['match[]', selector]),
  ]).toString();
  const plain = { accept: 'application/json' };
  const headers = sign
    ? await sign({ method: 'GET', url, headers: plain, body: '' }, { renew: false })
    : plain;
  if (isUnavailable(headers)) throw new NotAnswered(headers);
  ports.onRequest?.({ action: 'aps:GetLabels' });
  try {
    const signal = untilDeadline(ports);
    const response = await ports.limit(() => ports.fetch(url, { headers, redirect: 'manual', signal }));
    const { text } = await readBody(response, MAX_ANSWER_BYTES);
    if (response.status === 200) return namesIn(text, action);
    const { readRefusal } = await import('../promql/refusal.ts');
    const { reason, detail } = readRefusal({
      status: response.status,
      headers: response.headers,
      body: text,
    });
    const explained = reason === 'denied' && explainDenied ? explainDenied(detail) : detail;
    throw new NotAnswered(unavailable(reason, explained.replaceAll('aps:QueryMetrics', 'aps:GetLabels')));
  } catch (error) {
    if (error instanceof NotAnswered) throw error;
    const cause = error instanceof TypeError && error.cause instanceof Error ? error.cause : error;
    throw new NotAnswered(awsFailure(cause, action));
  }
}

function namesIn(body: string, action: string): readonly string[] {
  let data: unknown;
  try {
    const envelope: unknown = JSON.parse(body);
    data =
      typeof envelope === 'object' && envelope !== null && 'data' in envelope ? envelope.data : undefined;
  } catch {
    data = undefined;
  }
  if (Array.isArray(data)) return data.filter((name) => typeof name === 'string');
  throw new NotAnswered(unavailable('invalid-response', `${action}: the answer is not a list of labels`));
}

function isUnavailable(value: Readonly<Record<string, string>> | Unavailable): value is Unavailable {
  return 'kind' in value && value.kind === 'unavailable';
}
