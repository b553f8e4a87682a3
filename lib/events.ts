import { didYouMean, knownNames, quote } from './config/problems.ts';
import { parseDuration } from './config/values.ts';
import { tickOf } from './dispatch/slots.ts';
import { parseSince } from './since.ts';

/** One run that `verify` is asked for. No clusters means all of them. */
export interface VerifyRequest {
  readonly clusters: readonly string[];
  /** When it was due, by which a run that comes twice is known; undefined for one that somebody asks for now. */
  readonly scheduledAt: number | undefined;
  /** The run whose news it is to confirm. */
  readonly confirms: string | undefined;
  /** It comes from `dispatch`: only what is due is judged, and the next tick tells what was found. */
  readonly isDispatched: boolean;
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

/** So far the clock of whoever dispatched a run may be ahead: its identity is what was due, whoever looks. */
const CLOCKS_DIFFER_MS = 15 * 60_000;

/**
 * What `verify` is asked: SQS records or a direct event with `{ "clusters": […], "scheduledAt": "…" }`; without clusters,
 * or as an event of a schedule, all of them. A record that cannot be read is a problem, and the others still count.
 * `now` is milliseconds since the epoch: no run is due later than that, but for a dispatched one where clocks differ.
 */
export function readVerifyEvent(
  event: unknown,
  now: number,
): { readonly runs: readonly VerifyRequest[]; readonly problems: readonly string[] } {
  const problems: string[] = [];
  if (isObject(event) && 'Records' in event) {
    const records: readonly unknown[] = Array.isArray(event['Records']) ? event['Records'] : [];
    if (records.length === 0) problems.push('Records holds no record');
    const runs = records.flatMap((record, index) => {
      const found: string[] = [];
      const run = readRecord(record, found, now);
      problems.push(...found.map((problem) => `record ${index + 1}: ${problem}`));
      return run ?? [];
    });
    return { runs, problems };
  }
  const run = isSchedule(event)
    ? readRun({ scheduledAt: event['time'] }, problems, now)
    : readRun(event ?? {}, problems, now);
  return { runs: run ? [run] : [], problems };
}

function readRecord(record: unknown, problems: string[], now: number): VerifyRequest | undefined {
  const body = isObject(record) && record['eventSource'] === 'aws:sqs' ? record['body'] : undefined;
  if (typeof body !== 'string') {
    problems.push('is not a message of SQS');
    return undefined;
  }
  const parsed = parseJson(body);
  if (parsed !== undefined) return readRun(parsed, problems, now);
  problems.push(`its body is not a JSON object; ${REMEDY}`);
  return undefined;
}

function readRun(event: unknown, problems: string[], now: number): VerifyRequest | undefined {
  if (!isObject(event)) {
    problems.push(NOT_AN_OBJECT);
    return undefined;
  }
  for (const key of Object.keys(event))
    unknownKey(key, ['clusters', 'scheduledAt', 'confirms', 'dispatched'], problems);
  const clusters = names(event['clusters'], 'clusters', problems);
  const scheduledAt = timeOf(event['scheduledAt'], problems);
  const confirms = event['confirms'];
  if (confirms !== undefined && (typeof confirms !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(confirms))) {
    problems.push('confirms is not the id of a run; leave it out');
  }
  const dispatched = event['dispatched'] ?? false;
  if (typeof dispatched !== 'boolean') problems.push('dispatched is not true or false; leave it out');
  if (problems.length > 0) return undefined;
  const latest = dispatched === true ? now + CLOCKS_DIFFER_MS : now;
  return {
    clusters,
    scheduledAt: scheduledAt === undefined ? undefined : Math.min(scheduledAt, latest),
    confirms: typeof confirms === 'string' ? confirms : undefined,
    isDispatched: dispatched === true && scheduledAt !== undefined,
  };
}

/**
 * The tick that `dispatch` is asked for, by `{ "scheduledAt": "…" }` or the event of a schedule; that of `now` without a
 * time, and none later. Milliseconds since the epoch.
 */
export function readTickEvent(
  event: unknown,
  now: number,
): { readonly tick: number } | { readonly problems: readonly string[] } {
  if (event !== undefined && event !== null && !isObject(event))
    return { problems: ['the event is not a JSON object; write { "scheduledAt": "…" }, or {} for now'] };
  const problems: string[] = [];
  const found = event ?? {};
  const written = isSchedule(found) ? found['time'] : found['scheduledAt'];
  if (!isSchedule(found)) for (const key of Object.keys(found)) unknownKey(key, ['scheduledAt'], problems);
  const at = timeOf(written, problems);
  return problems.length > 0 ? { problems } : { tick: tickOf(Math.min(at ?? now, now)) };
}

function timeOf(value: unknown, problems: string[]): number | undefined {
  if (value === undefined) return undefined;
  const time =
    typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T/.test(value) ? Date.parse(value) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  problems.push('scheduledAt is not a time; write one such as "2026-11-20T12:00:00Z", or leave it out');
  return undefined;
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

/** Tells a key that is not known, where there are few problems yet. */
export function unknownKey(key: string, known: readonly string[], problems: string[]): void {
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

function isSchedule(event: unknown): event is Readonly<Record<string, unknown>> {
  return isObject(event) && (event['source'] === 'aws.events' || event['source'] === 'aws.scheduler');
}

/** Whether a value is what JSON writes in braces. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
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
