import type { Group } from '../question.ts';

/** A question of the user's own, as PromQL. */
export interface OwnQuestion {
  readonly ask: 'promql';
  readonly query: string;
}

/** One value of the answer; a scalar is one without labels. The value may be NaN or infinite. */
export interface OwnRow {
  readonly labels: Group;
  readonly value: number;
}

/** What stands between quotes stays as it is. A comment ends with its line, as in Prometheus also by a carriage return. */
const BETWEEN = /("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`)|(?:#[^\n\r]*|[ \t\n\r])+/gs;

/** The query without comments, on one line, so that it can stand inside another. */
export function ownText({ query }: OwnQuestion): string {
  return query.replaceAll(BETWEEN, (_, quoted: string | undefined) => quoted ?? ' ').trim();
}
