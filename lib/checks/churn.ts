import * as z from 'zod/mini';
import { about, duration, share } from '../config/values.ts';
import { formatDuration } from '../duration.ts';
import { type Evidence, type Unavailable, unavailable } from '../evidence.ts';
import { answered, type Check, type Expectation, forStreams } from '../expectation.ts';
import { WHOLE } from '../group.ts';
import { isSilent, liveSeries, select, total } from '../live-series.ts';
import type { CountQuestion, EvidenceBook, NewSeriesQuestion } from '../question.ts';
import type { StreamSignal } from '../signal.ts';

/** A rollout replaces everything once, and is over sooner than this. */
const DEFAULT_OVER = '20m';
const SHORTEST_MS = 5 * 60_000;
const LONGEST_MS = 6 * 3_600_000;

export const churnSettings = z.strictObject({
  max: about(share, 'At most this share of the series may be replaced, time after time.'),
  over: about(
    z.prefault(
      duration.check(
        z.refine((ms) => ms >= SHORTEST_MS && ms <= LONGEST_MS, {
          error: 'is not between 5m and 6h; write a duration such as 20m',
        }),
      ),
      DEFAULT_OVER,
    ),
    'In which time. Default 20m; rollouts must be over in it.',
  ),
});

export type ChurnSettings = z.output<typeof churnSettings>;

/**
 * Judges what share of the series was replaced by others, now and twice that time ago: a rollout, which replaces
 * everything once, is in one of the two, what never settles in both.
 */
export const churn: Check = forStreams((signal) => {
  const { churn: settings } = signal;
  return settings && signal.expectsSeries ? [notReplaced(signal, settings)] : [];
});

function notReplaced(signal: StreamSignal, { max, over }: ChurnSettings): Expectation {
  // What has ended counts as live until it is older than the bound.
  const overMs = Math.max(over, signal.freshMs);
  const [now, earlier] = [windowOf(signal, overMs, 0), windowOf(signal, overMs, 2 * overMs)];
  const isTooMuch = (window: Window, book: EvidenceBook): boolean => (replaced(window, book) ?? 0) > max;
  return {
    path: 'churn',
    questions: now,
    holdsIfComplete: now,
    failsIfComplete: now,
    shows: () => now[2],
    furtherQuestions: (book) => (isTooMuch(now, book) ? earlier : []),
    judge: (book) => {
      if (isSilent(signal, book) || !isTooMuch(now, book)) return { findings: [] };
      const unanswered = earlier.flatMap((question) => whyNot(book.get(question)));
      if (unanswered.length > 0 || !isTooMuch(earlier, book))
        return { findings: [], unavailable: unanswered[0] };
      const [lately, before] = [replaced(now, book) ?? 0, replaced(earlier, book) ?? 0];
      const time = formatDuration(overMs);
      return {
        findings: [
          {
            expectation: 'churn',
            subject: WHOLE,
            expected: `at most ${percent(max)} of the series replaced in ${time}`,
            observed: `${percent(lately)} replaced in the last ${time}, and ${percent(before)} in as long ${formatDuration(2 * overMs)} ago`,
          },
        ],
      };
    },
  };
}

/** Why it is not known whether what was replaced was one rollout: refused, or answered in part. */
function whyNot(evidence: Evidence<unknown> | undefined): readonly Unavailable[] {
  if (evidence?.kind === 'unavailable') return [evidence];
  const isWhole = evidence?.kind !== 'found' || !evidence.partial;
  return isWhole ? [] : [unavailable('incomplete', 'how much was replaced before is not known')];
}

/** The series at the end of a time, those at its beginning, and how many of the former are not among the latter. */
type Window = readonly [at: CountQuestion, before: CountQuestion, arrived: NewSeriesQuestion];

function windowOf(signal: StreamSignal, overMs: number, endMs: number): Window {
  const live = liveSeries(signal);
  const arrived = { ask: 'newSeries', of: select(signal), freshMs: signal.freshMs, sinceMs: overMs } as const;
  return [
    endMs === 0 ? live : { ...live, beforeMs: endMs },
    { ...live, beforeMs: endMs + overMs },
    endMs === 0 ? arrived : { ...arrived, beforeMs: endMs },
  ];
}

/** Arrivals beyond those that ended are a rise, and what ended beyond arrivals a drop: neither is churn. */
function replaced([at, before, arrived]: Window, book: EvidenceBook): number | undefined {
  const isThere = ([at, before, arrived] as const).every((question) => {
    const evidence = book.get(question);
    return evidence?.kind === 'found' && !evidence.partial;
  });
  if (!isThere) return undefined;
  const [now, then, fresh] = [
    total(answered(book, at)),
    total(answered(book, before)),
    answered(book, arrived),
  ];
  const ended = then - (now - fresh);
  return then === 0 ? 0 : Math.max(0, Math.min(fresh, ended)) / then;
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10}%`;
}
