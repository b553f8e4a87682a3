import type { SimulatedLogStream } from '../../rehearsal/log-groups.ts';
import type { SteadyMetric } from '../../rehearsal/metric-store.ts';
import { BREAK, type Estate, HOUR, NOON, SINCE } from './simulated-account.ts';

/** A pipeline that is well until something is done to it. */
export interface Pipe {
  readonly estate: Estate;
  /** Everything is replaced: what is new begins so long after the old has ended, or before where it is negative. */
  readonly rollOut: (at: number, gapMs: number) => void;
  /** What can go wrong, from BREAK on. */
  readonly breaks: Readonly<Record<string, () => void>>;
}

/** How what is removed ends, and what crashes. */
export const GONE = { staleMarkers: true };
export const CRASHED = { staleMarkers: false };

/** CloudWatch shows what comes in these hours ten minutes late, the longest that it takes. */
export const LATE = [NOON + 5 * HOUR, NOON + 9 * HOUR, 10] as const;

/** What the workspace says of itself: half of what is sent is discarded. */
export function discards(estate: Estate): void {
  estate.vended = { ...estate.vended, discarded: { rate_limited: { since: BREAK, value: 60_000 } } };
}

/** No trace begins any more. */
export function endTraces({ traces }: Estate): void {
  traces.services = traces.services.map((one) => ({ ...one, until: BREAK }));
}

/** Changes every stream of a group. */
function change(estate: Estate, group: string, to: Partial<SimulatedLogStream>): void {
  const known = estate.groups.get(group);
  if (known) estate.groups.set(group, { ...known, streams: known.streams.map((one) => ({ ...one, ...to })) });
}

/** No event arrives in a group any more. */
export function silence(estate: Estate, group: string): void {
  change(estate, group, { until: BREAK });
}

/** The streams of a group end, and others begin. */
export function turnStreams(
  estate: Estate,
  group: string,
  names: readonly string[],
  at: number,
  gapMs: number,
): void {
  change(estate, group, { until: at });
  const known = estate.groups.get(group);
  const streams = names.map((name) => ({ name, since: at + gapMs }));
  if (known) estate.groups.set(group, { ...known, streams: [...known.streams, ...streams] });
}

/** A metric that another publisher has been sending all the time. */
export const seen = (namespace: string, name: string, dimensions: Record<string, string>): SteadyMetric => ({
  namespace,
  name,
  dimensions,
  since: SINCE,
});
