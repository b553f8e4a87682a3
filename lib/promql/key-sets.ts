import { type Absent, type Evidence, type Found, type Unavailable, unavailable } from '../evidence.ts';
import { type KeySetCountsQuestion, type NamedKeySet, questionKey } from '../question.ts';
import type { Row } from './answers.ts';
import { liveSelection } from './questions.ts';
import { labelList, quote } from './text.ts';

/** More key sets than this are no shape that people could read. */
const MOST_SETS = 100;
/** Each name is a pass over the samples, and fifty characters of the question. */
const MOST_NAMES = 64;

/** A question about key sets as PromQL, for the names that the labels of its series may have. */
export interface KeySetQuery {
  readonly text: string;
  readonly read: (rows: Evidence<readonly Row[]> | undefined) => Evidence<readonly NamedKeySet[]>;
}

/** The queries of questions about key sets, by `questionKey`, or why one cannot be asked. */
export async function keySetQueries(
  questions: readonly KeySetCountsQuestion[],
  namesOf: (question: KeySetCountsQuestion) => Promise<Evidence<readonly string[]>>,
): Promise<ReadonlyMap<string, KeySetQuery | Absent | Unavailable>> {
  const queries = questions.map(async (question) => {
    const names = await namesOf(question);
    const query = names.kind === 'found' ? keySetQuery(question, names) : names;
    return [questionKey(question), query] as const;
  });
  return new Map(await Promise.all(queries));
}

/**
 * Counts the series of each exact set of label names in one pass over the samples. Each name that a series carries is
 * marked by a label of its own, and the marks are counted. Erasing the values instead would make series alike, which
 * Prometheus refuses ("vector cannot contain metrics with the same labelset").
 */
function keySetQuery(
  { of, freshMs }: KeySetCountsQuestion,
  { value: candidates, partial, isRemembered = false }: Found<readonly string[]>,
): KeySetQuery | Unavailable {
  if (candidates.length > MOST_NAMES)
    return tooMany(`${candidates.length} label names, of which ${MOST_NAMES} can be asked about`);
  const prefix = prefixFor(candidates);
  const mark = (index: number): string => `${prefix}${index}`;
  const marked = candidates.reduce(
    (series, name, index) =>
      `label_replace(${series}, ${quote(mark(index))}, "1", ${quote(name)}, "(?s:.+)")`,
    liveSelection(of, freshMs),
  );
  const by = candidates.length === 0 ? '' : ` by (${labelList(candidates.map((_, index) => mark(index)))}) `;
  return {
    text: `topk(${MOST_SETS + 1}, count${by}(${marked}))`,
    read: (rows) => {
      if (rows?.kind !== 'found') return rows ?? unavailable('invalid-response', 'no answer came');
      if (rows.value.length > MOST_SETS) return tooMany(`more than ${MOST_SETS} sets of label names`);
      const sets = rows.value.map(({ labels, value }) => ({
        names: candidates.filter((_, index) => Object.hasOwn(labels, mark(index))),
        series: value,
      }));
      return {
        ...rows,
        value: sets.sort((a, b) => (a.names.join('\0') < b.names.join('\0') ? -1 : 1)),
        partial: rows.partial || partial,
        ...(isRemembered ? { isRemembered } : {}),
      };
    },
  };
}

function tooMany(what: string): Unavailable {
  return unavailable('incomplete', `its series have ${what}; narrow it by match`);
}

/** A series may carry any label: marks must not be one of them. */
function prefixFor(names: readonly string[]): string {
  let prefix = '_';
  while (names.some((name) => name.startsWith(prefix))) prefix += '_';
  return prefix;
}
