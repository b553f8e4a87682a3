import type { Metric } from '@aws-sdk/client-cloudwatch';
import { type CloudWatch, openCloudWatch } from '../cloudwatch/client.ts';
import { type ListedSeries, listedSeries } from '../cloudwatch/listing.ts';
import { readSeries } from '../cloudwatch/reading.ts';
import { turnsOver } from '../turnover.ts';
import { arrivalsOf } from './arrivals.ts';
import { addGap, eachPage, listIn, type Looking, orGap, patient } from './looking.ts';
import { steadiestFirst } from './steady.ts';
import { isAlive, type SeenNamespace, type SeenStream, tellsClusters } from './seen.ts';

/** What was listed had a datapoint within this, or a little longer ago. */
export const RECENT_MS = 3 * 60 * 60_000;
/** How it arrives is seen over a day and night: what rests at night must not get the bound of its afternoon. */
const RHYTHM_MS = (24 * 60 + 5) * 60_000;
/** Of so many metrics of a namespace, and so many series of each, it is read how they arrive. */
const MOST_METRICS = 8;
const MOST_SERIES = 2;
/** Where all of those are silent, such as of pods that rollouts replaced, so many more are read of a metric. */
const MOST_CANDIDATES = 20;
/** What AWS itself measures, and what Plumbline writes, is not what collectors send. */
const OF_OTHERS = /^(?:AWS\/|Plumbline(?:\/|$))/;

/** Whether what is in a namespace is sent by AWS, or by Plumbline, and is not looked at. */
export function isOfOthers(namespace: string): boolean {
  return OF_OTHERS.test(namespace);
}

/** A namespace, or what one of its dimensions calls a cluster, while its metrics are being listed. */
interface Listed {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly sets: Map<string, { readonly dimensions: readonly string[]; readonly metrics: Set<string> }>;
  readonly scopes: Set<string>;
  /** By metric, those that fit best to be read. */
  readonly series: Map<string, readonly ListedSeries[]>;
}

/** The namespaces that collectors may write to: what was listed in the last three hours, and how some of it arrived in a day. */
export async function lookAtNamespaces(looking: Looking): Promise<readonly SeenNamespace[]> {
  const cloudwatch = await openCloudWatch(looking.identity, looking.ports);
  const asking = { ...cloudwatch, request: patient(cloudwatch, looking.ports) };
  const listed = await listAll(asking, looking);
  const chosen = [...listed.values()].map((one) => ({ one, metrics: toRead(one) }));
  const candidates = chosen.flatMap(({ metrics }) => metrics);
  const from = looking.ports.clock.now() - RHYTHM_MS;
  const read = (series: readonly ListedSeries[]) => readSeries(series, from, asking, looking.ports);
  const first = await read(candidates.flatMap((some) => some.slice(0, MOST_SERIES)));
  const isSilent = ({ key }: ListedSeries): boolean => {
    const newestAt = first.get(key)?.ends[0];
    return !isAlive({ newestAt, gapMs: undefined }, looking.ports.clock.now());
  };
  const more = candidates.filter((some) => some.slice(0, MOST_SERIES).every(isSilent));
  const readings = new Map([...first, ...(await read(more.flatMap((some) => some.slice(MOST_SERIES))))]);
  const all = candidates.flat();
  const trouble = all.map(({ key }) => readings.get(key)?.trouble).find((one) => one !== undefined);
  const resource = looking.identity.region;
  if (trouble)
    addGap(
      looking,
      { action: 'cloudwatch:GetMetricData', resource, missing: 'which metrics are alive' },
      trouble,
    );
  return chosen.map(({ one, metrics }) => ({
    namespace: one.namespace,
    labels: one.labels,
    sets: [...one.sets.values()].map(({ dimensions, metrics }) => ({ dimensions, metrics: [...metrics] })),
    scopes: [...one.scopes],
    streams: streamsOf(metrics.flat(), one.labels, (key) => readings.get(key)?.ends ?? []),
  }));
}

async function listAll(
  { request, commands, as }: CloudWatch,
  looking: Looking,
): Promise<ReadonlyMap<string, Listed>> {
  const about = {
    action: 'cloudwatch:ListMetrics',
    resource: looking.identity.region,
    as,
    missing: 'metrics in CloudWatch',
  };
  let pages = 0;
  return orGap(looking, about, new Map<string, Listed>(), async (found) =>
    eachPage(
      (NextToken) => {
        looking.ports.onProgress?.(`listing metrics, page ${(pages += 1)}`);
        const token = NextToken === undefined ? {} : { NextToken };
        const command = new commands.ListMetricsCommand({ RecentlyActive: 'PT3H', ...token });
        return request({ action: about.action }, (client, options) => client.send(command, options));
      },
      (page) => page.NextToken,
      (page) => {
        for (const metric of listIn(page.Metrics)) add(metric, found);
      },
    ),
  );
}

function add({ Namespace = '', MetricName = '', Dimensions = [] }: Metric, found: Map<string, Listed>): void {
  if (Namespace === '' || MetricName === '' || isOfOthers(Namespace)) return;
  const series = listedSeries({ namespace: Namespace, account: undefined }, MetricName, Dimensions);
  const labels = Object.fromEntries(
    [...series.dimensions].filter(([name]) => tellsClusters(name)).slice(0, 1),
  );
  const key = JSON.stringify([Namespace, labels]);
  const one: Listed = found.get(key) ?? {
    namespace: Namespace,
    labels,
    sets: new Map(),
    scopes: new Set(),
    series: new Map(),
  };
  found.set(key, one);
  const dimensions = [...series.dimensions.keys()];
  const setKey = JSON.stringify(dimensions);
  const set = one.sets.get(setKey) ?? { dimensions, metrics: new Set() };
  one.sets.set(setKey, set);
  set.metrics.add(MetricName);
  const scope = series.dimensions.get('OTelLib');
  if (scope !== undefined) one.scopes.add(scope);
  const known = one.series.get(MetricName) ?? [];
  one.series.set(MetricName, [...known, series].toSorted(whatStaysFirst).slice(0, MOST_CANDIDATES));
}

/** What rollouts do not replace, then what has the fewest dimensions. */
function whatStaysFirst(a: ListedSeries, b: ListedSeries): number {
  const [left, right] = [a, b].map(({ dimensions }) => Number([...dimensions.keys()].some(turnsOver)));
  return (left ?? 0) - (right ?? 0) || a.dimensions.size - b.dimensions.size;
}

/** By metric. */
function toRead({ series }: Listed): readonly (readonly ListedSeries[])[] {
  return steadiestFirst([...series.keys()])
    .slice(0, MOST_METRICS)
    .map((metric) => series.get(metric) ?? []);
}

/** One for each metric: all that was read of it together. */
function streamsOf(
  series: readonly ListedSeries[],
  labels: Readonly<Record<string, string>>,
  endsOf: (key: string) => readonly number[],
): readonly SeenStream[] {
  const ends = new Map<string, number[]>();
  for (const { metric, key } of series) ends.set(metric, [...(ends.get(metric) ?? []), ...endsOf(key)]);
  return [...ends].map(([metric, times]) => ({ metric, labels, ...arrivalsOf(times) }));
}
