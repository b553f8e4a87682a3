import type { DimensionsSettings } from './checks/dimensions.ts';
import type { LabelsSettings } from './checks/labels.ts';
import type { SeriesSettings } from './checks/series.ts';
import type { Matcher } from './config/values.ts';
import type { AwaitedGroup } from './silence.ts';

export const planes = ['amp', 'prometheus', 'cloudwatch', 'cloudwatchPromql'] as const;

/** A place where telemetry can be observed; the word is the key in the YAML and the file in `lib/sources/`. */
export type Plane = (typeof planes)[number];

/** Whether a plane is one for each region and account, without an address of its own that clusters could share. */
export function isRegional(plane: Plane): boolean {
  return plane === 'cloudwatch' || plane === 'cloudwatchPromql';
}

/** Whether a plane shows within seconds what arrives: a second look a minute later may then see something else. */
export function answersAtOnce(plane: string): boolean {
  return plane !== 'cloudwatch' && plane !== 'cloudwatchPromql';
}

/** One stream that must arrive at one plane, as planned: what the cluster sets and the signal overrides is merged. */
export interface Signal {
  readonly name: string;
  readonly plane: Plane;
  /** What the plane key says: a workspace id, a base URL, a namespace; the region where it says nothing more. */
  readonly address: string;
  readonly endpoint: string | undefined;
  readonly region: string;
  readonly role: string | undefined;
  readonly externalId: string | undefined;
  /** AMP refuses, and does not charge, a question that would process more samples than this. */
  readonly maxSamplesProcessed: number;
  readonly metric: string;
  readonly match: readonly Matcher[];
  readonly by: readonly string[];
  /** Only series with a sample at most this old are live. Milliseconds. */
  readonly freshMs: number;
  /** False only where nothing is expected to exist (`series: { exactly: 0 }` or `max: 0`). */
  readonly expectsSeries: boolean;
  readonly series: SeriesSettings | undefined;
  readonly labels: LabelsSettings | undefined;
  readonly dimensions: DimensionsSettings | undefined;
  readonly when: { readonly signal: string; readonly atLeast: number } | undefined;
  readonly severity: 'critical' | 'warning';
  /** Consecutive failing runs before anyone is told; undefined leaves it to `alerts`. */
  readonly failAfter: number | undefined;
  readonly runbook: string | undefined;
  /** Groups that an open incident waits for: they are expected although they may be gone for hours. */
  readonly awaited?: readonly AwaitedGroup[];
}
