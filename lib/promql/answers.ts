import { type Evidence, unavailable } from '../evidence.ts';
import { isTime } from '../instant.ts';
import type { AnyEvidence, Answers, Group } from '../question.ts';
import type { PromqlQuestion } from './questions.ts';

/** One row of an instant vector. `labels` comes from JSON: ask `Object.hasOwn` before reading a name from it. */
export interface Row {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What the rows of a plane's answer say in reply to the question. */
export function readAnswer(question: PromqlQuestion, evidence: Evidence<readonly Row[]>): AnyEvidence {
  if (evidence.kind !== 'found') return evidence;
  if (evidence.isScalar && question.ask !== 'promql') {
    return unavailable('invalid-response', 'the answer is not a Prometheus vector');
  }
  if (!MEASURES.has(question.ask) && !evidence.value.every(({ value }) => Number.isFinite(value))) {
    return unavailable('invalid-response', 'a row of the answer is not a labelled number');
  }
  if (question.ask === 'newest' && !evidence.value.every(({ value }) => isTime(value * 1000))) {
    return unavailable('invalid-response', 'a row of the answer is not a time');
  }
  return { ...evidence, value: answer(question, evidence.value) };
}

/** Questions about values rather than about series: their answers may hold what is no finite number. */
const MEASURES: ReadonlySet<string> = new Set<PromqlQuestion['ask']>(['statistic', 'targets', 'promql']);

function answer(question: PromqlQuestion, rows: readonly Row[]): Answers[keyof Answers] {
  switch (question.ask) {
    case 'count':
      return inOrder(rows, question.by).map((row) => ({
        group: groupOf(row, question.by),
        series: row.value,
      }));
    case 'newest':
      return rows.map((row) => ({ group: groupOf(row, question.by), newestSampleAt: row.value * 1000 }));
    case 'statistic':
    case 'targets':
      return inOrder(rows, question.by).flatMap((row) =>
        Number.isNaN(row.value) ? [] : [{ group: groupOf(row, question.by), value: row.value }],
      );
    case 'promql':
      return rows.map(({ labels, value }) => ({ labels: new Map(Object.entries(labels)), value }));
    case 'newSeries':
      return rows[0]?.value ?? 0;
    case 'otherLabels': {
      const others = rows.filter((row) => Object.keys(row.labels).length > 0);
      return {
        names: [...new Set(others.flatMap((row) => Object.keys(row.labels)))].sort(),
        series: others.reduce((sum, row) => sum + row.value, 0),
      };
    }
  }
}

/** Servers answer in any order; reports that can be compared need one. */
function inOrder(rows: readonly Row[], by: readonly string[]): readonly Row[] {
  const keyed = rows.map((row) => ({ row, key: JSON.stringify(by.map((label) => labelOf(row, label))) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ row }) => row);
}

function groupOf(row: Row, by: readonly string[]): Group {
  return new Map(
    by.flatMap((label) => {
      const value = labelOf(row, label);
      return value === '' ? [] : [[label, value] as const];
    }),
  );
}

/** An empty value and no label are the same to Prometheus. */
function labelOf({ labels }: Row, label: string): string {
  return Object.hasOwn(labels, label) ? (labels[label] ?? '') : '';
}
