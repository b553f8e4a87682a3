import type { Clock } from '../../lib/clock.ts';
import type { Storage, StoredSeries } from '../../rehearsal/storage.ts';
import type { EksCluster } from '../../rehearsal/pipelines/eks-cluster.ts';

const EPOCH_MS = 10 * 60_000;

/**
 * What an estate has written by now. Ask it only when everything that will ever happen has been told. `lagAt` is how long
 * remote write takes to deliver. Series that no question can see any more are left out: a month has thousands.
 */
export function workspaceStorage(
  { pipeline, fleet, secondCollector }: EksCluster,
  clock: Pick<Clock, 'now'>,
  lagAt: (at: number) => number,
): Storage {
  const all: readonly StoredSeries[] = pipeline.series.flatMap((series) => [
    series,
    ...secondCollector.map(({ from: begun, to: ended }) => ({
      labels: new Map([...series.labels, ['collector', 'second']]),
      samples: (from: number, to: number) =>
        from > ended || to < begun ? [] : series.samples(Math.max(from, begun), Math.min(to, ended)),
    })),
  ]);
  const delivered = all.map((series): StoredSeries => ({
    labels: series.labels,
    samples: (from, to) => {
      const now = clock.now();
      return series.samples(from, Math.min(to, now - lagAt(now)));
    },
  }));
  let epoch = Number.NaN;
  let seen: readonly StoredSeries[] = [];
  return {
    get series() {
      const current = Math.floor(clock.now() / EPOCH_MS);
      if (current !== epoch) {
        epoch = current;
        const end = (epoch + 1) * EPOCH_MS;
        seen = delivered.filter(({ labels }) => fleet.isSeen(labels, end));
      }
      return seen;
    },
  };
}
