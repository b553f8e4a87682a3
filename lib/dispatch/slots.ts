import { createHash } from 'node:crypto';
import type { PlannedCluster } from '../plan.ts';

/** How often `dispatch` looks what is due. Milliseconds. */
export const TICK_MS = 60_000;

const LONGEST_JITTER_MS = 30_000;

/** The tick that a moment belongs to. Milliseconds since the epoch, as all moments here. */
export function tickOf(at: number): number {
  return slotAt(TICK_MS, at);
}

/**
 * When the second look at a run of `at` counts as due: just after the next full minute, whenever it takes place. So what broke
 * in one tick turns in one tick, whatever time each cluster's run took.
 */
export function secondLookAt(at: number): number {
  return tickOf(at) + TICK_MS + 1;
}

/** The newest moment at or before `at` at which something is due that is due every `everyMs`. */
export function slotAt(everyMs: number, at: number): number {
  return Math.floor(at / everyMs) * everyMs;
}

/**
 * The newest slot after `after`, the tick before, and not after `tick`; undefined where there is none. Where no tick came for
 * long the newest one alone is made up for, however old it is: the next may be a day away.
 */
export function dueSlot(everyMs: number, after: number, tick: number): number | undefined {
  const slot = slotAt(everyMs, tick);
  return slot > after ? slot : undefined;
}

/**
 * How much later than the others' a cluster's runs begin, in whole seconds: the same for every run of it, within a tenth of
 * `everyMs` and half a tick, so that all runs of a tick are over before the next one tells what they found.
 */
export function jitterSeconds(cluster: string, everyMs: number): number {
  const span = Math.floor(Math.min(everyMs / 10, LONGEST_JITTER_MS) / 1000);
  return createHash('sha256').update(cluster).digest().readUInt32BE(0) % (span + 1);
}

/** The cluster with only the signals that are due in its slot at `at`, and what decides whether these have traffic. */
export function dueSignals(cluster: PlannedCluster, clusterEveryMs: number, at: number): PlannedCluster {
  const slot = slotAt(clusterEveryMs, at);
  const due = new Set(
    cluster.signals.filter(({ judged, signal }) => judged && slot % (signal.everyMs ?? clusterEveryMs) === 0),
  );
  const gates = new Set([...due].flatMap(({ signal }) => signal.when?.signal ?? []));
  return {
    ...cluster,
    signals: cluster.signals.flatMap((planned) => {
      if (due.has(planned)) return [planned];
      return gates.has(planned.signal.name) ? [{ ...planned, judged: false }] : [];
    }),
  };
}
