import type { PlannedCluster } from '../plan.ts';
import { printable } from '../printable.ts';
import { type Store, StoreError } from '../stores/store.ts';
import type { LogLine, Trouble } from '../trouble.ts';
import type { SignalVerdict } from '../verify.ts';
import { learn } from './learn.ts';
import { driftingSignals, type StoredBaselines } from './remembered.ts';

/** What a run saw of a signal that is compared with a baseline. */
export type Lesson = Pick<SignalVerdict, 'signal' | 'verdict' | 'state' | 'findings' | 'shape' | 'drifts'>;

export interface KeepPorts {
  readonly store: Store;
  readonly trouble: Trouble;
  readonly log: (line: LogLine) => void;
}

/** The baselines of a cluster; what cannot be read is told, and stands there as its error. */
export async function readBaselines(
  cluster: string,
  { store, trouble }: KeepPorts,
): Promise<StoredBaselines> {
  try {
    const stored = await store.baselines(cluster);
    for (const one of stored.values()) if (one instanceof StoreError) trouble.on(cluster, one);
    return stored;
  } catch (error) {
    trouble.on(cluster, error);
    if (error instanceof StoreError) return error;
    return new StoreError('unreadable', 'plumbline itself broke while reading it');
  }
}

/**
 * Teaches the baselines of a cluster what a counted run saw, and forgets those of signals that are no longer compared
 * with one. Only ok runs say what is usual; whoever is overtaken by another run loses this one observation. Nothing is
 * thrown.
 */
export async function keepBaselines(
  cluster: PlannedCluster,
  lessons: readonly Lesson[],
  stored: StoredBaselines,
  ports: KeepPorts,
): Promise<void> {
  if (stored instanceof StoreError) return;
  const drifting = new Set(driftingSignals(cluster));
  const gone = [...stored.keys()].filter((name) => !drifting.has(name));
  const { store, trouble } = ports;
  await Promise.all([
    ...lessons.map((lesson) =>
      trouble.spare(cluster.name, () => keepOne(cluster.name, lesson, stored, ports)),
    ),
    ...gone.map((name) => trouble.spare(cluster.name, () => store.forgetBaseline(cluster.name, name))),
  ]);
}

/** Forgets what a cluster that left the configuration looked like. */
export async function forgetBaselines(cluster: string, store: Store): Promise<void> {
  const names = [...(await store.baselines(cluster)).keys()];
  await Promise.all(names.map((name) => store.forgetBaseline(cluster, name)));
}

async function keepOne(
  cluster: string,
  { signal, verdict, state, findings, shape, drifts }: Lesson,
  stored: Exclude<StoredBaselines, StoreError>,
  { store, log }: KeepPorts,
): Promise<void> {
  const known = stored.get(signal.name);
  if (!shape || known instanceof StoreError) return;
  const fed = verdict === 'ok' && state !== 'idle' && findings.length === 0;
  const learned = learn(known?.baseline, shape, { fed, rollout: state === 'rollout', drifts });
  // It changes at most hourly, and at once when a gain begins.
  if (learned === known?.baseline) return;
  const isWritten = await store.writeBaseline(cluster, signal.name, learned, known?.version ?? 0);
  if (!isWritten) log({ what: 'overtaken', cluster: printable(cluster) });
}
