import type { Question } from '../question.ts';
import type { StreamSignal } from '../signal.ts';

/** A log group, and the linked account that it is in; without one it is in the account that is asked. */
export interface LogGroupPlace {
  readonly place: string;
  readonly account?: string;
}

/** How a log group is set up. */
export interface LogGroupQuestion extends LogGroupPlace {
  readonly ask: 'logGroup';
}

/** Which streams with an event inside the bound are not called as they should be. */
export interface StrayStreamsQuestion extends LogGroupPlace {
  readonly ask: 'strayStreams';
  readonly freshMs: number;
  /** What every stream is called: `{name}` stands for one or more characters. */
  readonly like: string;
}

/** Since when log events arrive, and what CloudWatch could not make metrics of. */
export interface EmbeddedMetricsQuestion extends LogGroupPlace {
  readonly ask: 'embeddedMetrics';
  readonly freshMs: number;
}

/** Which groups log events arrive in that are called like this one, but for a placeholder that nothing was put in. */
export interface ElsewhereQuestion extends LogGroupPlace {
  readonly ask: 'elsewhere';
  readonly freshMs: number;
}

export type LogsQuestion =
  | LogGroupQuestion
  | StrayStreamsQuestion
  | EmbeddedMetricsQuestion
  | ElsewhereQuestion;

export interface LogGroup {
  /** Undefined where events never expire. */
  readonly retentionDays: number | undefined;
  /** The account's policy that the retention comes from; undefined where it is the group's own. */
  readonly retentionPolicy: string | undefined;
  readonly logClass: string;
  /** The ARN of the KMS key; undefined where CloudWatch Logs encrypts with its own. */
  readonly kmsKey: string | undefined;
  /** Milliseconds since the epoch. */
  readonly createdAt: number | undefined;
}

/** Streams that one thing is wrong with. */
export interface StrayStreams {
  readonly fault: StreamFault;
  /** One that has an event inside the bound. */
  readonly live: string;
  /** How many streams with the fault are recent, this one included; not all of them need to be live. */
  readonly recent: number;
}

/** What is wrong with the name of a stream. */
export type StreamFault =
  | { readonly is: 'unlike' }
  | { readonly is: 'undefined'; readonly placeholder: string }
  | { readonly is: 'empty' };

export interface EmbeddedMetrics {
  /**
   * Since when log events arrive without a silence longer than the bound, as far back as it matters; undefined where
   * none arrived inside the bound. Milliseconds since the epoch.
   */
  readonly arrivingSince: number | undefined;
  /** How many log events were at fault inside the bound, by the vended metric that counts them; none with zero. */
  readonly errors: readonly { readonly metric: EmfErrorMetric; readonly events: number }[];
}

/** The metrics that CloudWatch Logs vends about embedded metrics, by LogGroupName. Without a fault they do not exist. */
export const emfErrorMetrics = ['EMFDisabledErrors', 'EMFValidationErrors', 'EMFParsingErrors'] as const;
export type EmfErrorMetric = (typeof emfErrorMetrics)[number];

export interface LogsAnswers {
  logGroup: LogGroup;
  strayStreams: readonly StrayStreams[];
  embeddedMetrics: EmbeddedMetrics;
  elsewhere: readonly string[];
}

/** Where a signal's log group is. */
export function logGroupOf({ address, account }: StreamSignal): LogGroupPlace {
  return { place: address, ...(account === undefined ? {} : { account }) };
}

export function isAboutLogs(question: Question): question is LogsQuestion {
  return ['logGroup', 'strayStreams', 'embeddedMetrics', 'elsewhere'].includes(question.ask);
}
