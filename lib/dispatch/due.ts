import type { PlannedCluster } from '../plan.ts';
import type { RunMessage, Unsent } from './send.ts';
import { dueSlot, jitterSeconds, slotAt } from './slots.ts';

/** A cluster of the configuration, and how often it is verified. */
export interface Scheduled {
  readonly cluster: PlannedCluster;
  readonly everyMs: number;
}

/** A run that was due and that the queue did not take. */
export type UnsentRun = Pick<Unsent, 'cluster' | 'at'>;

/**
 * A message for each cluster with a slot after `after`, and for each whose run the queue did not take before, while no
 * later one is due. Its identity is the cluster and the slot.
 */
export function runsDue(
  clusters: readonly Scheduled[],
  after: number,
  tick: number,
  unsent: readonly UnsentRun[] = [],
): RunMessage[] {
  const slots = new Map(unsent.map(({ cluster, at }) => [cluster, at]));
  return clusters.flatMap(({ cluster: { name }, everyMs }) => {
    const left = slots.get(name);
    // Not the same where the interval was lengthened since.
    const isOpen = left !== undefined && left >= slotAt(everyMs, tick);
    const slot = dueSlot(everyMs, after, tick) ?? (isOpen ? left : undefined);
    if (slot === undefined) return [];
    const scheduledAt = new Date(slot).toISOString();
    return [
      {
        cluster: name,
        at: slot,
        body: JSON.stringify({ clusters: [name], scheduledAt, dispatched: true }),
        // The schedule invokes at any second of a minute, mostly the same one: counted from the full minute all would begin at once.
        delaySeconds: jitterSeconds(name, everyMs),
      },
    ];
  });
}

/** What the queue did not take and nobody sends any more, since a later run is due. */
export function lostRuns(
  unsent: readonly UnsentRun[],
  clusters: readonly Scheduled[],
  tick: number,
): ReadonlyMap<string, number> {
  const everyMs = new Map(clusters.map((one) => [one.cluster.name, one.everyMs]));
  return new Map(
    unsent.flatMap(({ cluster, at }) => {
      const every = everyMs.get(cluster);
      return every === undefined || at >= slotAt(every, tick) ? [] : [[cluster, at] as const];
    }),
  );
}
