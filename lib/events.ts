import { didYouMean, knownNames, quote } from './config/problems.ts';
import { parseDuration } from './config/values.ts';
import { parseSince } from './since.ts';

/** Which clusters an event names; none means all of them. `problems` is what could not be read of it. */
export interface VerifyRequest {
  readonly clusters: readonly string[];
  readonly problems: readonly string[];
}

/** What an event asks `check` to do. */
export interface CheckRequest {
  readonly clusters: readonly string[];
  readonly signals: readonly string[];
  /** How long to wait for all to be ok, in milliseconds. */
  readonly waitMs: number | undefined;
  /** Only samples newer than this count. Milliseconds since the epoch. */
  readonly since: number | undefined;
}

const MOST_NAMES = 10_000;

/**
 * What `verify` is asked: SQS records or a direct event with `{ "clusters": […] }`, or a schedule's event or `{}` for all
 * clusters. A record that cannot be read is a problem, and the others still count; without `clusters` there is nothing to do.
 */
export function readVerifyEvent(event: unknown): VerifyRequest | { readonly problems: readonly string[] } {
  if (event === undefined || event === null || isSchedule(event)) return { clusters: [], problems: [] };
  if (!isObject(event)) return { problems: [NOT_AN_OBJECT] };
  if (!('Records' in event)) {
    const problems: string[] = [];
    const clusters = read(event, ['clusters'], problems, (value) => names(value, 'clusters', problems));
    return problems.length > 0 ? { problems } : { clusters: clusters ?? [], problems };
  }
  const problems: string[] = [];
  const records: readonly unknown[] = Array.isArray(event['Records']) ? event['Records'] : [];
  if (records.length === 0) return { problems: ['Records holds no record'] };
  const clusters = records.flatMap((record, index) => {
    const found: string[] = [];
    const named = recordClusters(record, found);
    problems.push(...found.map((problem) => `record ${index + 1}: ${problem}`));
    return found.length > 0 ? [] : named;
  });
  return clusters.length === 0 ? { problems } : { clusters: [...new Set(clusters)], problems };
}

function recordClusters(record: unknown, problems: string[]): readonly string[] {
  const body = isObject(record) && record['eventSource'] === 'aws:sqs' ? record['body'] : undefined;
  if (typeof body !== 'string') {
    problems.push('is not a message of SQS');
    return [];
  }
  const parsed = parseJson(body);
  if (!isObject(parsed)) {
    problems.push(`its body is not a JSON object; ${REMEDY}`);
    return [];
  }
  const clusters = read(parsed, ['clusters'], problems, (value) => names(value, 'clusters', problems)) ?? [];
  if (clusters.length === 0 && problems.length === 0) problems.push(`names no cluster; ${REMEDY}`);
  return clusters;
}

/** What `check` is asked, or every problem of the event. `now` is milliseconds since the epoch. */
export function readCheckEvent(
  event: unknown,
  now: number,
): { readonly request: CheckRequest } | { readonly problems: readonly string[] } {
  if (event !== undefined && event !== null && !isObject(event)) return { problems: [NOT_AN_OBJECT] };
  const problems: string[] = [];
  const found = event ?? {};
  for (const key of Object.keys(found)) unknownKey(key, ['clusters', 'signals', 'wait', 'since'], problems);
  const clusters = names(found['clusters'], 'clusters', problems);
  const signals = names(found['signals'], 'signals', problems);
  const waitMs = waitOf(found['wait'], problems);
  const since = sinceOf(found['since'] ?? (waitMs === undefined ? undefined : 'now'), now, problems);
  return problems.length > 0 ? { problems } : { request: { clusters, signals, waitMs, since } };
}

function waitOf(value: unknown, problems: string[]): number | undefined {
  if (value === undefined) return undefined;
  const waitMs = typeof value === 'string' ? parseDuration(value) : undefined;
  if (waitMs === undefined) problems.push('wait is not a duration; write one such as "10m"');
  return waitMs;
}

function sinceOf(value: unknown, now: number, problems: string[]): number | undefined {
  if (value === undefined) return undefined;
  const since = typeof value === 'string' ? parseSince(value, now) : { problem: 'is not a text' };
  if (typeof since === 'number') return since;
  problems.push(`since ${since.problem}`);
  return undefined;
}

function read<T>(
  event: Readonly<Record<string, unknown>>,
  known: readonly string[],
  problems: string[],
  then: (value: unknown) => T,
): T | undefined {
  for (const key of Object.keys(event)) unknownKey(key, known, problems);
  return problems.length > 0 ? undefined : then(event['clusters']);
}

function unknownKey(key: string, known: readonly string[], problems: string[]): void {
  if (known.includes(key) || problems.length > 10) return;
  problems.push(`${quote(key)} is not a known key; ${didYouMean(key, known) ?? knownNames(known)}`);
}

function names(value: unknown, key: string, problems: string[]): readonly string[] {
  if (value === undefined) return [];
  const isList = Array.isArray(value) && value.every((name) => typeof name === 'string' && name !== '');
  if (!isList || value.length === 0 || value.length > MOST_NAMES) {
    problems.push(`${key} is not a list of names; write { "${key}": ["…"] }, or leave it out for all`);
    return [];
  }
  return [...new Set(value as string[])];
}

function isSchedule(event: unknown): boolean {
  return isObject(event) && (event['source'] === 'aws.events' || event['source'] === 'aws.scheduler');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const REMEDY = 'write { "clusters": ["…"] }';
const NOT_AN_OBJECT = `the event is not a JSON object; ${REMEDY}, or {} for all clusters`;
