import { isOpen } from './episode.ts';
import type { ClusterMemory, Episode } from './memory.ts';
import { owesAnything } from './settle.ts';

/** The newest run of a cluster that was counted. */
export interface LastRun {
  /** When it was due. Milliseconds since the epoch. */
  readonly at: number;
  /** How often the cluster was verified then, in milliseconds; undefined where that is not known. */
  readonly everyMs?: number;
}

/** What of a cluster's memory is known of all clusters at once, without reading any. */
export interface Standing {
  /** Undefined where none was counted. */
  readonly lastRun: LastRun | undefined;
  /** How many signals their last run could not observe, where at least one of them is told as blind; else 0. */
  readonly blind: number;
  /** From when on a message that is owed is in nobody's hands; undefined where none is owed. Milliseconds since the epoch. */
  readonly owedFrom: number | undefined;
}

export const UNKNOWN_STANDING: Standing = { lastRun: undefined, blind: 0, owedFrom: undefined };

/** What a memory says in short. */
export function standingOf(memory: ClusterMemory): Standing {
  const blind = Object.values(memory.signals).flatMap((signal) => signal.blind ?? []);
  return {
    lastRun: lastRunOf(memory.runs[0]?.at, memory.everyMs),
    blind: blind.some(isOpen) ? blind.filter(isUnseen).length : 0,
    owedFrom: owesAnything(memory) ? (memory.sending?.until ?? 0) : undefined,
  };
}

/** The newest run, by what stands of it; undefined where there is none. */
export function lastRunOf(at: number | undefined, everyMs: number | undefined): LastRun | undefined {
  return at === undefined ? undefined : { at, ...(everyMs === undefined ? {} : { everyMs }) };
}

/** The last run that said something could not observe the signal, whether or not people know already. */
function isUnseen(episode: Episode): boolean {
  return isOpen(episode) ? episode.clear === 0 : episode.runs > 0;
}
