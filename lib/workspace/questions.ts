import type { Condition } from '../question.ts';

/** What a workspace discarded during the last `overMs`, beside what it ingested. */
export interface DiscardedQuestion {
  readonly ask: 'discarded';
  readonly place: string;
  readonly overMs: number;
}

export interface Discarded {
  /** What was asked for, in whole periods of five minutes. */
  readonly overMs: number;
  /** Samples ingested in the same time; undefined where CloudWatch shows no ingestion at all. */
  readonly ingested: number | undefined;
  readonly reasons: readonly DiscardReason[];
}

export interface DiscardReason {
  /** As AMP calls it: `rate_limited`. */
  readonly reason: string;
  readonly samples: number;
  /** It began lately, after a day of ingestion without: in how many periods of five minutes of the last hour it was seen. */
  readonly news?: { readonly began: number; readonly periods: number };
}

/** How much of a resource a workspace uses. */
export interface UsageQuestion {
  readonly ask: 'usage';
  readonly place: string;
  readonly resource: WorkspaceResource;
}

/** As AWS/Usage calls it: series, or samples a second. */
export type WorkspaceResource = 'ActiveSeries' | 'IngestionRate';

export interface Usage {
  /** The average of the last quarter of an hour; undefined where there is no datapoint, which means none. */
  readonly now: number | undefined;
  /** The same a day ago. */
  readonly dayAgo: number | undefined;
}

/** The quota of Amazon Managed Service for Prometheus that is applied to the account, by its code. */
export interface QuotaQuestion {
  readonly ask: 'quota';
  readonly code: string;
}

/** The managed scrapers that write to a workspace. */
export interface ScrapersQuestion {
  readonly ask: 'scrapers';
  readonly place: string;
}

/** The rule groups namespaces of a workspace: each is a rule file. */
export interface RuleFilesQuestion {
  readonly ask: 'ruleFiles';
  readonly place: string;
}

/** A part of a workspace, and the state that it is in. */
export interface Piece extends Condition {
  readonly name: string;
}

export interface Scraper extends Piece {
  /** The ARN of the workspace that it writes to. */
  readonly workspace: string;
}

/** The rule groups whose evaluations failed, or were missed, during the last `overMs`. */
export interface EvaluationsQuestion {
  readonly ask: 'evaluations';
  readonly place: string;
  readonly overMs: number;
}

export interface Evaluations {
  /** `NAMESPACE;GROUP` */
  readonly group: string;
  readonly failed: Occurrences;
  readonly missed: Occurrences;
}

export interface Occurrences {
  readonly count: number;
  /** In how many periods of five minutes. */
  readonly periods: number;
  /** In the newest of them too. */
  readonly goesOn: boolean;
}

/** What the rules of a workspace say of themselves. */
export interface RuleHealthQuestion {
  readonly ask: 'ruleHealth';
  readonly place: string;
}

export interface RuleHealth {
  /** `NAMESPACE;GROUP` */
  readonly group: string;
  /** Rules whose last evaluation failed, with the words of the rule engine. */
  readonly broken: readonly { readonly rule: string; readonly error: string }[];
}

/** The alert manager's definition. */
export interface AlertManagerQuestion {
  readonly ask: 'alertManager';
  readonly place: string;
}

/** What the alert manager received, and what became of its notifications, during the last `overMs`. */
export interface NotificationsQuestion {
  readonly ask: 'notifications';
  readonly place: string;
  readonly overMs: number;
}

export interface Notifications {
  readonly received: number;
  readonly failed: number;
  readonly throttled: number;
}

/** Answered by metrics that AMP itself publishes to CloudWatch. */
export type VendedQuestion = DiscardedQuestion | UsageQuestion | EvaluationsQuestion | NotificationsQuestion;

export type WorkspaceQuestion =
  | VendedQuestion
  | QuotaQuestion
  | ScrapersQuestion
  | RuleFilesQuestion
  | RuleHealthQuestion
  | AlertManagerQuestion;

export interface WorkspaceAnswers {
  discarded: Discarded;
  usage: Usage;
  quota: number;
  scrapers: readonly Scraper[];
  ruleFiles: readonly Piece[];
  evaluations: readonly Evaluations[];
  ruleHealth: readonly RuleHealth[];
  /** null: there is no definition. */
  alertManager: Condition | null;
  notifications: Notifications;
}
