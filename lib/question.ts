import type { KeySetCount } from './baseline/shape.ts';
import type { Matcher } from './config/values.ts';
import type { EcsAnswers, EcsQuestion } from './ecs/questions.ts';
import type { Evidence } from './evidence.ts';
import type { WorkspaceAnswers, WorkspaceQuestion } from './workspace/questions.ts';
import type { TraceDestination, TraceDestinationQuestion, TracedServicesQuestion } from './xray/questions.ts';
import type { ProbeAnswer, ProbeQuestion } from './probe/question.ts';
import type { LogsAnswers, LogsQuestion } from './logs/questions.ts';
import type { OwnQuestion, OwnRow } from './promql/own.ts';
import type { Referrers, ReferrersQuestion } from './referrers/questions.ts';
import type { TargetsQuestion, TargetsRow } from './promql/targets.ts';
/** Series of one metric that satisfy every matcher. */
export interface Selection {
  readonly metric: string;
  readonly match: readonly Matcher[];
  /** Of the plane where metrics have one. */
  readonly namespace?: string;
  /** The log group, or the service, that they are of, on planes without metrics. */
  readonly place?: string;
  /** The linked account that they are in; undefined is the account that is asked. */
  readonly account?: string;
  /** Only series whose label names are exactly one of these sets, each sorted. */
  readonly keySets?: readonly (readonly string[])[];
}

/** How many live series there are (or were, `beforeMs` ago), by the labels `by`; `top` keeps only the largest groups. */
export interface CountQuestion {
  readonly ask: 'count';
  readonly of: Selection;
  readonly freshMs: number;
  readonly by: readonly string[];
  readonly beforeMs?: number;
  readonly top?: number;
  /** Leaves out series that ended: by a stale marker, or silent for five minutes although the bound is longer. */
  readonly standing?: boolean;
  /** Once this many of a group are proven, its count may be told as any number from there up to the true one. */
  readonly enough?: number;
}

/** The same of another signal of the cluster, by its name, from that one's own source: no source is asked this itself. */
export interface CountElsewhereQuestion {
  readonly ask: 'countElsewhere';
  readonly signal: string;
  readonly count: CountQuestion;
}

/** When each group was last seen, at most `withinMs` ago. */
export interface NewestQuestion {
  readonly ask: 'newest';
  readonly of: Selection;
  readonly by: readonly string[];
  readonly withinMs: number;
}

/** How many of today's live series (or of those `beforeMs` ago) did not exist `sinceMs` before. */
export interface NewSeriesQuestion {
  readonly ask: 'newSeries';
  readonly of: Selection;
  readonly freshMs: number;
  readonly sinceMs: number;
  readonly beforeMs?: number;
}

/** Which label names live series carry besides the listed ones, the metric's own name aside. */
export interface OtherLabelsQuestion {
  readonly ask: 'otherLabels';
  readonly of: Selection;
  readonly freshMs: number;
  readonly names: readonly string[];
}

/** Which sets of label names series are published under, and whether a series of exactly that set is live. */
export interface KeySetsQuestion {
  readonly ask: 'keySets';
  readonly of: Selection;
  readonly freshMs: number;
  /** Only these sets, each sorted by name. All of them where it is missing. */
  readonly sets?: readonly (readonly string[])[];
}

/** How many live series have exactly each set of label names. */
export interface KeySetCountsQuestion {
  readonly ask: 'keySetCounts';
  readonly of: Selection;
  readonly freshMs: number;
}

/**
 * A statistic of every sample of the last `overMs`, for each group; an average is that of all samples, so that a series
 * weighs as much as it has of them. Where samples come late the time ends when the newest came, unless `untilNow`.
 */
export interface StatisticQuestion {
  readonly ask: 'statistic';
  readonly of: Selection;
  readonly statistic: 'average' | 'sum' | 'minimum' | 'maximum' | 'sampleCount' | `p${number}`;
  readonly overMs: number;
  readonly by: readonly string[];
  /** What has not come yet counts as nothing: for what must not outlast the traffic. */
  readonly untilNow?: boolean;
  /** Where that time ends earlier, nothing older than this counts all the same. Milliseconds. */
  readonly notBeforeMs?: number;
}

/** A group may have several: percentiles of several series cannot be made one. A group without samples has none. */
export interface StatisticRow {
  readonly group: Group;
  readonly value: number;
  /** Series that fell silent and may have successors that the plane does not list yet. */
  readonly pending?: number;
}

/** Which series there are, and when they were seen. */
export type PresenceQuestion =
  | CountQuestion
  | NewestQuestion
  | NewSeriesQuestion
  | OtherLabelsQuestion
  | KeySetsQuestion
  | KeySetCountsQuestion;

/** A question about a selection of series. Every one is answered by aggregates: cost never grows with the series. */
export type SeriesQuestion = PresenceQuestion | StatisticQuestion;

/** What can be asked of any metric plane. */
export type MetricQuestion = Exclude<SeriesQuestion, KeySetsQuestion>;

/** What state a piece of the machinery is in. */
export interface StatusQuestion {
  readonly ask: 'status';
  /** Its address: a workspace id, `CLUSTER/ADDON`, `CLUSTER/SERVICE`. */
  readonly place: string;
}

export type Question =
  | SeriesQuestion
  | StatusQuestion
  | EcsQuestion
  | TraceDestinationQuestion
  | TracedServicesQuestion
  | ProbeQuestion
  | LogsQuestion
  | WorkspaceQuestion
  | TargetsQuestion
  | OwnQuestion
  | CountElsewhereQuestion
  | ReferrersQuestion;

/** Whether a question is about series; a source that knows only those refuses the others. */
export function isAboutSeries(question: Question): question is SeriesQuestion {
  return 'of' in question;
}

/** The state that a piece of the machinery is in, as its API tells it. */
export interface Condition {
  /** In the words of the API: `ACTIVE`, `DEGRADED`. */
  readonly status: string;
  /** `changing` is a healthy way from one state to another, such as an update. */
  readonly is: 'good' | 'changing' | 'bad';
  /** What the API says is wrong, each with its code. */
  readonly issues: readonly string[];
  readonly version?: string;
  /** When it was last changed. Milliseconds since the epoch. */
  readonly changedAt?: number;
  /** When the change under way began, where that is not `changedAt`. Milliseconds since the epoch. */
  readonly changingSince?: number;
  /** How long the change under way waits on purpose. Milliseconds. */
  readonly waitsMs?: number;
}

/** Live series of exactly these label names. */
export interface NamedKeySet extends KeySetCount {
  /** Silent ones whose successors the plane may not list yet; they are not in `series`. */
  readonly pending?: number;
}

/** The labels of a group; a label that its series lack is not a key. */
export type Group = ReadonlyMap<string, string>;

export interface GroupCount {
  readonly group: Group;
  readonly series: number;
  /** Silent series whose successors the plane may not list yet; they are not in `series`. */
  readonly pending?: number;
}

export interface KeySet {
  /** Sorted. */
  readonly names: readonly string[];
  readonly live: boolean;
  /** Silent, but a successor may not be listed yet. */
  readonly pending: boolean;
}

export interface Answers extends EcsAnswers, LogsAnswers, WorkspaceAnswers {
  count: readonly GroupCount[];
  countElsewhere: readonly GroupCount[];
  newest: readonly { readonly group: Group; readonly newestSampleAt: number }[];
  newSeries: number;
  otherLabels: { readonly names: readonly string[]; readonly series: number };
  keySets: readonly KeySet[];
  keySetCounts: readonly NamedKeySet[];
  statistic: readonly StatisticRow[];
  targets: readonly TargetsRow[];
  promql: readonly OwnRow[];
  status: Condition;
  traceDestination: TraceDestination;
  tracedServices: readonly string[];
  probe: ProbeAnswer;
  referrers: Referrers;
}

export type AnswerTo<Q extends Question> = Answers[Q['ask']];
export type AnyEvidence = Evidence<Answers[keyof Answers]>;

/** A question never changes, and its key is looked at dozens of times in a run. */
const keys = new WeakMap<Question, string>();

/** Equal questions have equal keys, so that what two expectations ask is asked once. */
export function questionKey(question: Question): string {
  const known = keys.get(question);
  if (known !== undefined) return known;
  const key = JSON.stringify(question);
  keys.set(question, key);
  return key;
}

/** The evidence of one run, by question. */
export interface EvidenceBook {
  get<Q extends Question>(question: Q): Evidence<AnswerTo<Q>> | undefined;
}

/** A view on answers collected by `questionKey`. */
export function evidenceBook(evidence: ReadonlyMap<string, AnyEvidence>): EvidenceBook {
  return {
    get: <Q extends Question>(question: Q) =>
      evidence.get(questionKey(question)) as Evidence<AnswerTo<Q>> | undefined,
  };
}
