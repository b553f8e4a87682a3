import type { Sample, StoredSeries } from './storage.ts';
import type { Timeline } from './timeline.ts';

export interface MetricDescription {
  readonly name: string;
  /** Labels of its own; those of the target win, as with `honor_labels: false`. */
  readonly labels?: Readonly<Record<string, string>>;
  /** A constant, or the value at a time in milliseconds since the epoch. */
  readonly value: number | ((at: number) => number);
}

export interface TargetDescription {
  readonly instance: string;
  /** What relabelling leaves besides `job` and `instance`. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly metrics?: readonly MetricDescription[];
}

export interface Target {
  readonly series: readonly StoredSeries[];
}

interface Circumstances {
  /** A scrape happens only while all of these run. */
  readonly scraped: readonly Timeline[];
  /** What was scraped arrives only while this runs. */
  readonly remoteWrite: Timeline;
}

type ValueAt = (at: number) => number;

/** The series of one scrape target. `interval` in milliseconds; the phase within it follows from the labels. */
export function createTarget(
  job: string,
  { instance, labels = {}, metrics = [] }: TargetDescription,
  interval: number,
  circumstances: Circumstances,
): Target {
  const own = new Map([...Object.entries(labels), ['job', job], ['instance', instance]] as [
    string,
    string,
  ][]);
  const seed = hash(JSON.stringify([...own]));
  const scrape = { interval, phase: seed % interval, ...circumstances };
  const series = (name: string, extra: Readonly<Record<string, string>>, valueAt: ValueAt): StoredSeries => ({
    labels: new Map([...Object.entries(extra), ...own, ['__name__', name]]),
    samples: (from, to) => samplesBetween(scrape, valueAt, from, to),
  });
  return {
    series: [
      ...canaries(seed, metrics.length).map(([name, valueAt]) => series(name, {}, valueAt)),
      ...metrics.map(({ name, labels: extra = {}, value }) =>
        series(name, extra, typeof value === 'number' ? () => value : value),
      ),
    ],
  };
}

/** What every scrape yields, whatever the target exposes. */
function canaries(seed: number, exposed: number): [name: string, valueAt: ValueAt][] {
  return [
    ['up', () => 1],
    ['scrape_duration_seconds', (at) => 0.002 + ((seed ^ hash(String(at))) % 40_000) / 1e6],
    ['scrape_samples_scraped', () => exposed],
    ['scrape_samples_post_metric_relabeling', () => exposed],
    ['scrape_series_added', () => 0],
  ];
}

interface Scrape extends Circumstances {
  readonly interval: number;
  readonly phase: number;
}

function samplesBetween(scrape: Scrape, valueAt: ValueAt, from: number, to: number): Sample[] {
  const { interval, phase } = scrape;
  const samples: Sample[] = [];
  const first = Math.ceil((from - phase) / interval) * interval + phase;
  for (let at = first; at <= to; at += interval) {
    const sample = sampleAt(scrape, valueAt, at);
    if (sample) samples.push(sample);
  }
  return samples;
}

/** A stale marker bears the time at which the first scrape is missing. */
function sampleAt(
  { scraped, remoteWrite, interval }: Scrape,
  valueAt: ValueAt,
  at: number,
): Sample | undefined {
  if (!remoteWrite.runsAt(at)) return undefined;
  if (scraped.every((part) => part.runsAt(at))) return { at, value: valueAt(at), stale: false };
  const ended = scraped.every((part) => part.runsAt(at - interval));
  const marked = scraped.some((part) => part.stoppedWithMarkers(at));
  return ended && marked ? { at, value: Number.NaN, stale: true } : undefined;
}

/** FNV-1a, as a positive integer below 2^31. */
function hash(text: string): number {
  let state = 0x81_1c_9d_c5;
  for (const byte of Buffer.from(text, 'utf8')) state = Math.imul(state ^ byte, 0x01_00_01_93);
  return state >>> 1;
}
