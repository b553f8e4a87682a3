import type { Remembered } from './baseline/remembered.ts';
import type { ChurnSettings } from './checks/churn.ts';
import type { ContainersSettings } from './checks/containers.ts';
import type { DimensionsSettings } from './checks/dimensions.ts';
import type { DiscardedSettings } from './checks/discarded.ts';
import type { EmfSettings } from './checks/emf.ts';
import type { LabelsSettings } from './checks/labels.ts';
import type { PlannedParity } from './checks/parity.ts';
import type { ProbeSettings } from './checks/probe.ts';
import type { PromqlSettings } from './checks/promql.ts';
import type { QuotasSettings } from './checks/quotas.ts';
import type { RetentionSettings } from './checks/retention.ts';
import type { RunningSettings } from './checks/running.ts';
import type { SeriesSettings } from './checks/series.ts';
import type { StatisticSettings } from './checks/statistic.ts';
import type { StreamsSettings } from './checks/streams.ts';
import type { TargetsSettings } from './checks/targets.ts';
import type { TracesSettings } from './checks/traces.ts';
import type { Matcher } from './config/values.ts';
import type { AwaitedGroup } from './silence.ts';

/** Planes that hold metrics: their signals name one. */
export const metricPlanes = ['amp', 'prometheus', 'cloudwatch', 'cloudwatchPromql'] as const;
/** Planes where something arrives all the time, so that it can be fresh. */
export const streamPlanes = [...metricPlanes, 'logs', 'xray'] as const;
/** Planes that show the machinery behind the telemetry: what state it is in. */
export const statePlanes = ['eksAddon', 'ecsService', 'ampWorkspace'] as const;
export const planes = [...streamPlanes, ...statePlanes] as const;

/** A place where telemetry or its machinery can be observed; the word is the key in the YAML and the file in `lib/sources/`. */
export type Plane = (typeof planes)[number];
export type MetricPlane = (typeof metricPlanes)[number];
export type StreamPlane = (typeof streamPlanes)[number];
export type StatePlane = (typeof statePlanes)[number];

const REGIONAL = new Set<Plane>(['cloudwatch', 'cloudwatchPromql', 'logs', 'xray']);
const LATE = new Set<string>(['cloudwatch', 'cloudwatchPromql', 'logs', 'xray', 'ampWorkspace']);

/** What one arrival on a plane is called, and all of them together. */
export const arrivals: Readonly<Record<StreamPlane, { readonly one: string; readonly all: string }>> = {
  amp: { one: 'sample', all: 'all series' },
  prometheus: { one: 'sample', all: 'all series' },
  cloudwatch: { one: 'sample', all: 'all series' },
  cloudwatchPromql: { one: 'sample', all: 'all series' },
  logs: { one: 'log event', all: 'all log events' },
  xray: { one: 'trace', all: 'all traces' },
};

/** Whether a plane is one for each region and account, without an address of its own that clusters could share. */
export function isRegional(plane: Plane): boolean {
  return REGIONAL.has(plane);
}

/** Whether a plane shows within seconds what arrives: a second look a minute later may then see something else. */
export function answersAtOnce(plane: string): boolean {
  return !LATE.has(plane);
}

export function isOneOf<P extends Plane>(of: readonly P[], plane: Plane): plane is P {
  return (of as readonly Plane[]).includes(plane);
}

/** Another signal that says whether there is traffic. */
export interface When {
  readonly signal: string;
  /** So many live series it must have, or, where `sums`, so much its samples must come to inside its bound. */
  readonly atLeast: number;
  readonly sums?: boolean;
}

/** What every signal has, as planned: what the cluster sets and the signal overrides is merged. */
interface SignalBase {
  readonly name: string;
  /** What the plane key says: a workspace id, a base URL, a namespace, a log group, `CLUSTER/SERVICE`; the region where it says nothing more. */
  readonly address: string;
  readonly endpoint: string | undefined;
  readonly region: string;
  readonly role: string | undefined;
  readonly externalId: string | undefined;
  /** A linked account whose telemetry is read through cross-account observability; undefined is the account itself. */
  readonly account?: string | undefined;
  /** AMP refuses, and does not charge, a question that would process more samples than this. */
  readonly maxSamplesProcessed: number;
  /** The cluster that it is of. */
  readonly cluster?: string;
  /** How often it is judged. Milliseconds. */
  readonly everyMs?: number;
  readonly when: When | undefined;
  readonly severity: 'critical' | 'warning';
  /** Consecutive failing runs before anyone is told; undefined leaves it to `alerts`. */
  readonly failAfter: number | undefined;
  readonly runbook: string | undefined;
}

/** One stream that must arrive at one plane. */
export interface StreamSignal extends SignalBase {
  readonly plane: StreamPlane;
  /** On planes without metrics, what arrives there: `IncomingLogEvents`, `traces`. */
  readonly metric: string;
  readonly match: readonly Matcher[];
  readonly by: readonly string[];
  /** Only series with a sample at most this old are live. Milliseconds. */
  readonly freshMs: number;
  /** When what counts begins, where that is why the bound is so short. Milliseconds since the epoch. */
  readonly since?: number;
  /** False only where nothing is expected to exist (`series: { exactly: 0 }` or `max: 0`). */
  readonly expectsSeries: boolean;
  readonly series: SeriesSettings | undefined;
  readonly labels: LabelsSettings | undefined;
  readonly dimensions: DimensionsSettings | undefined;
  /** Of samples that are at most `notBefore` old, where that is given. Milliseconds. */
  readonly statistic?: (StatisticSettings & { readonly notBefore?: number }) | undefined;
  /** With the time over which scrapes are judged. Milliseconds. */
  readonly targets?: (TargetsSettings & { readonly over: number }) | undefined;
  readonly promql?: PromqlSettings | undefined;
  /** With the signal that it is compared with. */
  readonly parity?: PlannedParity | undefined;
  readonly probe?: ProbeSettings | undefined;
  readonly retention?: RetentionSettings | undefined;
  readonly logClass?: string | undefined;
  readonly encrypted?: boolean | string | undefined;
  readonly streams?: StreamsSettings | undefined;
  readonly emf?: EmfSettings | undefined;
  readonly traces?: TracesSettings | undefined;
  readonly churn?: ChurnSettings | undefined;
  /** What is remembered of its shape, where drift is expected of it; undefined where nobody looked. */
  readonly remembered?: Remembered;
  /** Groups that an open incident waits for: they are expected although they may be gone for hours. */
  readonly awaited?: readonly AwaitedGroup[];
}

/** A piece of the machinery that must be in good state. */
export interface StateSignal extends SignalBase {
  readonly plane: StatePlane;
  readonly version?: string | undefined;
  readonly running?: RunningSettings | undefined;
  readonly containers?: ContainersSettings | undefined;
  readonly discarded?: DiscardedSettings | undefined;
  readonly quotas?: QuotasSettings | undefined;
  readonly scrapers?: boolean | undefined;
  readonly rules?: boolean | undefined;
  readonly alerting?: boolean | undefined;
}

export type Signal = StreamSignal | StateSignal;

/** Whether a signal is a stream, which has series and an age; else it is a state. */
export function isStream(signal: Signal): signal is StreamSignal {
  return isOneOf(streamPlanes, signal.plane);
}
