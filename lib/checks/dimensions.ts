import * as z from 'zod/mini';
import { about, always, labelName } from '../config/values.ts';
import { noSetDrift } from '../baseline/expect-names.ts';
import { formatDuration } from '../duration.ts';
import { answered, type Check, type Expectation, type Finding, forStreams } from '../expectation.ts';
import { anyLiveSeries, selectAll, total } from '../live-series.ts';
import type { EvidenceBook, KeySet, KeySetsQuestion, NewestQuestion } from '../question.ts';
import type { StreamSignal } from '../signal.ts';

const names = z
  .array(labelName)
  .check(z.refine((set) => new Set(set).size === set.length, { error: 'names a dimension twice; keep one' }));
const sets = z.array(names, { error: 'is not a list of sets; write [[A, B], [A]]' }).check(z.minLength(1));

/** Sets of dimension names, each sorted, none where none are listed; `only` allows no other live set, `drift` no change of them. */
export const dimensionsSettings = z.pipe(
  z.union(
    [
      sets,
      z
        .strictObject({
          sets: about(z.optional(sets), 'The sets that must be live.'),
          only: about(z.optional(z.boolean()), 'No other set may be live.'),
          drift: about(z.optional(z.boolean()), 'No set may be lost, new or renamed against what is usual.'),
        })
        .check(
          always(
            (settings) => 'sets' in settings || ('drift' in settings && settings.drift === true),
            'expects nothing; write sets: [[A, B]], or drift: true',
          ),
          always(
            (settings) => 'sets' in settings || !('only' in settings),
            'needs sets: without them no set is allowed',
            ['only'],
          ),
        ),
    ],
    {
      error: 'is neither a list of sets nor { sets: …, only: true }; write [[EKS_Cluster, EKS_Namespace]]',
    },
  ),
  z.transform((settings) => {
    const {
      sets: listed = [],
      only = false,
      drift = false,
    } = Array.isArray(settings) ? { sets: settings } : settings;
    return { sets: listed.map((set) => set.toSorted()), only, ...(drift ? { drift } : {}) };
  }),
);

export type DimensionsSettings = z.output<typeof dimensionsSettings>;

/** The scope name that awsemf adds to every set of dimensions since 0.81 (exporter-semantics §2.2). */
const SCOPE_LABEL = 'OTelLib';
const SIX_HOURS_MS = 6 * 3_600_000;

/** Judges under which sets of dimensions the metric is live: exactly these, a superset is another set. */
export const dimensions: Check = forStreams((signal) => {
  const { dimensions: settings } = signal;
  if (!settings || !signal.expectsSeries) return [];
  return [
    ...(settings.sets.length > 0 ? [listedSets(signal, settings)] : []),
    ...(settings.only ? [noOtherSet(signal, settings)] : []),
    ...(settings.drift ? noSetDrift(signal) : []),
  ];
});

function listedSets(signal: StreamSignal, settings: DimensionsSettings): Expectation {
  const listed = keySets(signal, settings.sets);
  const every = keySets(signal);
  const missing = (book: EvidenceBook): readonly (readonly string[])[] =>
    settings.sets.filter((set) => find(answered(book, listed), set)?.live !== true);
  const gone = (book: EvidenceBook): readonly (readonly string[])[] =>
    missing(book).filter((set) => find(answered(book, listed), set)?.pending !== true);
  return {
    path: 'dimensions',
    questions: [anyLiveSeries(signal), listed],
    holdsIfComplete: [],
    failsIfComplete: [listed],
    furtherQuestions: (book) => {
      const silent = missing(book);
      return silent.length === 0 || isSilent(signal, book)
        ? []
        : [every, ...silent.map((set) => newestOf(signal, set))];
    },
    judge: (book) => {
      if (isSilent(signal, book)) return { findings: [] };
      const told = gone(book);
      return {
        findings: told.map((set) => missingSet(signal, set, book, every)),
        pending: told.length < missing(book).length,
      };
    },
    lost: (book) => (isSilent(signal, book) ? [] : gone(book).map((set) => ({ set }))),
  };
}

/** Silence of the whole metric is told by `fresh`. */
function isSilent(signal: StreamSignal, book: EvidenceBook): boolean {
  return total(answered(book, anyLiveSeries(signal))) === 0;
}

function missingSet(
  signal: StreamSignal,
  set: readonly string[],
  book: EvidenceBook,
  every: KeySetsQuestion,
): Finding {
  const evidence = book.get(every);
  const others = evidence?.kind === 'found' ? evidence.value.filter(({ live }) => live) : [];
  return {
    expectation: 'dimensions',
    subject: setText(set),
    expected: 'live with exactly these dimensions',
    observed: `no live series has exactly these${lastSeen(signal, set, book)}${nearest(set, others)}`,
  };
}

function lastSeen(signal: StreamSignal, set: readonly string[], book: EvidenceBook): string {
  const evidence = book.get(newestOf(signal, set));
  if (evidence?.kind !== 'found') return '';
  const times = evidence.value.map(({ newestSampleAt }) => newestSampleAt);
  if (times.length === 0) return ', nor had in the last 6h';
  return `, the newest sample is ${formatDuration(evidence.at - Math.max(...times))} old`;
}

/** Names what turned this set into another: most often the scope name, which an upgrade adds to all sets at once. */
function nearest(set: readonly string[], others: readonly KeySet[]): string {
  if (others.length === 0) return '';
  const byDistance = others
    .map(({ names: other }) => ({
      other,
      added: other.filter((name) => !set.includes(name)),
      lost: set.filter((name) => !other.includes(name)),
    }))
    .sort((a, b) => a.added.length + a.lost.length - b.added.length - b.lost.length);
  const [closest] = byDistance;
  if (!closest) return '';
  if (closest.lost.length === 0 && closest.added.join() === SCOPE_LABEL) {
    return `; live as ${setText(closest.other)}, only difference: ${SCOPE_LABEL}`;
  }
  return `; live are ${byDistance
    .slice(0, 3)
    .map(({ other }) => setText(other))
    .join(', ')}${others.length > 3 ? ` and ${others.length - 3} more` : ''}`;
}

function noOtherSet(signal: StreamSignal, settings: DimensionsSettings): Expectation {
  const every = keySets(signal);
  return {
    path: 'dimensions',
    questions: [every],
    holdsIfComplete: [every],
    failsIfComplete: [],
    judge: (book) => ({
      findings: answered(book, every)
        .filter(
          ({ live, names: other }) =>
            live && !settings.sets.some((set) => set.join('\0') === other.join('\0')),
        )
        .map(({ names: other }) => ({
          expectation: 'dimensions',
          subject: setText(other),
          expected: `only ${settings.sets.map(setText).join(', ')}`,
          observed: 'live with these dimensions too',
        })),
    }),
  };
}

function find(answer: readonly KeySet[], set: readonly string[]): KeySet | undefined {
  return answer.find(({ names: other }) => other.join('\0') === set.join('\0'));
}

function setText(set: readonly string[]): string {
  return `[${set.join(', ')}]`;
}

function keySets(signal: StreamSignal, only?: DimensionsSettings['sets']): KeySetsQuestion {
  const of = selectAll(signal, signal.match);
  return { ask: 'keySets', of, freshMs: signal.freshMs, ...(only ? { sets: only } : {}) };
}

function newestOf(signal: StreamSignal, set: readonly string[]): NewestQuestion {
  const of = { ...selectAll(signal, signal.match), keySets: [set] };
  return { ask: 'newest', of, by: [], withinMs: SIX_HOURS_MS };
}
