import type { Evidence, Reason } from './evidence.ts';
import { LEFT_OUT, NOT_LISTED_YET } from './judge.ts';
import { liveSeries, total } from './live-series.ts';
import type { Answers, CountQuestion } from './question.ts';
import type { Signal, StreamSignal } from './signal.ts';

type When = NonNullable<Signal['when']>;

/** What `when` says of a signal: judged as usual, excused, or why that could not be observed. */
export type Gate = 'open' | 'idle' | { readonly reason: Reason; readonly detail: string };

/** How many series of the gating signal are live, counted at least as far as the gate needs. */
export function gateQuestion(gating: StreamSignal, { atLeast }: When): CountQuestion {
  const live = liveSeries(gating);
  const { enough } = live;
  return enough === undefined ? live : { ...live, enough: Math.max(enough, atLeast) };
}

/** What has no traffic is not broken: below `atLeast` live series of the other signal, this one is idle. */
export function readGate({ signal, atLeast }: When, live: Evidence<Answers['count']> | undefined): Gate {
  if (live?.kind === 'unavailable') return { reason: live.reason, detail: live.detail };
  if (live?.kind !== 'found') {
    return { reason: 'rejected', detail: `the place of signal ${signal} does not exist` };
  }
  const series = total(live.value);
  if (series >= atLeast) return 'open';
  const pending = live.value.reduce((sum, group) => sum + (group.pending ?? 0), 0);
  if (series + pending >= atLeast) return { reason: 'not-listed-yet', detail: NOT_LISTED_YET };
  return live.partial ? { reason: 'incomplete', detail: LEFT_OUT } : 'idle';
}
