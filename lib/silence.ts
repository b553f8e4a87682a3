import { answered, type Finding } from './expectation.ts';
import { subjectOf } from './group.ts';
import type { CountQuestion, EvidenceBook, Group } from './question.ts';
import type { StreamSignal } from './signal.ts';
import { turnsOver } from './turnover.ts';
import { anyLiveSeries } from './live-series.ts';

const AN_HOUR_MS = 3_600_000;

/** A group that must be there. It may name only some labels of `by`; any live group with those labels will do. */
export interface ExpectedGroup {
  readonly group: Group;
  readonly by: readonly string[];
  readonly because: 'listed' | 'seen' | 'awaited';
}

/** A group by its labels, a missing one as null: how it is remembered between runs. */
export type AwaitedGroup = readonly (readonly [label: string, value: string | null])[];

/**
 * Which groups existed an hour ago. Groups are remembered by the labels of `by` whose values do not turn over: a pod
 * that a rollout replaced is not expected back. Undefined where no such label is left.
 */
export function earlierGroups(signal: StreamSignal): CountQuestion | undefined {
  const by = signal.by.filter((label) => !turnsOver(label));
  return by.length === 0 ? undefined : { ...anyLiveSeries(signal), by, beforeMs: AN_HOUR_MS, enough: 1 };
}

/**
 * The expected groups without a live series: an expected group never disappears silently. Expected is what
 * `labels.values` lists, what existed an hour ago, and what an open incident waits for. Where nothing at all is live, the one group of everything.
 */
export function silentGroups(signal: StreamSignal, book: EvidenceBook): readonly ExpectedGroup[] {
  const counts = answered(book, anyLiveSeries(signal));
  const live = counts.filter(({ series }) => series > 0);
  if (live.length === 0) return [{ group: new Map(), by: [], because: 'seen' }];
  return missingGroups(signal, book, live);
}

/**
 * The expected groups without a live series, each on its own even where nothing at all is live: what an incident waits
 * for.
 */
export function missingGroups(
  signal: StreamSignal,
  book: EvidenceBook,
  live = answered(book, anyLiveSeries(signal)).filter(({ series }) => series > 0),
): readonly ExpectedGroup[] {
  const expected = expectedGroups(signal, book);
  // By each list of labels that an expected group names, the live groups' values: a lookup, for there may be thousands.
  const liveKeys = new Set(
    [...new Map(expected.map(({ by }) => [by.join('\0'), by])).values()].flatMap((by) =>
      live.map(({ group }) => keyOf(group, by)),
    ),
  );
  const silent = expected.filter(({ group, by }) => !liveKeys.has(keyOf(group, by)));
  return [...new Map(silent.map((one) => [keyOf(one.group, one.by), one])).values()];
}

function keyOf(group: Group, by: readonly string[]): string {
  return JSON.stringify([by, by.map((label) => group.get(label))]);
}

function expectedGroups(signal: StreamSignal, book: EvidenceBook): readonly ExpectedGroup[] {
  const listed = (signal.labels?.values ?? []).flatMap(([label, values]): ExpectedGroup[] =>
    Array.isArray(values) && signal.by.includes(label)
      ? values.map((value) => ({ group: new Map([[label, value]]), by: [label], because: 'listed' }))
      : [],
  );
  return [...seenEarlier(signal, book), ...listed, ...awaitedGroups(signal)];
}

function seenEarlier(signal: StreamSignal, book: EvidenceBook): readonly ExpectedGroup[] {
  const question = earlierGroups(signal);
  const earlier = question && book.get(question);
  if (earlier?.kind !== 'found') return [];
  return earlier.value
    .filter(({ series }) => series > 0)
    .map(({ group }): ExpectedGroup => ({ group, by: question?.by ?? [], because: 'seen' }));
}

/** What an open incident waits for; a group by labels that are no longer in `by` is not waited for. */
function awaitedGroups({ awaited, by }: StreamSignal): readonly ExpectedGroup[] {
  return (awaited ?? [])
    .filter((group) => group.every(([label]) => by.includes(label)))
    .map((group): ExpectedGroup => ({
      group: new Map(group.flatMap(([label, value]) => (value === null ? [] : [[label, value] as const]))),
      by: group.map(([label]) => label),
      because: 'awaited',
    }));
}

/** What an incident would wait for. */
export interface Awaiting {
  /** Expected groups without a live series. */
  readonly missing: readonly AwaitedGroup[];
  /** Nothing else is wrong than that groups have not returned which only an open incident still waits for. */
  readonly onlyAwaits: boolean;
}

export const NOT_WAITING: Awaiting = { missing: [], onlyAwaits: false };

/** What an incident with these findings waits for. */
export function awaiting(signal: StreamSignal, book: EvidenceBook, findings: readonly Finding[]): Awaiting {
  if (findings.length === 0 || signal.by.length === 0) return NOT_WAITING;
  const missing = missingGroups(signal, book);
  const awaited = new Set(
    missing.filter(({ because }) => because === 'awaited').map(({ group, by }) => subjectOf(group, by)),
  );
  return {
    missing: missing.map(({ group, by }) => by.map((label) => [label, group.get(label) ?? null] as const)),
    onlyAwaits:
      awaited.size > 0 &&
      findings.every(({ expectation, subject }) => expectation === 'fresh' && awaited.has(subject)),
  };
}

/** Whether a silent group may have a successor that the plane does not list yet. */
export function isPending(signal: StreamSignal, { group, by }: ExpectedGroup, book: EvidenceBook): boolean {
  return answered(book, anyLiveSeries(signal)).some(
    ({ group: seen, pending = 0 }) =>
      pending > 0 && by.every((label) => seen.get(label) === group.get(label)),
  );
}
