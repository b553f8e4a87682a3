import type { PlannedCluster } from '../plan.ts';
import type { Report } from '../report/report.ts';
import { isOpen } from './episode.ts';
import type { ClusterMemory } from './memory.ts';
import type { Owed } from './settle.ts';

export type ClusterReport = Report['clusters'][number];

/** Everything that a message about one cluster is made from. */
export interface Occasion {
  readonly cluster: PlannedCluster;
  /** What the run saw; a signal that it does not hold was not judged. */
  readonly report: ClusterReport;
  readonly memory: ClusterMemory;
  /** Milliseconds since the epoch. */
  readonly checkedAt: number;
  /** The channel's key, and what it is owed. */
  readonly channel: string;
  readonly owed: readonly Owed[];
}

/** Signals of the cluster that are open and were told before: they stand beside the news. */
export function stillOpen({ memory, owed, channel }: Occasion): readonly string[] {
  const told = new Set(owed.filter(({ track }) => track === 'failing').map(({ signal }) => signal));
  return Object.entries(memory.signals).flatMap(([signal, { failing }]) =>
    isOpen(failing) && failing.channels[channel]?.told && !told.has(signal) ? [signal] : [],
  );
}
