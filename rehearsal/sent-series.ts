import type { Sample, Storage, StoredSeries } from './storage.ts';
import { createTimeline, type Timeline } from './timeline.ts';

/** A series with a sample at regular times, which ends or pauses when it is told to. */
export interface SentSeries extends StoredSeries, Pick<Timeline, 'start' | 'stop'> {}

/** `everyMs` between two samples; `value` is what each says. */
export function sentSeries(
  labels: Readonly<Record<string, string>>,
  { since, everyMs = 20_000, value = 1 }: { since: number; everyMs?: number; value?: number },
): SentSeries {
  const runs = createTimeline(since);
  const sampleAt = (at: number): Sample[] => {
    if (runs.runsAt(at)) return [{ at, value, stale: false }];
    const isEnd = runs.runsAt(at - everyMs) && runs.stoppedWithMarkers(at);
    return isEnd ? [{ at, value: Number.NaN, stale: true }] : [];
  };
  return {
    labels: new Map(Object.entries(labels)),
    start: (at) => runs.start(at),
    stop: (at, how) => runs.stop(at, how),
    samples: (from, to) => {
      const first = Math.ceil(from / everyMs);
      const many = Math.max(0, Math.floor(to / everyMs) - first + 1);
      return Array.from({ length: many }, (_, k) => (first + k) * everyMs).flatMap(sampleAt);
    },
  };
}

/** Every series of a storage with more labels, such as the external labels of a collector. */
export function labelled(storage: Storage, labels: Readonly<Record<string, string>>): Storage {
  return {
    get series() {
      return storage.series.map((one) => ({
        labels: new Map([...one.labels, ...Object.entries(labels)]),
        samples: (from: number, to: number) => one.samples(from, to),
      }));
    },
  };
}
