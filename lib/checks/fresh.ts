import { duration, type Matcher } from '../config/values.ts';
import { formatDuration } from '../duration.ts';
import { instant } from '../instant.ts';
import { answered, type Check, type Finding, forStreams } from '../expectation.ts';
import { subjectOf } from '../group.ts';
import { anyOf, matcherText } from '../promql/text.ts';
import type { Evidence } from '../evidence.ts';
import type { Answers, CountQuestion, EvidenceBook, NewestQuestion, Question } from '../question.ts';
import { arrivals, type StreamSignal } from '../signal.ts';
import { anyLiveSeries, selectAll, total } from '../live-series.ts';
import { elsewhereOf, elsewhereText } from '../logs/elsewhere.ts';
import { versionMarkers } from '../version-labels.ts';
import { earlierGroups, type ExpectedGroup, isPending, silentGroups } from '../silence.ts';

/** The newest sample of every group may be at most this old. */
export const freshSettings = duration;

const SIX_HOURS_MS = 6 * 3_600_000;
/** More silent groups than this are looked up among all groups, to keep the question short. */
const MAX_NAMED_GROUPS = 50;

/** Judges that every expected group has a sample inside the bound; asks for ages only where one has none. */
export const fresh: Check = forStreams((signal) => {
  if (!signal.expectsSeries) return [];
  const earlier = earlierGroups(signal);
  return [
    {
      path: 'fresh',
      questions: [anyLiveSeries(signal)],
      alongside: earlier ? [earlier] : [],
      holdsIfComplete: earlier ? [earlier] : [],
      failsIfComplete: [anyLiveSeries(signal)],
      shows: (book) => newestOf(signal, silentGroups(signal, book)),
      furtherQuestions: (book) => {
        const silent = silentGroups(signal, book);
        if (silent.length === 0) return [];
        const lastSeen = newestOf(signal, silent);
        const elsewhere = elsewhereOf(signal);
        return [lastSeen, ...(elsewhere ? [elsewhere] : []), ...whyEmpty(signal, silent, book.get(lastSeen))];
      },
      judge: (book) => {
        const silent = silentGroups(signal, book);
        const told = silent.filter((expected) => !isPending(signal, expected, book));
        const lastSeen = book.get(newestOf(signal, silent));
        const findings = told.flatMap((expected) => judgeGroup(signal, expected, silent, lastSeen, book));
        return { findings, pending: told.length < silent.length, overtaken: findings.length < told.length };
      },
      lost: (book) =>
        silentGroups(signal, book)
          .filter((expected) => !isPending(signal, expected, book))
          .map(({ group, by }) => ({ silent: by.map((label) => [label, group.get(label) ?? ''] as const) })),
      markers: (book) => versionMarkers(signal, answered(book, anyLiveSeries(signal))),
    },
  ];
});

/** The newest sample that the failing path found for the silent groups. Milliseconds since the epoch. */
export function newestSampleAt(signal: StreamSignal, book: EvidenceBook): number | undefined {
  const silent = silentGroups(signal, book);
  const evidence = silent.length === 0 ? undefined : book.get(newestOf(signal, silent));
  if (evidence?.kind !== 'found') return undefined;
  const times = silent.flatMap((expected) => newestIn(expected, evidence.value) ?? []);
  return times.length === 0 ? undefined : Math.max(...times);
}

function judgeGroup(
  signal: StreamSignal,
  expected: ExpectedGroup,
  silent: readonly ExpectedGroup[],
  lastSeen: Evidence<Answers['newest']> | undefined,
  book: EvidenceBook,
): readonly Finding[] {
  const bound = formatDuration(signal.freshMs);
  const { since } = signal;
  const { one, all } = arrivals[signal.plane];
  const finding = (observed: string): Finding => ({
    expectation: 'fresh',
    subject: expected.by.length === 0 ? all : subjectOf(expected.group, expected.by),
    expected:
      since === undefined
        ? `newest ${one} at most ${bound} old`
        : `a ${one} newer than ${instant(since)}: older ones do not count here`,
    observed: observed + elsewhereText(signal, book),
  });
  if (lastSeen?.kind !== 'found') return [finding(`no ${one} in the last ${bound}`)];
  const newest = newestIn(expected, lastSeen.value);
  if (newest === undefined) {
    const never = `no ${one} in the last ${formatDuration(lookBackMs(signal))}`;
    const why =
      expected.because === 'listed' ? ' (listed under labels.values)' : explainEmpty(signal, silent, book);
    return [finding(never + why)];
  }
  const ageMs = lastSeen.at - newest;
  // It arrived between the two questions: late, but inside the bound.
  return ageMs <= signal.freshMs ? [] : [finding(`newest ${one} ${formatDuration(ageMs)} old`)];
}

/** How far back "last seen" looks: six hours beyond a long bound. */
function lookBackMs({ freshMs }: StreamSignal): number {
  return freshMs < SIX_HOURS_MS ? SIX_HOURS_MS : freshMs + SIX_HOURS_MS;
}

function newestIn(
  expected: ExpectedGroup,
  answer: readonly { readonly group: ReadonlyMap<string, string>; readonly newestSampleAt: number }[],
): number | undefined {
  const times = answer
    .filter(({ group }) => expected.by.every((label) => group.get(label) === expected.group.get(label)))
    .map(({ newestSampleAt }) => newestSampleAt);
  return times.length === 0 ? undefined : Math.max(...times);
}

function newestOf(signal: StreamSignal, silent: readonly ExpectedGroup[]): NewestQuestion {
  const by = signal.by.filter((label) => silent.some((expected) => expected.by.includes(label)));
  const shared =
    silent.length > MAX_NAMED_GROUPS ? [] : by.filter((l) => silent.every((e) => e.by.includes(l)));
  const narrowed = shared.map((label): Matcher => {
    const values = [...new Set(silent.map(({ group }) => group.get(label) ?? ''))].sort();
    const [only = ''] = values;
    return values.length === 1
      ? { label, operator: '=', value: only }
      : { label, operator: '=~', value: anyOf(values) };
  });
  const isNew = (one: Matcher): boolean =>
    !signal.match.some(
      ({ label, operator, value }) => label === one.label && operator === one.operator && value === one.value,
    );
  const of = selectAll(signal, [...signal.match, ...narrowed.filter(isNew)]);
  return { ask: 'newest', of, by, withinMs: lookBackMs(signal) };
}

/** When nothing matches and nothing was seen for hours, the metric is asked for again with one matcher at a time. */
function whyEmpty(
  signal: StreamSignal,
  silent: readonly ExpectedGroup[],
  lastSeen: ReturnType<EvidenceBook['get']>,
): readonly Question[] {
  const nothing = lastSeen?.kind === 'found' && Array.isArray(lastSeen.value) && lastSeen.value.length === 0;
  if (!nothing || silent[0]?.by.length !== 0 || signal.match.length === 0) return [];
  return [withoutMatch(signal), ...signal.match.map((matcher) => withoutMatch(signal, matcher))];
}

function withoutMatch(signal: StreamSignal, ...match: readonly Matcher[]): CountQuestion {
  return { ask: 'count', of: selectAll(signal, match), freshMs: signal.freshMs, by: [] };
}

function explainEmpty(signal: StreamSignal, silent: readonly ExpectedGroup[], book: EvidenceBook): string {
  const all = book.get(withoutMatch(signal));
  if (silent[0]?.by.length !== 0 || all?.kind !== 'found') return '';
  const series = total(all.value);
  if (series === 0) return `; no live series is called ${signal.metric}`;
  const emptying = signal.match.filter((matcher) => {
    const alone = book.get(withoutMatch(signal, matcher));
    return alone?.kind === 'found' && total(alone.value) === 0;
  });
  const named = emptying.map(matcherText).join(' nor ');
  return emptying.length === 0
    ? `; ${signal.metric} has ${series} live series, and each matcher alone finds some, but none fits all`
    : `; ${signal.metric} has ${series} live series, but none with ${named}`;
}
