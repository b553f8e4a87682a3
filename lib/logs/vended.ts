import type { Identity } from '../aws/credentials.ts';
import { type CloudWatch, openCloudWatch } from '../cloudwatch/client.ts';
import { type Reading, type ReadSeries, readSeries } from '../cloudwatch/reading.ts';
import type { SourcePorts } from '../sources/source.ts';
import type { LogGroupPlace } from './questions.ts';

const MINUTE_MS = 60_000;
/** Longer windows are read in periods of more than a minute. */
const LONGEST_BY_MINUTE_MS = 23 * 60 * MINUTE_MS;

/** A metric that CloudWatch Logs vends about a group, and how far back it is needed. */
export interface VendedMetric extends LogGroupPlace {
  readonly metric: string;
  readonly reachMs: number;
}

interface Known {
  readonly reachMs: number;
  readonly reading: Reading;
}

/**
 * Reads the metrics that CloudWatch Logs vends by LogGroupName (namespace AWS/Logs), all that are asked for in one call
 * and none twice in a run: their names are known, so that nothing needs to be listed. A minute whose sum is zero is
 * left out, as if it had no datapoint.
 */
export function vendedMetrics(
  identity: Identity,
  ports: SourcePorts,
): (wanted: readonly VendedMetric[]) => Promise<(one: VendedMetric) => Reading> {
  // A long window is read in longer periods, which must not blur what is asked by the minute.
  const byMinute = new Map<string, Known>();
  const coarse = new Map<string, Known>();
  const knownFor = ({ reachMs }: VendedMetric) => (reachMs > LONGEST_BY_MINUTE_MS ? coarse : byMinute);
  let opened: Promise<CloudWatch> | undefined;

  async function read(known: Map<string, Known>, wanted: readonly VendedMetric[]): Promise<void> {
    const unread = new Map(
      wanted
        .filter((one) => (known.get(keyOf(one))?.reachMs ?? 0) < one.reachMs)
        .map((one) => [keyOf(one), one]),
    );
    if (unread.size === 0) return;
    const reachMs = Math.max(...wanted.map((one) => one.reachMs));
    const from = ports.clock.now() - reachMs - MINUTE_MS;
    const series = [...unread].map(([key, one]) => seriesOf(key, one));
    const readings = await readSeries(
      series,
      from,
      await (opened ??= openCloudWatch(identity, ports)),
      ports,
    );
    for (const [key, reading] of readings) known.set(key, { reachMs, reading: withoutZeros(reading) });
  }

  return async (wanted) => {
    await Promise.all(
      [byMinute, coarse].map((known) =>
        read(
          known,
          wanted.filter((one) => knownFor(one) === known),
        ),
      ),
    );
    return (one) => {
      const known = knownFor(one).get(keyOf(one));
      if (!known) throw new Error(`${keyOf(one)} was not read`);
      return known.reading;
    };
  };
}

function keyOf({ metric, place, account }: VendedMetric): string {
  return JSON.stringify(['AWS/Logs', metric, place, account]);
}

function seriesOf(key: string, { metric, place, account }: VendedMetric): ReadSeries {
  return {
    key,
    namespace: 'AWS/Logs',
    metric,
    dimensions: new Map([['LogGroupName', place]]),
    stat: 'Sum',
    account,
  };
}

function withoutZeros({ ends, values, ...reading }: Reading): Reading {
  const isSome = (_: number, index: number): boolean => (values[index] ?? 0) > 0;
  return { ...reading, ends: ends.filter(isSome), values: values.filter(isSome) };
}
