import { missedId, type RunRecord } from '../history.ts';
import type { PlannedCluster } from '../plan.ts';
import { dueSignals, slotAt } from './slots.ts';

/** A cluster and when it was verified, as far as is known. */
export interface Watch {
  readonly cluster: PlannedCluster;
  readonly everyMs: number;
  /** When the newest run that was counted was due; undefined where none was. Milliseconds since the epoch. */
  readonly lastRun: number | undefined;
  /** How often the cluster was verified then; undefined where that is not known. */
  readonly lastEveryMs?: number | undefined;
  /** Since when runs were missing in each tick in which one was due; undefined where none is. */
  readonly awaitedSince?: number | undefined;
}

/** So many times its interval a cluster may go without a run. */
export const PATIENCE = 3;

/** What was due that long ago should be over: the time that a function has for a run. */
const GRACE_MS = 120_000;

/** Missed runs that one tick records of a cluster: what is older was nobody's to dispatch. */
const MOST_MISSED = 60;

/** Whether a cluster's newest run is too old at `tick`; undefined where it never had one, which only time can tell. */
export function isOverdue({ everyMs, lastRun }: Watch, tick: number): boolean | undefined {
  return lastRun === undefined ? undefined : slotAt(everyMs, tick) - lastRun >= PATIENCE * everyMs;
}

/** Whether a run that was due before the one of `tick` did not come, as far as is known: it counts towards being overdue. */
export function isMissing({ everyMs, lastRun }: Watch, tick: number): boolean {
  return lastRun === undefined || slotAt(everyMs, tick) - lastRun >= (PATIENCE - 1) * everyMs;
}

/**
 * In how many ticks in which a cluster was due it must be missing before that is told. An interval that was shortened makes
 * the last run look old at once: so two, unless nobody dispatched in between. One that never had a run is counted from when
 * it was first due.
 */
export function missingFor(watch: Watch, after: number, tick: number): number {
  const { everyMs, lastRun } = watch;
  if (lastRun === undefined) return PATIENCE + 1;
  if (!isOverdue(watch, tick)) return Number.POSITIVE_INFINITY;
  return slotAt(everyMs, tick) - slotAt(everyMs, after) > everyMs ? 1 : 2;
}

/**
 * Whether everything that was due a run's time before `tick` is done. Of a cluster that is new, and of one that is verified
 * more often since its newest run, nothing is known to have been due before a tick missed it.
 */
export function isComplete(watch: Watch, tick: number): boolean {
  const { everyMs, lastRun, awaitedSince } = watch;
  if (awaitedSince === undefined && (lastRun === undefined || isMoreOften(watch))) return true;
  return lastRun !== undefined && lastRun >= slotAt(everyMs, tick - GRACE_MS);
}

/** Slots of the new interval lie between its newest run and the change: nobody was to dispatch those. */
function isMoreOften({ everyMs, lastEveryMs = 0 }: Watch): boolean {
  return lastEveryMs > everyMs;
}

/**
 * The runs that were due and did not come, of those that no tick up to `after` told of: a run has until the next one is
 * due. To the history they are unknown, not ok. Where a later run came in time it is not known that one is missing, but for
 * the one that is known to be `lost`.
 */
export function missedRuns(watch: Watch, after: number, tick: number, lost?: number): RunRecord[] {
  const { cluster, everyMs, lastRun } = watch;
  const slots = new Set(missedSlots(watch, after, tick));
  // What the queue did not say that it took may have come all the same.
  if (lost !== undefined && (lastRun === undefined || lastRun < lost)) slots.add(lost);
  return [...slots].flatMap((at): RunRecord[] => {
    const { signals } = dueSignals(cluster, everyMs, at);
    const unknown = signals.flatMap(({ judged, signal }) => (judged ? [signal.name] : []));
    if (unknown.length === 0) return [];
    return [
      { cluster: cluster.name, id: missedId(at), at, ok: [], failing: [], unknown, opened: [], ended: [] },
    ];
  });
}

function missedSlots(watch: Watch, after: number, tick: number): readonly number[] {
  const { everyMs, lastRun, awaitedSince = Number.POSITIVE_INFINITY } = watch;
  if (lastRun === undefined) return [];
  const newestAt = (moment: number) => slotAt(everyMs, moment - Math.max(everyMs, GRACE_MS));
  const newest = newestAt(tick);
  const oldest = Math.max(
    newestAt(after) + everyMs,
    slotAt(everyMs, lastRun) + everyMs,
    newest - MOST_MISSED * everyMs,
    isMoreOften(watch) ? slotAt(everyMs, awaitedSince) : 0,
  );
  const slots: number[] = [];
  for (let at = oldest; at <= newest; at += everyMs) slots.push(at);
  return slots;
}
