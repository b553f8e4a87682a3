import type { Evidence, Found, Unavailable } from '../evidence.ts';
import { countOf, liveSeries, select, selectAll, total } from '../live-series.ts';
import type { CountQuestion, EvidenceBook, KeySetCountsQuestion, Question } from '../question.ts';
import type { StreamSignal } from '../signal.ts';
import { turnsOver } from '../turnover.ts';
import { expectsNoDrift, expectsNoKeyDrift, expectsNoValueDrift } from './expected.ts';
import type { Shape } from './shape.ts';

/** A label with more values than these is no stable one. */
const MOST_VALUES = 50;
/** Values are asked of so many labels at most, in the order of their names. */
const MOST_LABELS = 30;

/** Which labels people say turn over, and which do not. */
export function turnoverOf({ labels }: Pick<StreamSignal, 'labels'>) {
  const pairs = labels?.turnover ?? [];
  const named = (turns: boolean): readonly string[] =>
    pairs.flatMap(([label, value]) => (value === turns ? [label] : []));
  return { stable: named(false), turning: named(true) };
}

/** The exact sets of label names: of every set of dimensions where those are compared themselves. */
export function keySetsOf(signal: StreamSignal): KeySetCountsQuestion {
  const of = signal.dimensions?.drift ? selectAll(signal, signal.match) : select(signal);
  return { ask: 'keySetCounts', of, freshMs: signal.freshMs };
}

/** The values of the labels that are there and do not turn over; nothing before their names are known. */
export function valueQuestions(signal: StreamSignal, book: EvidenceBook): readonly CountQuestion[] {
  if (!expectsNoValueDrift(signal.labels ?? {})) return [];
  const sets = complete(book.get(keySetsOf(signal)));
  const { stable, turning } = turnoverOf(signal);
  const fixed = new Set(signal.match.flatMap(({ label, operator }) => (operator === '=' ? [label] : [])));
  const names = new Set(sets?.value.flatMap((set) => (set.series > 0 ? set.names : [])));
  const asked = [...names].filter(
    (label) => !fixed.has(label) && !turning.includes(label) && (stable.includes(label) || !turnsOver(label)),
  );
  return asked
    .sort()
    .slice(0, MOST_LABELS)
    .map((label) => ({ ...countOf(signal, [], [label]), top: MOST_VALUES + 1 }));
}

/** What a signal's shape is made of, as far as it can be asked yet; nothing where no drift is expected. */
export function shapeQuestions(signal: StreamSignal, book: EvidenceBook): readonly Question[] {
  if (!expectsNoDrift(signal)) return [];
  const keySets = expectsNoKeyDrift(signal) ? [keySetsOf(signal)] : [];
  return [liveSeries(signal), ...keySets, ...valueQuestions(signal, book)];
}

/** What a run saw of a signal's shape; undefined where no drift is expected, or nothing is live. */
export function shapeOf(signal: StreamSignal, book: EvidenceBook): Shape | undefined {
  if (!expectsNoDrift(signal)) return undefined;
  const live = complete(book.get(liveSeries(signal)));
  if (!live || total(live.value) === 0) return undefined;
  const keySets = expectsNoKeyDrift(signal) ? complete(book.get(keySetsOf(signal))) : undefined;
  return {
    at: live.at,
    groups: live.value.filter(({ series }) => series > 0).map(({ group, series }) => ({ group, series })),
    keySets: keySets?.value
      .filter(({ series }) => series > 0)
      .map(({ names, series }) => ({ names, series })),
    values: valuesIn(signal, book),
  };
}

/** Why a part of the shape was not seen; undefined where all of it was. */
export function unseen(signal: StreamSignal, book: EvidenceBook): Unavailable | undefined {
  return shapeQuestions(signal, book)
    .map((question) => book.get(question))
    .find((evidence): evidence is Unavailable => evidence?.kind === 'unavailable');
}

function valuesIn(signal: StreamSignal, book: EvidenceBook): Shape['values'] {
  const answers = valueQuestions(signal, book).flatMap((question) => {
    const values = complete(book.get(question))?.value.filter(({ series }) => series > 0);
    return values && values.length <= MOST_VALUES ? [{ label: question.by[0] ?? '', values }] : [];
  });
  if (answers.length === 0) return undefined;
  return new Map(
    answers.map(({ label, values }) => [
      label,
      new Map(
        values.flatMap(({ group, series }) => {
          const value = group.get(label);
          return value === undefined ? [] : [[value, series] as const];
        }),
      ),
    ]),
  );
}

/** What is left out of an answer must not look like absence. */
function complete<T>(evidence: Evidence<T> | undefined): Found<T> | undefined {
  return evidence?.kind === 'found' && !evidence.partial && !evidence.atLeast ? evidence : undefined;
}
