import type { Drift } from './baseline/shape.ts';
import type { Unavailable } from './evidence.ts';
import type { Answers, EvidenceBook, Question } from './question.ts';
import type { Loss } from './referrers/questions.ts';
import { isStream, type Signal, type StateSignal, type StreamSignal } from './signal.ts';

/** One violated expectation. Its identity is (expectation, subject); what was observed may change from run to run. */
export interface Finding {
  /** The path of the key in the YAML, such as `series.each.min`. */
  readonly expectation: string;
  readonly subject: string;
  readonly expected: string;
  readonly observed: string;
  /** A gain, which is told once and as no more than a warning: by itself it leaves the signal ok. */
  readonly severity?: 'warning';
}

/** A change of the machinery, such as of a version: what changes with it has an explanation. */
export interface Marker {
  /** What changed, with its kind, the same as long as it is the same piece: `add-on prod-eu/adot`. */
  readonly of: string;
  readonly did: 'changed' | 'deployed' | 'created';
  /** The version that it has since. */
  readonly version?: string;
  /** Undefined where only is known that it is so now. Milliseconds since the epoch. */
  readonly at: number | undefined;
}

export interface Judgement {
  readonly findings: readonly Finding[];
  /** A rollout explains what would else be findings: they are not told while it lasts. */
  readonly rollout?: boolean;
  /** What is silent may have a successor that the plane does not list yet: neither ok nor failing. A text says it better. */
  readonly pending?: boolean | string;
  /** What could not be looked at, beside what was judged. */
  readonly unavailable?: Unavailable | undefined;
  /** What differs from the baseline and is told. */
  readonly drifts?: readonly Drift[];
  /** Samples arrived between two questions, so that the first answers no longer tell how things are. */
  readonly overtaken?: boolean;
}

/** One thing that must hold, ready to be asked and judged. */
export interface Expectation {
  readonly path: string;
  /** All of these must be answered before it can be judged. */
  readonly questions: readonly Question[];
  /** Asked with them. Unanswered, it is told as unobserved, beside what the others prove. */
  readonly alongside?: readonly Question[];
  /** Asked on the failing path only, in as many rounds as bring new questions; may go unanswered. */
  readonly furtherQuestions?: (book: EvidenceBook) => readonly Question[];
  /** Answers that prove it only when nothing was left out of them. */
  readonly holdsIfComplete: readonly Question[];
  /** Answers that refute it only when nothing was left out of them. */
  readonly failsIfComplete: readonly Question[];
  /** It is about another place than the signal's, and told also where that does not exist. */
  readonly isElsewhere?: boolean;
  /** The question that shows a finding best, for people to repeat; by default the last of `questions`. */
  readonly shows?: (book: EvidenceBook) => Question;
  readonly judge: (book: EvidenceBook) => Judgement;
  /** What is missing where it is violated, for whoever refers to it. */
  readonly lost?: (book: EvidenceBook) => readonly Loss[];
  /** What the answers show that people should know, whatever the verdict: short, without a full stop. */
  readonly facts?: (book: EvidenceBook) => readonly string[];
  /** Changes of the machinery that the answers show, and when they were. */
  readonly markers?: (book: EvidenceBook) => readonly Marker[];
}

/** Turns a signal's settings for one expectation into what must be asked and how it is judged. */
export type Check = (signal: Signal) => readonly Expectation[];

/** A check of what arrives; a state has nothing of it. */
export function forStreams(check: (signal: StreamSignal) => readonly Expectation[]): Check {
  return (signal) => (isStream(signal) ? check(signal) : []);
}

/** A check of the state that machinery is in; a stream has nothing of it. */
export function forStates(check: (signal: StateSignal) => readonly Expectation[]): Check {
  return (signal) => (isStream(signal) ? [] : check(signal));
}

/** An answer that the runner has made sure of before it lets a check judge. */
export function answered<Q extends Question>(book: EvidenceBook, question: Q): Answers[Q['ask']] {
  return found(book, question).value;
}

/** When the plane gave that answer, by its own clock. Milliseconds since the epoch. */
export function answeredAt(book: EvidenceBook, question: Question): number {
  return found(book, question).at;
}

function found<Q extends Question>(book: EvidenceBook, question: Q) {
  const evidence = book.get(question);
  if (evidence?.kind !== 'found')
    throw new Error(`judged before it was answered: ${JSON.stringify(question)}`);
  return evidence;
}
