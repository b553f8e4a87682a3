import type { Clock } from '../lib/clock.ts';

/** One scraped value. A stale marker says that the series ended here; its value means nothing. */
export interface Sample {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly value: number;
  readonly stale: boolean;
}

export interface StoredSeries {
  /** All labels, `__name__` included; a label without a value is absent. */
  readonly labels: ReadonlyMap<string, string>;
  /** Ascending, both ends inclusive, stale markers included. */
  samples(from: number, to: number): readonly Sample[];
}

/** What a query can read. */
export interface Storage {
  readonly series: readonly StoredSeries[];
}

/** One storage holding the series of several, such as of two collectors that write to one workspace. */
export function unionOf(...storages: readonly Storage[]): Storage {
  return {
    get series() {
      return storages.flatMap((storage) => storage.series);
    },
  };
}

/** What several storages have by now when it takes `lagMs` to arrive; storages may be added later. */
export function delivered(
  storages: readonly Storage[],
  clock: Pick<Clock, 'now'>,
  lagMs: () => number,
): Storage {
  return {
    get series() {
      const until = clock.now() - lagMs();
      return storages.flatMap(({ series }) => series).map((series) => seenUntil(series, until));
    },
  };
}

function seenUntil(series: StoredSeries, until: number): StoredSeries {
  return { labels: series.labels, samples: (from, to) => series.samples(from, Math.min(to, until)) };
}

/** The part of a storage that exists at `now` (ms): a sample later than that has not been written yet. */
export function visibleUntil(storage: Storage, now: number): Storage {
  return { series: storage.series.map((series) => seenUntil(series, now)) };
}

/** A series held in memory. `samples` must be ascending. */
export function storedSeries(labels: ReadonlyMap<string, string>, samples: readonly Sample[]): StoredSeries {
  return {
    labels,
    samples: (from, to) =>
      samples.slice(firstAtOrAfter(samples, from), firstAtOrAfter(samples, Math.floor(to) + 1)),
  };
}

function firstAtOrAfter(samples: readonly Sample[], at: number): number {
  let low = 0;
  let high = samples.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((samples[middle]?.at ?? Infinity) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
