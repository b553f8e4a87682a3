import type { Evidence } from '../evidence.ts';
import type { AnyEvidence, Answers, Group, Question } from '../question.ts';

/** One row of an instant vector. `labels` comes from JSON: ask `Object.hasOwn` before reading a name from it. */
export interface Row {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What the rows of a plane's answer say in reply to the question. */
export function readAnswer(question: Question, evidence: Evidence<readonly Row[]>): AnyEvidence {
  if (evidence.kind !== 'found') return evidence;
  return { ...evidence, value: answer(question, evidence.value) };
}

function answer(question: Question, rows: readonly Row[]): Answers[keyof Answers] {
  switch (question.ask) {
    case 'count':
      return rows.map((row) => ({ group: groupOf(row, question.by), series: row.value }));
    case 'newest':
      return rows.map((row) => ({ group: groupOf(row, question.by), newestSampleAt: row.value * 1000 }));
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

function groupOf(row: Row, by: readonly string[]): Group {
  return new Map(
    by.flatMap((label) => {
      const value = Object.hasOwn(row.labels, label) ? row.labels[label] : undefined;
      return value === undefined || value === '' ? [] : [[label, value] as const];
    }),
  );
}
