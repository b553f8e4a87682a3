import type { Evidence } from '../evidence.ts';
import type {
  AnswerTo,
  CountElsewhereQuestion,
  CountQuestion,
  EvidenceBook,
  Group,
  GroupCount,
  Question,
} from '../question.ts';
import type { StreamSignal } from '../signal.ts';

/** One of two signals that are compared. */
export interface Side {
  readonly signal: StreamSignal;
  /** In the order of the other's. */
  readonly labels: readonly string[];
  /** How it is asked from where the comparison is. */
  readonly question: (count: CountQuestion) => CountQuestion | CountElsewhereQuestion;
}

/** A side's own counts, whichever of the two it is. */
export function bookOf({ question: of }: Side, book: EvidenceBook): EvidenceBook {
  return {
    get: <Q extends Question>(asked: Q) => {
      const question: Question = asked;
      const evidence = question.ask === 'count' ? book.get(of(question)) : undefined;
      return evidence as Evidence<AnswerTo<Q>> | undefined;
    },
  };
}

/** Above this a side is counted, and what differs is not named. */
export const MOST_VALUES = 500;

/** The live values of the labels, by a key that is the same for the other side's. Series that lack one of them count for nothing. */
export function valuesOf(
  groups: readonly GroupCount[],
  labels: readonly string[],
): ReadonlyMap<string, Group> {
  const values = new Map<string, Group>();
  for (const { group, series, pending = 0 } of groups) {
    const own = labels.map((label) => group.get(label) ?? '');
    // A successor that is not listed yet may have any name: what fell silent just now is not missing.
    if (series + pending === 0 || own.includes('')) continue;
    values.set(JSON.stringify(own), new Map(labels.map((label, index) => [label, own[index] ?? ''])));
  }
  return values;
}

/** What one side has and the other lacks; where there are too many to compare, how many fewer there are, without names. */
export function missingOf(
  has: ReadonlyMap<string, Group>,
  other: ReadonlyMap<string, Group>,
): { readonly count: number; readonly named: readonly Group[] } {
  if (has.size > MOST_VALUES || other.size > MOST_VALUES) {
    return { count: Math.max(0, has.size - other.size), named: [] };
  }
  const named = [...has].flatMap(([key, group]) => (other.has(key) ? [] : [group]));
  return { count: named.length, named };
}
