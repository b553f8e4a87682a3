import type { Reason } from '../evidence.ts';

/** Something that could not be looked at, and what may therefore be missing from what was seen. */
export interface Gap {
  /** The IAM action that was asked for, such as `aps:ListWorkspaces`. */
  readonly action: string;
  /** Of what: `workspace ws-1234`, `eu-west-1`. */
  readonly resource: string;
  readonly reason: Reason;
  readonly detail: string;
  /** What is not known because of it. */
  readonly missing: string;
}

/** Something that arrives. All times are milliseconds since the epoch. */
export interface SeenStream {
  readonly metric: string;
  /** What tells it from others: the labels or dimensions that are known of it. */
  readonly labels: Readonly<Record<string, string>>;
  /** The newest arrival; undefined where there was none in the time that was looked at. */
  readonly newestAt: number | undefined;
  /** The longest time between two arrivals lately; undefined where there were not two. Milliseconds. */
  readonly gapMs: number | undefined;
}

/** What an application sends all the time. */
export interface SeenApplication {
  readonly labels: Readonly<Record<string, string>>;
  /** Names of metrics that were there an hour ago and are there now; those that need no traffic first. */
  readonly metrics: readonly string[];
}

export interface SeenWorkspace {
  readonly id: string;
  readonly alias: string | undefined;
  /** `ACTIVE` or what else it is; nothing else is known of one that is not active. */
  readonly status: string;
  /** Scrapes by job, and by the labels that may tell clusters apart. */
  readonly scrapes: readonly SeenStream[];
  /** Scrapes of targets that Cloud Map told, by service too. */
  readonly cloudMap: readonly SeenStream[];
  /** What collectors measure of the task that they run in. */
  readonly tasks: readonly SeenStream[];
  /** Applications that are not scraped, by job. */
  readonly pushed: readonly SeenStream[];
  readonly applications: readonly SeenApplication[];
}

/** The metrics of one namespace, or of what one of its dimensions calls a cluster. */
export interface SeenNamespace {
  readonly namespace: string;
  /** The dimension that tells the cluster, with its value; empty where there is none. */
  readonly labels: Readonly<Record<string, string>>;
  /** Every set of dimension names, sorted, with the names of metrics that have it. */
  readonly sets: readonly { readonly dimensions: readonly string[]; readonly metrics: readonly string[] }[];
  /** What `OTelLib` says, where it is a dimension. */
  readonly scopes: readonly string[];
  /** Some metrics, those that need no traffic first, and how they arrive. */
  readonly streams: readonly SeenStream[];
}

export interface SeenLogGroup {
  readonly name: string;
  readonly retentionDays: number | undefined;
  readonly newestAt: number | undefined;
  readonly gapMs: number | undefined;
  /** Names of some streams, the newest first; empty where they were not asked for. */
  readonly streams: readonly string[];
}

export interface SeenEcsService {
  readonly cluster: string;
  readonly service: string;
  /** The family of its task definition, where that could be read. */
  readonly family: string | undefined;
}

export interface SeenTraces {
  readonly service: string;
  /** Whether there were some in every quarter of the last hour; with Transaction Search in every hour of the last six. */
  readonly isSteady: boolean;
}

/** What was seen in one region, as one identity. */
export interface Seen {
  readonly region: string;
  readonly role: string | undefined;
  readonly externalId: string | undefined;
  /** When it was looked at. */
  readonly at: number;
  readonly workspaces: readonly SeenWorkspace[];
  readonly namespaces: readonly SeenNamespace[];
  readonly logGroups: readonly SeenLogGroup[];
  /** EKS clusters and the names of their add-ons. */
  readonly eks: readonly { readonly cluster: string; readonly addons: readonly string[] }[];
  readonly ecsClusters: readonly string[];
  readonly ecs: readonly SeenEcsService[];
  readonly traces: readonly SeenTraces[];
  readonly gaps: readonly Gap[];
}

const TELLS_CLUSTERS = /cluster/i;
/** What has the word in it and is no cluster's name, and what Kubernetes labels its objects with (`alpha_eksctl_io_cluster_name`). */
const OTHER = /cluster_?(?:ip|role|arn|id|uid)|^cluster_?(?:local|scoped)|_(?:io|com|dev|org|sh)_/i;

/** Whether a label or dimension of this name is likely to say which cluster something is from. */
export function tellsClusters(name: string): boolean {
  return TELLS_CLUSTERS.test(name) && !OTHER.test(name);
}

/** Whether what arrives with such gaps has not ended: its newest arrival is not older than any gap would explain. */
export function isAlive(
  { newestAt, gapMs = 0 }: Pick<SeenStream, 'newestAt' | 'gapMs'>,
  now: number,
): boolean {
  return newestAt !== undefined && now - newestAt <= Math.max(15 * 60_000, 2 * gapMs);
}
