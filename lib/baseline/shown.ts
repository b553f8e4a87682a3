import type { PlannedCluster } from '../plan.ts';
import { type Store, StoreError } from '../stores/store.ts';
import { type BaselineDescription, describe } from './describe.ts';
import { driftingSignals } from './remembered.ts';

/** A signal's baseline as people see it: `baseline` is null where there is none yet, or where it cannot be read. */
export interface ShownBaseline {
  readonly cluster: string;
  readonly signal: string;
  readonly baseline: BaselineDescription | null;
  /** Why it cannot be read. */
  readonly problem: string | null;
}

/** The baselines of a cluster's signals, in the order of the configuration, as of `now` (milliseconds since the epoch). */
export async function shownBaselines(
  cluster: PlannedCluster,
  store: Pick<Store, 'baselines'>,
  now: number,
): Promise<readonly ShownBaseline[]> {
  const stored = await store.baselines(cluster.name);
  return driftingSignals(cluster).map((signal) => {
    const about = { cluster: cluster.name, signal };
    const known = stored.get(signal);
    if (known instanceof StoreError) return { ...about, baseline: null, problem: known.message };
    return { ...about, baseline: known ? describe(known.baseline, now) : null, problem: null };
  });
}

/** For scripts: times are ISO 8601, UTC, groups objects of labels. */
export function shownJson(shown: readonly ShownBaseline[]) {
  return {
    version: 1 as const,
    baselines: shown.map(({ baseline, ...about }) => ({
      ...about,
      baseline: baseline && {
        learned: `${baseline.maturity.runs}/${baseline.maturity.of}`,
        isJudged: baseline.maturity.ready,
        firstAt: iso(baseline.firstAt),
        lastAt: iso(baseline.lastAt),
        series: baseline.total ? timed(baseline.total) : null,
        groups: baseline.groups.map(({ group, ...usual }) => ({
          labels: [...group].map(([label, value]) => ({ label, value })),
          ...timed(usual),
        })),
        keySets: baseline.keySets.map((usual) => timed(usual)),
        labels: baseline.labels,
        values: baseline.values,
        accepted: baseline.accepted.map(({ at, ...rest }) => ({ at: iso(at), ...rest })),
      },
    })),
  };
}

function timed<T extends { readonly lastAt: number; readonly normalAt?: number | undefined }>(usual: T) {
  const { lastAt, normalAt, ...rest } = usual;
  return { ...rest, lastAt: iso(lastAt), normalAt: iso(normalAt) };
}

function iso(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}
