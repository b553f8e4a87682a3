import type { Cron } from 'croner';
import { DEFAULT_TIME_ZONE, type MuteSettings } from './settings.ts';
import { type Span, spanOf } from './time.ts';

/** When a configured mute holds. */
export interface Windows {
  /** The span that the moment is in; undefined while the mute does not hold. */
  readonly at: (now: number) => Span | undefined;
  /** The first span that begins after the moment; undefined where none does. */
  readonly after: (now: number) => Span | undefined;
}

/** When each of the configured mutes holds, in their order. The reader of crons is loaded only where there is one. */
export async function openWindows(settings: readonly MuteSettings[]): Promise<readonly Windows[]> {
  const croner = settings.some(({ cron }) => cron !== undefined) ? await import('croner') : undefined;
  return settings.map(({ cron, for: forMs, from = '', until = '', timeZone = DEFAULT_TIME_ZONE }) => {
    if (!croner || cron === undefined || forMs === undefined) return once(spanOf(from, until, timeZone));
    // A time that the clocks skip in spring is taken right after the gap, one that they repeat in autumn once.
    const options = { mode: '5-part', timezone: timeZone, fixedTimeRule: 'no-wildcard' } as const;
    return repeated(new croner.Cron(cron, options), forMs);
  });
}

function once(span: Span | undefined): Windows {
  return {
    at: (now) => (span && span.from <= now && now < span.until ? span : undefined),
    after: (now) => (span && span.from > now ? span : undefined),
  };
}

/** Times that follow without a pause are one span, as far as so many of them reach. */
const MOST_JOINED = 50;

function repeated(times: Cron, forMs: number): Windows {
  // What runs right before the next millisecond is the last at or before this one.
  const lastAt = (moment: number) => times.previousRuns(1, new Date(moment + 1))[0]?.getTime();
  const endOf = (from: number): number => {
    let until = from + forMs;
    for (let joined = 1; joined < MOST_JOINED; joined += 1) {
      const end = (lastAt(until) ?? from) + forMs;
      if (end === until) break;
      until = end;
    }
    return until;
  };
  return {
    at: (now) => {
      const from = lastAt(now);
      return from !== undefined && now < from + forMs ? { from, until: endOf(from) } : undefined;
    },
    after: (now) => {
      const from = times.nextRun(new Date(now))?.getTime();
      return from === undefined ? undefined : { from, until: endOf(from) };
    },
  };
}
