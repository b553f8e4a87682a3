import { type Reason, type Unavailable, unavailable } from '../evidence.ts';
import type { PlannedCluster } from '../plan.ts';
import { isStream, type StreamSignal } from '../signal.ts';
import { type StoredBaseline, StoreError, type StoreTrouble } from '../stores/store.ts';
import { type Baseline, maturity } from './baseline.ts';
import { expectsNoDrift, expectsNoKeyDrift } from './expected.ts';

/** What a store says of a signal's baseline. */
export type Remembered =
  | { readonly kind: 'learned'; readonly baseline: Baseline }
  /** `baseline` is undefined where there is none yet; `runs` are those of 24 that it has. */
  | { readonly kind: 'learning'; readonly baseline: Baseline | undefined; readonly runs: number }
  | Unavailable;

/** The baselines of a cluster as a store has them, or why none could be read. */
export type StoredBaselines = ReadonlyMap<string, StoredBaseline | StoreError> | StoreError;

const REASONS: Partial<Record<StoreTrouble, Reason>> = {
  denied: 'denied',
  throttled: 'throttled',
  timeout: 'timeout',
  unreachable: 'unreachable',
  missing: 'rejected',
  rejected: 'rejected',
};

/** The cluster with the baselines of those signals that are compared with one. `now` is in milliseconds since the epoch. */
export function withBaselines(cluster: PlannedCluster, stored: StoredBaselines, now: number): PlannedCluster {
  return {
    ...cluster,
    signals: cluster.signals.map((planned) => {
      const { signal } = planned;
      if (!isStream(signal) || !expectsNoDrift(signal)) return planned;
      return { ...planned, signal: { ...signal, remembered: rememberedOf(signal, stored, now) } };
    }),
  };
}

/** The names of a cluster's signals that are compared with a baseline. */
export function driftingSignals({ signals }: PlannedCluster): readonly string[] {
  return signals.flatMap(({ signal }) => (isStream(signal) && expectsNoDrift(signal) ? [signal.name] : []));
}

function rememberedOf(signal: StreamSignal, stored: StoredBaselines, now: number): Remembered {
  const one = stored instanceof StoreError ? stored : stored.get(signal.name);
  if (one instanceof StoreError)
    return unavailable(REASONS[one.trouble] ?? 'invalid-response', `its baseline: ${one.message}`);
  const baseline = one?.baseline;
  // An expectation that came later learns what it needs beside what is known already.
  const isPart = baseline !== undefined && expectsNoKeyDrift(signal) && baseline.keySets === undefined;
  const { runs, ready } = maturity(baseline, now);
  if (baseline && ready && !isPart) return { kind: 'learned', baseline };
  return { kind: 'learning', baseline, runs: isPart ? 0 : runs };
}
