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

/** The part of a storage that exists at `now` (ms): a sample later than that has not been written yet. */
export function visibleUntil(storage: Storage, now: number): Storage {
  const visible = storage.series.map((series): StoredSeries => ({
    labels: series.labels,
    samples: (from, to) => series.samples(from, Math.min(to, now)),
  }));
  return { series: visible };
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
