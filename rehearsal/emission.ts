import type { Span } from './spans.ts';

export const MINUTE_MS = 60_000;

/** Values that one publisher sends for one metric, each as a sample of its own. All times in milliseconds. */
export interface Emission {
  readonly interval: number;
  /** Offset of the samples within the interval. */
  readonly phase: number;
  readonly valueAt: (at: number) => number;
  /** When samples are sent: ascending, disjoint. */
  readonly spans: readonly Span[];
  /** How long after its end the minute that begins at `minute` can be read. Never more than ten minutes. */
  readonly delayAt: (minute: number) => number;
}

export interface EmittedSample {
  readonly at: number;
  readonly value: number;
}

/** The start of the minute of `at`. */
export function minuteOf(at: number): number {
  return Math.floor(at / MINUTE_MS) * MINUTE_MS;
}

/** The first sample's time at or after `at`, whether or not anything is sent then. */
export function nextTick({ interval, phase }: Pick<Emission, 'interval' | 'phase'>, at: number): number {
  return Math.ceil((at - phase) / interval) * interval + phase;
}

/** The samples of the minutes that begin in [from, to) and can be read at `now`, ascending. */
export function samplesBetween(
  emission: Emission,
  from: number,
  to: number,
  now: number,
): readonly EmittedSample[] {
  const samples: EmittedSample[] = [];
  const first = minuteOf(from - 1) + MINUTE_MS;
  const end = Math.min(minuteOf(to - 1) + MINUTE_MS, now);
  for (const span of emission.spans) {
    const stop = Math.min(span.to, end);
    for (let at = nextTick(emission, Math.max(span.from, first)); at < stop; at += emission.interval) {
      if (!isReadable(emission, minuteOf(at), now)) continue;
      const value = emission.valueAt(at);
      // awsemf drops NaN and infinities.
      if (Number.isFinite(value)) samples.push({ at, value });
    }
  }
  return samples;
}

/** The minute of the first sample that is ever sent, whether it can be read yet or not; undefined where there is none. */
export function firstMinute(emission: Emission): number | undefined {
  for (const { from, to } of emission.spans) {
    const at = nextTick(emission, from);
    if (at < to) return minuteOf(at);
  }
  return undefined;
}

/** The newest minute that can be read at `now`; undefined where there is none. */
export function lastMinute(emission: Emission, now: number): number | undefined {
  for (const { from, to } of emission.spans.toReversed()) {
    let at = lastTickBefore(emission, Math.min(to, now));
    for (; at >= from; at = lastTickBefore(emission, minuteOf(at))) {
      if (isReadable(emission, minuteOf(at), now)) return minuteOf(at);
    }
  }
  return undefined;
}

function lastTickBefore(emission: Emission, at: number): number {
  return nextTick(emission, at) - emission.interval;
}

function isReadable({ delayAt }: Emission, minute: number, now: number): boolean {
  return minute + MINUTE_MS + delayAt(minute) <= now;
}
