import type { Evidence, Reason } from './evidence.ts';
import { LEFT_OUT, NOT_LISTED_YET } from './judge.ts';
import { liveSeries, selectAll } from './live-series.ts';
import type { Answers, CountQuestion, StatisticQuestion } from './question.ts';
import type { StreamSignal, When } from './signal.ts';

/** What `when` says of a signal: judged as usual, excused, or why that could not be observed. */
export type Gate = 'open' | 'idle' | { readonly reason: Reason; readonly detail: string };

/**
 * How many series of the gating signal are live, counted at least as far as the gate needs; or what its samples come to.
 * Their sum ends now: a gate that outlasts the traffic would accuse what went silent with it.
 */
export function gateQuestion(
  gating: StreamSignal,
  { atLeast, sums = false }: When,
): CountQuestion | StatisticQuestion {
  if (sums) {
    const of = selectAll(gating, gating.match);
    return { ask: 'statistic', of, statistic: 'sum', overMs: gating.freshMs, by: [], untilNow: true };
  }
  const live = liveSeries(gating);
  const { enough } = live;
  return enough === undefined ? live : { ...live, enough: Math.max(enough, atLeast) };
}

/** What has no traffic is not broken: below `atLeast` of the gating signal, this one is idle. */
export function readGate(
  { signal, atLeast }: When,
  answer: Evidence<Answers['count'] | Answers['statistic']> | undefined,
): Gate {
  if (answer?.kind === 'unavailable') return { reason: answer.reason, detail: answer.detail };
  if (answer?.kind !== 'found') {
    return { reason: 'rejected', detail: `the place of signal ${signal} does not exist` };
  }
  const seen = add(answer.value.map((row) => ('series' in row ? row.series : row.value)));
  if (seen >= atLeast) return 'open';
  // Of a sum, successors that are not listed yet may make up any amount.
  const pending = add(
    answer.value.map((row) => ('series' in row ? (row.pending ?? 0) : row.pending ? atLeast : 0)),
  );
  if (seen + pending >= atLeast) return { reason: 'not-listed-yet', detail: NOT_LISTED_YET };
  return answer.partial ? { reason: 'incomplete', detail: LEFT_OUT } : 'idle';
}

function add(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
