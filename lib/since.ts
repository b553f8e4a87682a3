import { parseDuration } from './config/values.ts';
import { asksAbout, type PlannedCluster } from './plan.ts';
import { isStream, type Plane, type Signal, type StreamSignal } from './signal.ts';

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/;
/** The clocks of a pipeline's machine and of this one may differ a little. */
const AHEAD_MS = 60_000;
const SHORTEST_MS = 1000;

/**
 * A moment as users write it (`now`, `5m` for five minutes ago, or an ISO time with its offset) in milliseconds since
 * the epoch, or what is wrong with it and what to write instead.
 */
export function parseSince(text: string, now: number): number | { readonly problem: string } {
  if (text === 'now') return now;
  const ago = parseDuration(text);
  if (ago !== undefined) return now - ago;
  const time = TIME.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) {
    return { problem: 'is not a moment; write now, 5m (five minutes ago) or 2026-11-20T12:00:00Z' };
  }
  return time > now + AHEAD_MS
    ? { problem: 'is in the future; write now, or a moment that has passed' }
    : time;
}

/**
 * The clusters with the freshness bound of every judged signal shortened, so that only samples newer than `since` count
 * at `now` (both in milliseconds since the epoch). A bound is never lengthened, and in whole seconds, as planes take it.
 * Right after `since` nothing can be there yet: the shortest bound is a second.
 *
 * Signals that gate others keep their bound, in a copy of their own that comes first: shortened, "nothing new yet" would
 * read as "no traffic", and what waits behind the gate would be idle, which is ok.
 */
export function sinceOnly(clusters: readonly PlannedCluster[], since: number, now: number): PlannedCluster[] {
  const boundMs = Math.max(SHORTEST_MS, Math.floor((now - since) / 1000) * 1000);
  return clusters.map((cluster) => {
    const gates = new Set(cluster.signals.flatMap(({ signal }) => asksAbout(signal)));
    const kept = cluster.signals.filter(({ signal }) => gates.has(signal.name));
    const judged = cluster.signals.filter((planned) => planned.judged);
    const bound = { since, boundMs };
    return {
      ...cluster,
      signals: [
        ...kept.map(({ signal }) => ({ signal, judged: false })),
        ...judged.map(({ signal }) => ({
          signal: shortened(signal, bound),
          judged: true,
        })),
      ],
    };
  });
}

interface Bound {
  readonly since: number;
  readonly boundMs: number;
}

/** A state is that of now, whatever was before. */
function shortened(signal: Signal, bound: Bound): Signal {
  return isStream(signal) ? shortenedStream(signal, bound) : signal;
}

function shortenedStream(signal: StreamSignal, bound: Bound): StreamSignal {
  const { plane, statistic, targets, parity } = signal;
  const { since, boundMs } = bound;
  const atMost = (milliseconds: number): number => Math.min(milliseconds, boundFor(plane, boundMs));
  return {
    ...signal,
    freshMs: atMost(signal.freshMs),
    ...(atMost(signal.freshMs) < signal.freshMs ? { since } : {}),
    ...(statistic
      ? { statistic: { ...statistic, over: atMost(statistic.over), notBefore: boundFor(plane, boundMs) } }
      : {}),
    ...(targets ? { targets: { ...targets, over: atMost(targets.over) } } : {}),
    ...(parity ? { parity: { ...parity, with: shortenedStream(parity.with, bound) } } : {}),
  };
}

/** CloudWatch dates a minute by its end: only one that began after `since` holds nothing from before. */
function boundFor(plane: Plane, boundMs: number): number {
  const isByMinute = plane === 'cloudwatch' || plane === 'logs';
  return isByMinute ? Math.max(SHORTEST_MS, boundMs - 60_000) : boundMs;
}
