import { type Unavailable, unavailable } from '../evidence.ts';
import { instantQuery, type PromqlEndpoint } from '../promql/client.ts';
import type { Row } from '../promql/answers.ts';
import { labelList } from '../promql/text.ts';
import type { InitPorts } from './looking.ts';
import type { SeenStream } from './seen.ts';

/** How far back something that is silent by now is looked for. */
export const LATELY_MS = 6 * 60 * 60_000;
const HALF_AN_HOUR_MS = 30 * 60_000;
const FIVE_MINUTES_MS = 5 * 60_000;
const FEWEST_IN_SHORT = 3;

/** Why a question to a workspace was not answered, and the IAM action that it needs. */
export class NotAnswered extends Error {
  readonly why: Unavailable;
  readonly action: string;
  constructor(why: Unavailable, action = 'aps:QueryMetrics') {
    super(why.detail);
    this.why = why;
    this.action = action;
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
  const [now, lately, long, short] = await Promise.all([
    ask(newest),
    ask(`max_over_time((${newest})[6h:5m])`),
    ask(`max by (${group}) (count_over_time(${selector}[30m]))`),
    ask(`max by (${group}) (count_over_time(${selector}[5m]))`),
  ]);
  const streams = new Map<string, { labels: Readonly<Record<string, string>>; newestAt: number }>();
  for (const { labels, value } of [...lately, ...now]) {
    const key = keyOf(labels, by);
    const newestAt = Math.max(value * 1000, streams.get(key)?.newestAt ?? 0);
    streams.set(key, { labels: onlyOf(labels, by), newestAt });
  }
  const [inLong, inShort] = [long, short].map(
    (rows) => new Map(rows.map(({ labels, value }) => [keyOf(labels, by), value])),
  );
  const metric = /^[^{]*/.exec(selector)?.[0] ?? selector;
  return [...streams].map(([key, stream]) => ({
    metric,
    ...stream,
    gapMs: intervalOf(inLong?.get(key), inShort?.get(key)),
  }));
}

/** The interval of samples by how many there were; what began minutes ago has few of them in half an hour. Milliseconds. */
function intervalOf(inLong: number | undefined, inShort = 0): number | undefined {
  if (inShort >= FEWEST_IN_SHORT) return FIVE_MINUTES_MS / inShort;
  return inLong === undefined ? undefined : HALF_AN_HOUR_MS / inLong;
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
