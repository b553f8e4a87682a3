import { answered } from './expectation.ts';
import { liveSeries, select, total } from './live-series.ts';
import type { Answers, CountQuestion, EvidenceBook, NewSeriesQuestion, Question } from './question.ts';
import type { Signal } from './signal.ts';

const MINUTE_MS = 60_000;
/** A rise is explained by a rollout for at most this long. */
const LONGEST_HOLD_MS = 30 * MINUTE_MS;
const NEW_SHARE = 0.2;

/** What tells a rollout from a rise; asked only when an upper bound is exceeded. */
export function rolloutQuestions(signal: Signal): readonly Question[] {
  return [newSeries(signal), liveBefore(signal, overlapMs(signal)), liveBefore(signal, LONGEST_HOLD_MS)];
}

/**
 * A rollout is healthy: old and new generations overlap, and the old one counts until it is older than the bound.
 * True while there were series before it, more than 20 % of today's are new, and the bound was not exceeded half an
 * hour ago already (`exceeded` is given the groups of that time). False where any of this could not be asked.
 */
export function isRollout(
  signal: Signal,
  book: EvidenceBook,
  exceeded: (groups: Answers['count']) => boolean,
): boolean {
  const arrived = book.get(newSeries(signal));
  const before = book.get(liveBefore(signal, overlapMs(signal)));
  const halfAnHourAgo = book.get(liveBefore(signal, LONGEST_HOLD_MS));
  if (arrived?.kind !== 'found' || before?.kind !== 'found' || halfAnHourAgo?.kind !== 'found') return false;
  const today = total(answered(book, liveSeries(signal)));
  return total(before.value) > 0 && arrived.value > NEW_SHARE * today && !exceeded(halfAnHourAgo.value);
}

/**
 * How long series count as new: 15 minutes, and longer with a longer bound, because the old generation is live for
 * `freshMs` after its last sample and the two may overlap for ten minutes before that.
 */
function overlapMs({ freshMs }: Signal): number {
  return Math.min(LONGEST_HOLD_MS, Math.max(15 * MINUTE_MS, freshMs + 10 * MINUTE_MS));
}

function newSeries(signal: Signal): NewSeriesQuestion {
  return { ask: 'newSeries', of: select(signal), freshMs: signal.freshMs, sinceMs: overlapMs(signal) };
}

function liveBefore(signal: Signal, beforeMs: number): CountQuestion {
  return { ...liveSeries(signal), beforeMs };
}
