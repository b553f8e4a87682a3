import * as z from 'zod/mini';
import { about, duration, notEmpty, share } from '../config/values.ts';
import { formatDuration } from '../duration.ts';
import { answered, type Check, type Expectation, type Finding, forStreams } from '../expectation.ts';
import { labelled, subjectOf, WHOLE } from '../group.ts';
import { isSilent, liveSeries, selectAll, total } from '../live-series.ts';
import { formatNumber, isBelow } from '../number.ts';
import type { TargetsQuestion, TargetsRow } from '../promql/targets.ts';
import type { CountQuestion, EvidenceBook, Group } from '../question.ts';
import type { StreamSignal } from '../signal.ts';

/** How the targets of the signal's jobs are scraped. */
export const targetsSettings = z
  .strictObject({
    up: about(z.optional(share), 'At least this share of the targets of every job is up.'),
    timeout: about(
      z.optional(duration),
      'The scrape timeout; no job may have a target that takes nearly as long.',
    ),
  })
  .check(notEmpty('expects nothing; write up: 90%, or timeout: 10s'), z.meta({ minProperties: 1 }));

export type TargetsSettings = z.output<typeof targetsSettings>;

/** A scrape that takes this share of its timeout is about to fail. */
const NEARLY = 0.9;
/** The most targets that are looked up by name, and that one finding names. */
const MOST_NAMED = 20;
const NAMED = 3;

/**
 * What every scrape of every target writes (exporter-semantics §2.5), after the prefix that a remote-write exporter may
 * put before all names. `up` is not among them: many exporters have a metric of their own such as `redis_up`.
 */
const OF_SCRAPES =
  /^(.*_)?scrape_(?:duration_seconds|samples_scraped|samples_post_metric_relabeling|series_added|timeout_seconds)$/;

/** Judges how many of the targets of every job answer, and whether any takes about as long as it may. */
export const targets: Check = forStreams((signal) => {
  const { up, timeout, over } = signal.targets ?? {};
  if (over === undefined || !signal.expectsSeries) return [];
  return [
    ...(up === undefined ? [] : [areUp(signal, up, over)]),
    ...(timeout === undefined ? [] : [areInTime(signal, timeout, over)]),
  ];
});

function areUp(signal: StreamSignal, least: number, overMs: number): Expectation {
  const by = groupsOf(signal);
  const question = ask(signal, 'up', 'up', overMs);
  const down: TargetsQuestion = { ...question, tell: 'down', by: withInstance(by), top: MOST_NAMED };
  const few = (rows: readonly TargetsRow[]) => rows.filter(({ value }) => isBelow(value, least));
  const expected = `at least ${percent(least)} of the targets up`;
  return expectation(signal, 'targets.up', question, {
    isFailing: (rows) => few(rows).length > 0,
    further: down,
    judge: (rows, book) =>
      few(rows).map(({ group, value }) => ({
        expectation: 'targets.up',
        subject: subjectOf(group, by),
        expected,
        observed: `${percent(value)} up${named('down', rowsOf(book, down), group, by)}`,
      })),
    nothing: { expectation: 'targets.up', subject: WHOLE, expected },
  });
}

function areInTime(signal: StreamSignal, timeoutMs: number, overMs: number): Expectation {
  const by = groupsOf(signal);
  const question = ask(signal, 'slowest', 'scrape_duration_seconds', overMs);
  const each: TargetsQuestion = { ...question, by: withInstance(by), top: MOST_NAMED };
  const limit = (NEARLY * timeoutMs) / 1000;
  const slow = (rows: readonly TargetsRow[]) => rows.filter(({ value }) => value >= limit);
  const expected = `scrapes take less than ${formatNumber(limit)}s of the timeout of ${formatDuration(timeoutMs)}`;
  return expectation(signal, 'targets.timeout', question, {
    isFailing: (rows) => slow(rows).length > 0,
    further: each,
    judge: (rows, book) =>
      slow(rows).map(({ group, value }) => ({
        expectation: 'targets.timeout',
        subject: subjectOf(group, by),
        expected,
        observed: `the slowest takes ${formatNumber(value)}s${named('slow', slow(rowsOf(book, each)), group, by)}`,
      })),
    nothing: { expectation: 'targets.timeout', subject: WHOLE, expected },
  });
}

interface Rules {
  readonly isFailing: (rows: readonly TargetsRow[]) => boolean;
  /** Which targets it is, on the failing path. */
  readonly further: TargetsQuestion;
  readonly judge: (rows: readonly TargetsRow[], book: EvidenceBook) => readonly Finding[];
  /** What is found where there is no such metric. */
  readonly nothing: Omit<Finding, 'observed'>;
}

function expectation(
  signal: StreamSignal,
  path: string,
  question: TargetsQuestion,
  { isFailing, further, judge, nothing }: Rules,
): Expectation {
  const any: CountQuestion = { ask: 'count', of: question.scrapes, freshMs: question.overMs, by: [] };
  return {
    path,
    questions: [liveSeries(signal), question],
    holdsIfComplete: [question],
    failsIfComplete: [question],
    furtherQuestions: (book) => {
      const rows = answered(book, question);
      if (rows.length === 0) return isSilent(signal, book) ? [] : [any];
      return isFailing(rows) ? [further] : [];
    },
    judge: (book) => {
      const rows = answered(book, question);
      const there = book.get(any);
      // Silence is told by `fresh`.
      if (rows.length > 0 || isSilent(signal, book)) return { findings: judge(rows, book) };
      const { metric } = question.scrapes;
      const isNothing = there?.kind === 'found' && !there.partial && total(there.value) === 0;
      if (isNothing)
        return { findings: [{ ...nothing, observed: `no series is called ${metric}, with this match` }] };
      const half = formatDuration(question.overMs / 2);
      return {
        findings: [],
        pending: `no target was scraped both in the last ${half} and in the ${half} before`,
      };
    },
  };
}

function ask(
  signal: StreamSignal,
  tell: TargetsQuestion['tell'],
  name: string,
  overMs: number,
): TargetsQuestion {
  const [, prefix = ''] = OF_SCRAPES.exec(signal.metric) ?? [];
  const scrapes = { ...selectAll(signal, signal.match), metric: `${prefix}${name}` };
  return { ask: 'targets', tell, scrapes, overMs, by: groupsOf(signal) };
}

function groupsOf({ by }: StreamSignal): readonly string[] {
  return by.length === 0 ? ['job'] : by;
}

function withInstance(by: readonly string[]): readonly string[] {
  return by.includes('instance') ? by : [...by, 'instance'];
}

function rowsOf(book: EvidenceBook, question: TargetsQuestion): readonly TargetsRow[] {
  const evidence = book.get(question);
  return evidence?.kind === 'found' ? evidence.value : [];
}

/** `; down: instance=a, instance=b and 2 more`, as far as it could be asked. */
function named(word: string, rows: readonly TargetsRow[], group: Group, by: readonly string[]): string {
  const own = rows
    .filter((row) => by.every((label) => row.group.get(label) === group.get(label)))
    .map((row) => labelled('instance', row.group.get('instance')));
  if (own.length === 0) return '';
  const more = own.length > NAMED ? ` and ${own.length - NAMED} more` : '';
  return `; ${word}: ${own.slice(0, NAMED).join(', ')}${more}`;
}

/** Rounded down, so that what is too little never reads as enough. */
function percent(part: number): string {
  return `${formatNumber(Math.floor(part * 1000 + 1e-9) / 10)}%`;
}
