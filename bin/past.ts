import pLimit from 'p-limit';
import { systemClock } from '../lib/clock.ts';
import { type Past, pastOf } from '../lib/past.ts';
import { PartOfRuns, type Store, StoreError } from '../lib/stores/store.ts';

const READS_IN_FLIGHT = 8;

export interface ReadPast {
  readonly past: Past;
  /** Why runs could not be read, each reason once. What could be read of these clusters is in the past. */
  readonly problems: readonly string[];
}

/** What a store recorded of these clusters in the last `lastMs`. */
export async function readPast(store: Store, clusters: readonly string[], lastMs: number): Promise<ReadPast> {
  const to = systemClock.now();
  const from = to - lastMs;
  const limit = pLimit(READS_IN_FLIGHT);
  const problems = new Set<string>();
  const runs = await Promise.all(
    clusters.map((cluster) =>
      limit(() => store.runs(cluster, from, to)).catch((error: unknown) => {
        if (!(error instanceof StoreError)) throw error;
        problems.add(error.message);
        return error instanceof PartOfRuns ? error.runs : [];
      }),
    ),
  );
  return { past: pastOf(runs.flat(), { from, to }), problems: [...problems] };
}
