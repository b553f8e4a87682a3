import { MINUTE_MS, nextTick } from './emission.ts';
import type { Emission } from './emission.ts';
import { dataPointLabels, emfExporter, isExtracted } from './emf.ts';
import type { EmfConfiguration, EmfExporter, Labels } from './emf.ts';
import { DEFAULT_DELAY_MINUTES, spread } from './metric-store.ts';
import type { Contribution, ContributionSource } from './metric-store.ts';
import { createSwitch, intersect } from './spans.ts';
import type { Span, Switch } from './spans.ts';

export interface PublishedMetric {
  readonly name: string;
  /** Labels of its own; those of the target win. */
  readonly labels?: Readonly<Record<string, string>>;
  /** A constant, or the value at a time in milliseconds since the epoch. */
  readonly value: number | ((at: number) => number);
  /** Whether it only ever counts up: awsemf then sends the difference to the sample before. */
  readonly cumulative?: boolean;
}

export interface PublishedTarget {
  /** Unique within the publisher. */
  readonly name: string;
  /** Seconds. */
  readonly interval: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Resource attributes. */
  readonly resource: Readonly<Record<string, string>>;
  readonly metrics: readonly PublishedMetric[];
}

export interface NamedPoint {
  readonly name: string;
  readonly labels: Labels;
}

/** How a collector is configured. */
export interface ExporterSettings {
  readonly namespace: string;
  readonly emf: EmfConfiguration;
  readonly resourceToTelemetry: boolean;
  /** Of the receiver; '' where it has none. */
  readonly scopeName: string;
  /** What the processors make of a data point before it is exported. */
  readonly process: (point: NamedPoint) => NamedPoint;
}

/** awsemf with all its defaults, as one namespace is sent: the sets of dimensions are all labels, and the rollups. */
export function byDefault(namespace: string, scopeName: string): ExporterSettings {
  return { namespace, emf: {}, resourceToTelemetry: false, scopeName, process: (point) => point };
}

export interface PublisherDescription {
  readonly settings: ExporterSettings;
  readonly targets: readonly PublishedTarget[];
}

/**
 * A collector that scrapes and publishes through EMF log events, as the metrics that CloudWatch makes of them.
 * Samples are computed when read: the same description and the same events give the same metrics, always.
 * All times are milliseconds since the epoch, in any order. Unknown targets throw RangeError.
 */
export interface Publisher extends ContributionSource {
  stop(at: number): void;
  start(at: number): void;
  /** From `at` on logs:PutLogEvents is refused; what is refused is lost, as awsemf neither queues nor retries. */
  denyPutLogEvents(at: number): void;
  allowPutLogEvents(at: number): void;
  addTarget(target: PublishedTarget, at: number): void;
  stopTarget(name: string, at: number): void;
  /** From `at` on these settings replace those of the same name, as another configuration or version does. */
  reconfigure(at: number, change: Partial<ExporterSettings>): void;
  /** Minutes that begin in [from, to) become readable `minutes` after their end. At most 10, else RangeError. */
  delayDelivery(from: number, to: number, minutes: number): void;
}

const MAX_DELAY_MINUTES = 10;
/** How long awsemf remembers the sample before; what is rarer never becomes a difference. */
const DELTA_MEMORY_MS = 5 * MINUTE_MS;

interface RunningTarget {
  readonly target: PublishedTarget;
  readonly alive: Switch;
}

interface Era extends Span {
  readonly settings: ExporterSettings;
  readonly exporter: EmfExporter;
}

/** The publisher of `description`, sending since `since` (ms). Throws where its regular expressions are none. */
export function startPublisher({ settings, targets }: PublisherDescription, since: number): Publisher {
  const running = createSwitch(since);
  const allowed = createSwitch(-Infinity);
  const known = new Map<string, RunningTarget>();
  const changes: { readonly at: number; readonly change: Partial<ExporterSettings> }[] = [];
  const delays: { readonly span: Span; readonly milliseconds: number }[] = [];
  let computed: readonly Contribution[] | undefined;

  const happened = <Parts extends readonly unknown[]>(happen: (...parts: Parts) => void) => {
    return (...parts: Parts): void => {
      happen(...parts);
      computed = undefined;
    };
  };
  const addTarget = (target: PublishedTarget, at: number): void => {
    if (known.has(target.name)) throw new RangeError(`there already is a target ${target.name}`);
    known.set(target.name, { target, alive: createSwitch(at) });
  };
  const delayAt = (minute: number): number =>
    delays.findLast(({ span }) => span.from <= minute && minute < span.to)?.milliseconds ??
    DEFAULT_DELAY_MINUTES * MINUTE_MS;
  const compute = (): readonly Contribution[] => {
    const eras = erasOf(settings, changes);
    return [...known.values()].flatMap(({ target, alive }) => {
      const scraped = intersect(running.spans(), alive.spans());
      return target.metrics.flatMap((metric) =>
        contributionsOf(target, metric, { scraped, delivered: allowed.spans(), eras, delayAt }),
      );
    });
  };
  emfExporter(settings.emf);
  for (const target of targets) addTarget(target, since);

  return {
    get contributions() {
      return (computed ??= compute());
    },
    stop: happened(running.off),
    start: happened(running.on),
    denyPutLogEvents: happened(allowed.off),
    allowPutLogEvents: happened(allowed.on),
    addTarget: happened(addTarget),
    stopTarget: happened((name: string, at: number) => {
      const found = known.get(name);
      if (!found) throw new RangeError(`there is no target ${name}`);
      found.alive.off(at);
    }),
    reconfigure: happened((at: number, change: Partial<ExporterSettings>) => {
      // Compiled at once, so that a regular expression that is none fails where it is told.
      if (change.emf) emfExporter(change.emf);
      changes.push({ at, change });
    }),
    delayDelivery: happened((from: number, to: number, minutes: number) => {
      if (!(minutes >= 0 && minutes <= MAX_DELAY_MINUTES)) throw new RangeError(`${minutes} min is no delay`);
      delays.push({ span: { from, to }, milliseconds: minutes * MINUTE_MS });
    }),
  };
}

function erasOf(
  settings: ExporterSettings,
  changes: readonly { readonly at: number; readonly change: Partial<ExporterSettings> }[],
): readonly Era[] {
  const ordered = [{ at: -Infinity, change: settings }, ...changes].sort((left, right) => left.at - right.at);
  let inForce = settings;
  return ordered.map(({ at, change }, index) => {
    inForce = { ...inForce, ...change };
    const to = ordered[index + 1]?.at ?? Infinity;
    return { from: at, to, settings: inForce, exporter: emfExporter(inForce.emf) };
  });
}

interface Circumstances {
  readonly scraped: readonly Span[];
  readonly delivered: readonly Span[];
  readonly eras: readonly Era[];
  readonly delayAt: (minute: number) => number;
}

function contributionsOf(
  target: PublishedTarget,
  metric: PublishedMetric,
  { scraped, delivered, eras, delayAt }: Circumstances,
): readonly Contribution[] {
  const interval = target.interval * 1000;
  if (metric.cumulative === true && interval > DELTA_MEMORY_MS) return [];
  const timing = { interval, phase: spread(target.name, interval) };
  const sent = intersect(
    metric.cumulative === true ? scraped.flatMap(withoutFirst(timing)) : scraped,
    delivered,
  );
  const valueAt = valueOf(metric, interval);
  return eras.flatMap((era) => {
    const emission = { ...timing, valueAt, spans: intersect(sent, [era]), delayAt };
    return emission.spans.length === 0 ? [] : exported(target, metric, era, emission);
  });
}

/** The first sample of a series only serves the difference of the second. */
function withoutFirst(timing: Pick<Emission, 'interval' | 'phase'>): (span: Span) => readonly Span[] {
  return ({ from, to }) => {
    const first = nextTick(timing, from);
    return first + 1 < to ? [{ from: first + 1, to }] : [];
  };
}

function valueOf({ value, cumulative = false }: PublishedMetric, interval: number): (at: number) => number {
  const read = typeof value === 'number' ? () => value : value;
  if (!cumulative) return read;
  return (at) => {
    const difference = read(at) - read(at - interval);
    return difference < 0 ? read(at) : difference;
  };
}

function exported(
  target: PublishedTarget,
  metric: PublishedMetric,
  { settings, exporter }: Era,
  emission: Emission,
): readonly Contribution[] {
  const own = new Map(Object.entries({ ...metric.labels, ...target.labels }));
  const { name, labels: attributes } = settings.process({ name: metric.name, labels: own });
  const resource = new Map(Object.entries(target.resource));
  const labels = dataPointLabels({ attributes, resource, scopes: [settings.scopeName] }, settings);
  const sets = exporter.dimensionSets(name, labels).filter((set) => isExtracted(set, labels));
  return sets.map((set) => {
    const dimensions = new Map(set.map((dimension) => [dimension, labels.get(dimension) ?? '']));
    return { identity: { namespace: settings.namespace, name, dimensions }, emission };
  });
}
