/** Why a question went unanswered. A closed set: each is a metric dimension and a word in the report. */
export const reasons = [
  'denied',
  'clock',
  'throttled',
  'timeout',
  'unreachable',
  'too-expensive',
  'rejected',
  'invalid-response',
  'not-listed-yet',
  'incomplete',
] as const;
export type Reason = (typeof reasons)[number];

/** The answer to one question. Could-not-look is never the same value as looked-and-found-nothing. */
export type Evidence<T> = Found<T> | Absent | Unavailable;

export interface Found<T> {
  readonly kind: 'found';
  readonly value: T;
  /** When the plane evaluated the question, by the plane's own clock. Milliseconds since the epoch. */
  readonly at: number;
  /** The plane said that it left something out: proves presence, never absence. */
  readonly partial: boolean;
  /** There was more than one answer holds: fewer questions at once may fit. */
  readonly isTruncated?: boolean;
  /** One number without labels, which only some questions of users have for an answer. */
  readonly isScalar?: boolean;
  /** Candidates came from memory: what they do not show must be asked anew before it is told. */
  readonly isRemembered?: boolean;
  /** Counts stopped when enough was proven: they are lower bounds. */
  readonly atLeast?: boolean;
}

/** The API says that the place itself (a workspace) does not exist. */
export interface Absent {
  readonly kind: 'absent';
  /** What does not exist, such as `workspace ws-1234`. */
  readonly subject: string;
  readonly detail: string;
}

export interface Unavailable {
  readonly kind: 'unavailable';
  readonly reason: Reason;
  /** For people: the server's words, cut and harmless, and the remedy where one is known. */
  readonly detail: string;
  /** The plane gave up on the question itself: next time it is asked alone. */
  readonly isCostly?: boolean;
  /** It does not say whether the moment or the question is to blame: of several questions, others may be answered. */
  readonly isDoubtful?: boolean;
}

/** A whole answer that the plane gave at `at`. Milliseconds since the epoch. */
export function found<T>(value: T, at: number): Found<T> {
  return { kind: 'found', value, at, partial: false };
}

export function unavailable(reason: Reason, detail: string): Unavailable {
  return { kind: 'unavailable', reason, detail };
}
