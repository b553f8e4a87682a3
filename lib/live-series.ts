import type { CountQuestion, EvidenceBook } from './question.ts';
import { answered } from './expectation.ts';
import type { Matcher } from './config/values.ts';
import type { Signal } from './signal.ts';

/** The live series of a signal by its groups: the one question that most expectations share. */
export function liveSeries(signal: Signal): CountQuestion {
  return countOf(signal, [], signal.by);
}

/** The live series of a signal that satisfy more matchers, by the given labels. */
export function countOf(signal: Signal, where: readonly Matcher[], by: readonly string[]): CountQuestion {
  const of = { metric: signal.metric, match: [...signal.match, ...where] };
  return { ask: 'count', of, freshMs: signal.freshMs, by };
}

export function total(groups: readonly { readonly series: number }[]): number {
  return groups.reduce((sum, { series }) => sum + series, 0);
}

/** True where nothing is live: `fresh` tells that silence, and what it implies is not told again. */
export function isSilent(signal: Signal, book: EvidenceBook): boolean {
  return total(answered(book, liveSeries(signal))) === 0;
}
