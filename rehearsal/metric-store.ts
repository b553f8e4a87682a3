import { createHash } from 'node:crypto';
import { firstMinute, lastMinute, MINUTE_MS, minuteOf, samplesBetween } from './emission.ts';
import type { Emission } from './emission.ts';

/** A metric of CloudWatch. Another set of dimensions is another metric, also where it is a superset. */
export interface MetricIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: ReadonlyMap<string, string>;
}

/** One minute of a metric, as a statistic set. */
export interface Datapoint {
  /** Start of the minute, milliseconds since the epoch. */
  readonly at: number;
  readonly sampleCount: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
  /** What percentiles are made of. */
  readonly values: readonly number[];
}

export interface StoredMetric extends MetricIdentity {
  /** The minutes that begin in [from, to), ascending, as far as they have been delivered at `now`. */
  datapoints(from: number, to: number, now: number): readonly Datapoint[];
  /** Start of the very first minute, delivered or not; undefined where there never is one. */
  firstAt(): number | undefined;
  /** Start of the newest minute delivered at `now`; undefined where there is none. */
  lastAt(now: number): number | undefined;
}

export interface MetricStore {
  /** In an arbitrary order that stays: CloudWatch promises none. */
  readonly metrics: readonly StoredMetric[];
  /** The metric with exactly these dimensions, whatever their order. */
  find(identity: MetricIdentity): StoredMetric | undefined;
}

export interface Contribution {
  readonly identity: MetricIdentity;
  readonly emission: Emission;
}

/** Whatever publishes metrics. The list is another one, not a changed one, after something has happened. */
export interface ContributionSource {
  readonly contributions: readonly Contribution[];
}

/** A metric that is emitted steadily: times in milliseconds since the epoch, the interval in seconds. */
export interface SteadyMetric extends Omit<MetricIdentity, 'dimensions'> {
  readonly dimensions: Readonly<Record<string, string>>;
  readonly since: number;
  readonly until?: number;
  readonly interval?: number;
  readonly value?: number | ((at: number) => number);
  readonly delayMinutes?: number;
}

/** How long CloudWatch takes to show a minute, in minutes, where nothing else is said. */
export const DEFAULT_DELAY_MINUTES = 2;

/** The metrics of several publishers. Where two send the same metric, their samples add up, as in CloudWatch. */
export function createMetricStore(...sources: readonly ContributionSource[]): MetricStore {
  let known: readonly (readonly Contribution[])[] = [];
  let byKey: ReadonlyMap<string, StoredMetric> = new Map();
  const current = () => {
    const lists = sources.map(({ contributions }) => contributions);
    if (lists.length !== known.length || lists.some((list, index) => list !== known[index])) {
      known = lists;
      byKey = storedMetrics(lists.flat());
    }
    return byKey;
  };
  return {
    get metrics() {
      return [...current().values()];
    },
    find: (identity) => current().get(metricKey(identity)),
  };
}

/** Metrics that just are there, without a pipeline behind them. */
export function steadyMetrics(metrics: readonly SteadyMetric[]): ContributionSource {
  return { contributions: metrics.map(steadyContribution) };
}

/** The same text for the same metric, whatever the order of its dimensions. */
export function metricKey({ namespace, name, dimensions }: MetricIdentity): string {
  const sorted = [...dimensions].sort(([left], [right]) => (left < right ? -1 : 1));
  return JSON.stringify([namespace, name, ...sorted.flat()]);
}

/** A number from 0 up to but not including `below` that follows from `text` alone and looks arbitrary. */
export function spread(text: string, below: number): number {
  return createHash('sha256').update(text).digest().readUInt32BE() % below;
}

function steadyContribution(metric: SteadyMetric): Contribution {
  const { namespace, name, since, until = Infinity, interval = 60, value = 1 } = metric;
  const { delayMinutes = DEFAULT_DELAY_MINUTES } = metric;
  const emission = {
    interval: interval * 1000,
    phase: since % (interval * 1000),
    valueAt: typeof value === 'number' ? () => value : value,
    spans: [{ from: since, to: until }],
    delayAt: () => delayMinutes * MINUTE_MS,
  };
  return { identity: { namespace, name, dimensions: new Map(Object.entries(metric.dimensions)) }, emission };
}

function storedMetrics(contributions: readonly Contribution[]): ReadonlyMap<string, StoredMetric> {
  const groups = Map.groupBy(contributions, ({ identity }) => metricKey(identity));
  const rank = new Map([...groups.keys()].map((key) => [key, spread(key, 2 ** 32)]));
  return new Map(
    [...groups]
      .sort(([left], [right]) => (rank.get(left) ?? 0) - (rank.get(right) ?? 0))
      .flatMap(([key, group]) => group.slice(0, 1).map(({ identity }) => [key, stored(identity, group)])),
  );
}

function stored(identity: MetricIdentity, group: readonly Contribution[]): StoredMetric {
  const emissions = group.map(({ emission }) => emission);
  return {
    ...identity,
    datapoints: (from, to, now) =>
      datapointsOf(emissions.flatMap((emission) => samplesBetween(emission, from, to, now))),
    firstAt: () => extreme(Math.min, emissions.map(firstMinute)),
    lastAt: (now) =>
      extreme(
        Math.max,
        emissions.map((emission) => lastMinute(emission, now)),
      ),
  };
}

function extreme(
  choose: (...values: number[]) => number,
  minutes: readonly (number | undefined)[],
): number | undefined {
  const known = minutes.filter((minute) => minute !== undefined);
  return known.length === 0 ? undefined : choose(...known);
}

function datapointsOf(samples: readonly { readonly at: number; readonly value: number }[]): Datapoint[] {
  const minutes = Map.groupBy(samples, ({ at }) => minuteOf(at));
  return [...minutes]
    .map(([at, within]) => statisticSet(at, within))
    .sort((left, right) => left.at - right.at);
}

function statisticSet(at: number, samples: readonly { readonly value: number }[]): Datapoint {
  const values = samples.map(({ value }) => value);
  return {
    at,
    sampleCount: values.length,
    sum: values.reduce((sum, value) => sum + value, 0),
    minimum: Math.min(...values),
    maximum: Math.max(...values),
    values,
  };
}
