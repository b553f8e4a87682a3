import { answered } from './expectation.ts';
import { liveSeries, select, total } from './live-series.ts';
import type { Answers, CountQuestion, EvidenceBook, NewSeriesQuestion, Question } from './question.ts';
import type { StreamSignal } from './signal.ts';

const MINUTE_MS = 60_000;
/** A rise is explained by a rollout for at most this long. */
const LONGEST_HOLD_MS = 30 * MINUTE_MS;
const NEW_SHARE = 0.2;

/** What tells a rollout from a rise; asked only when an upper bound is exceeded. */
export function rolloutQuestions(signal: StreamSignal): readonly Question[] {
  return [
    standing(signal),
    newSeries(signal),
    liveBefore(signal, overlapMs(signal)),
    liveBefore(signal, LONGEST_HOLD_MS),
  ];
}

type Exceeded = (groups: Answers['count']) => boolean;

/**
 * A rollout is healthy: old and new generations overlap, and the old one counts until it is older than the bound.
 * True when without the series that have ended the bound holds; and while there were series before, more than 20 % of
 * today's are new, and the bound was not exceeded half an hour ago already (`exceeded` is given the groups of that
 * time). False where any of this could not be asked, or was answered in part.
 */
export function isRollout(signal: StreamSignal, book: EvidenceBook, exceeded: Exceeded): boolean {
  const complete = <Q extends Question>(question: Q): Answers[Q['ask']] | undefined => {
    const evidence = book.get(question);
    return evidence?.kind === 'found' && !evidence.partial ? evidence.value : undefined;
  };
  const stillThere = complete(standing(signal));
  if (stillThere && !exceeded(stillThere)) return true;
  const arrived = complete(newSeries(signal));
  const before = complete(liveBefore(signal, overlapMs(signal)));
  const halfAnHourAgo = complete(liveBefore(signal, LONGEST_HOLD_MS));
  if (arrived === undefined || !before || !halfAnHourAgo) return false;
  const today = total(answered(book, liveSeries(signal)));
  return total(before) > 0 && arrived > NEW_SHARE * today && !exceeded(halfAnHourAgo);
}

/**
 * How long series count as new: 15 minutes, and longer with a longer bound, because the old generation is live for
 * `freshMs` after its last sample and the two may overlap for ten minutes before that.
 */
function overlapMs({ freshMs }: StreamSignal): number {
  return Math.min(LONGEST_HOLD_MS, Math.max(15 * MINUTE_MS, freshMs + 10 * MINUTE_MS));
}

function newSeries(signal: StreamSignal): NewSeriesQuestion {
  return { ask: 'newSeries', of: select(signal), freshMs: signal.freshMs, sinceMs: overlapMs(signal) };
}

function liveBefore(signal: StreamSignal, beforeMs: number): CountQuestion {
  return { ...liveSeries(signal), beforeMs };
}

/** Live series that have not ended since: a replaced target counts until it is older than the bound, but stands no more. */
function standing(signal: StreamSignal): CountQuestion {
  return { ...liveSeries(signal), standing: true };
}
