import type { Unavailable } from '../evidence.ts';
import type { SourcePorts } from '../sources/source.ts';
import type { CloudWatch } from './client.ts';
import type { ListedSeries } from './listing.ts';
import { type Measure, measureKey, readMeasures } from './metric-data.ts';

const MINUTE_MS = 60_000;
/** What one page holds at most; longer windows are read in longer periods to stay within a page or two. */
const LONGEST_MINUTES = 24 * 60;

/** A series and what is read of it: by default how many samples there were. */
export interface ReadSeries extends ListedSeries {
  readonly stat?: 'SampleCount' | 'Sum';
}

/** When a series had datapoints: the ends of their periods, newest first, in milliseconds since the epoch. */
export interface Reading {
  readonly ends: readonly number[];
  /** The statistic of each period. */
  readonly values: readonly number[];
  readonly periodMs: number;
  /** Why the reading is not complete; what it shows is there all the same. */
  readonly trouble: Unavailable | undefined;
}

/**
 * Reads the datapoints of series since `from` (milliseconds since the epoch). CloudWatch
 * keeps a point under the start of its period; ages count from the period's end.
 */
export async function readSeries(
  series: readonly ReadSeries[],
  from: number,
  cloudwatch: CloudWatch,
  ports: SourcePorts,
): Promise<ReadonlyMap<string, Reading>> {
  const now = ports.clock.now();
  const periodMs = periodFor(now - from);
  const window = {
    from: Math.floor(from / periodMs) * periodMs,
    to: Math.ceil((now + 1) / MINUTE_MS) * MINUTE_MS,
    periodMs,
  };
  const measures = series.map((one): Measure => ({ ...one, stat: one.stat ?? 'SampleCount' }));
  const measured = await readMeasures(measures, window, cloudwatch);
  return new Map(
    measures.map((measure): [string, Reading] => {
      const { points = [], trouble } = measured.get(measureKey(measure)) ?? {};
      const ends = points.map(({ at }) => at + periodMs);
      return [measure.key, { ends, values: points.map(({ value }) => value), periodMs, trouble }];
    }),
  );
}

function periodFor(windowMs: number): number {
  if (windowMs <= LONGEST_MINUTES * MINUTE_MS) return MINUTE_MS;
  return windowMs <= 5 * LONGEST_MINUTES * MINUTE_MS ? 5 * MINUTE_MS : 60 * MINUTE_MS;
}
