import type { Group, Selection } from '../question.ts';
import { labelList, promDuration, selector } from './text.ts';

/**
 * How the scrape targets of each group fared during the last `overMs`: the share of them that were `up`, how long the
 * `slowest` took (seconds), or how many were `down`. A target is up where at least half of its scrapes succeeded, and
 * takes as long as the middle one of its scrapes. Targets that were scraped in only one half of that time do not count:
 * they may be starting, or ended.
 */
export interface TargetsQuestion {
  readonly ask: 'targets';
  readonly tell: 'up' | 'slowest' | 'down';
  /** Of `up`, or of the duration of scrapes. */
  readonly scrapes: Selection;
  readonly overMs: number;
  readonly by: readonly string[];
  /** Keeps only so many groups, those with the largest numbers. */
  readonly top?: number;
}

export interface TargetsRow {
  readonly group: Group;
  readonly value: number;
}

export function targetsQuery({ tell, scrapes, overMs, by, top }: TargetsQuestion): string {
  const series = selector(scrapes);
  const over = `${series}[${promDuration(overMs)}]`;
  const half = promDuration(overMs / 2);
  const known = `last_over_time(${series}[${half}]) and last_over_time(${series}[${half}] offset ${half})`;
  const groups = by.length === 0 ? '' : ` by (${labelList(by)}) `;
  const query = {
    up: `avg${groups}((avg_over_time(${over}) >= bool 0.5) and ${known})`,
    slowest: `max${groups}(quantile_over_time(0.5, ${over}) and ${known})`,
    down: `count${groups}((avg_over_time(${over}) < 0.5) and ${known})`,
  }[tell];
  return top === undefined ? query : `topk(${top}, ${query})`;
}
