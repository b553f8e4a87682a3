import type { CountQuestion, EvidenceBook, Selection } from './question.ts';
import { expectsNoDrift } from './baseline/expected.ts';
import { answered } from './expectation.ts';
import type { Matcher } from './config/values.ts';
import type { StreamSignal } from './signal.ts';

/** The live series of a signal by its groups: the one question that most expectations share. */
export function liveSeries(signal: StreamSignal): CountQuestion {
  const enough = enoughSeries(signal);
  return { ...countOf(signal, [], signal.by), ...(enough === undefined ? {} : { enough }) };
}

/** How many series of each group prove the lower bounds; undefined where an upper bound, churn or drift needs the true count. */
function enoughSeries(signal: StreamSignal): number | undefined {
  const { series, churn } = signal;
  if (churn || expectsNoDrift(signal)) return undefined;
  const { min = 1, max, exactly, each } = series ?? {};
  if (max !== undefined || exactly !== undefined) return undefined;
  if (each?.max !== undefined || each?.exactly !== undefined) return undefined;
  return Math.max(1, min, each?.min ?? 1);
}

/** The same over every set of dimensions: whether data arrive at all, in whatever shape. */
export function anyLiveSeries(signal: StreamSignal): CountQuestion {
  const question = liveSeries(signal);
  return { ...question, of: selectAll(signal, question.of.match) };
}

/** The live series of a signal that satisfy more matchers, by the given labels. */
export function countOf(
  signal: StreamSignal,
  where: readonly Matcher[],
  by: readonly string[],
): CountQuestion {
  return { ask: 'count', of: select(signal, where), freshMs: signal.freshMs, by };
}

/** The signal's series that satisfy more matchers; of the sets under `dimensions`, where it lists them. */
export function select(signal: StreamSignal, where: readonly Matcher[] = []): Selection {
  const all = selectAll(signal, [...signal.match, ...where]);
  const { sets = [] } = signal.dimensions ?? {};
  return sets.length > 0 ? { ...all, keySets: sets } : all;
}

/** The series of the signal's metric that satisfy just these matchers. */
export function selectAll(
  { metric, plane, address, account }: StreamSignal,
  match: readonly Matcher[],
): Selection {
  return {
    metric,
    match,
    ...(plane === 'cloudwatch' ? { namespace: address } : {}),
    ...(plane === 'logs' || plane === 'xray' ? { place: address } : {}),
    ...(account === undefined ? {} : { account }),
  };
}

export function total(groups: readonly { readonly series: number }[]): number {
  return groups.reduce((sum, { series }) => sum + series, 0);
}

/** True where nothing is live: `fresh` tells that silence, and what it implies is not told again. */
export function isSilent(signal: StreamSignal, book: EvidenceBook): boolean {
  return total(answered(book, liveSeries(signal))) === 0;
}
