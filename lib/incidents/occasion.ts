import type { PlannedCluster } from '../plan.ts';
import { WHOLE } from '../group.ts';
import type { Report, SignalReport } from '../report/report.ts';
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

/** Signals that are open as far as the channel knows, or is about to: not what it is not told about, nor what is held. */
export function openTo({ memory, channel }: Pick<Occasion, 'memory' | 'channel'>): readonly string[] {
  return Object.entries(memory.signals).flatMap(([signal, { failing }]) =>
    isOpen(failing) && failing.heldBy === undefined && failing.channels[channel] ? [signal] : [],
  );
}

/** Those that were told before and of which there is nothing new: they stand beside the news. */
export function stillOpen(occasion: Occasion): readonly string[] {
  const news = new Set(occasion.owed.filter(({ track }) => track === 'failing').map(({ signal }) => signal));
  return openTo(occasion).filter((signal) => !news.has(signal));
}

/** A finding that is told once and leaves the signal ok. */
export function isGain({ severity }: { readonly severity?: string | undefined }): boolean {
  return severity === 'warning';
}

/** How a failing signal fails, by what the run saw of it. */
export type Failure = 'silent' | 'partly' | 'shape' | 'unseen' | 'ok';

export function failureOf(seen: SignalReport | undefined): Failure {
  if (!seen || seen.verdict === 'unknown') return 'unseen';
  if (seen.verdict === 'ok') return 'ok';
  const silences = seen.findings.filter(({ expectation }) => expectation === 'fresh');
  if (silences.length === 0) return 'shape';
  return silences.some(({ subject }) => subject === WHOLE) ? 'silent' : 'partly';
}
