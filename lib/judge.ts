import type { Drift } from './baseline/shape.ts';
import type { Absent, Evidence, Reason } from './evidence.ts';
import type { Expectation, Finding, Judgement, Marker } from './expectation.ts';
import { type EvidenceBook, type Question, questionKey } from './question.ts';

export interface Unobserved {
  readonly expectation: string;
  readonly reason: Reason;
  readonly detail: string;
}

/** A finding and the question that shows it; none where the place itself does not exist. */
export interface Shown {
  readonly finding: Finding;
  readonly question: Question | undefined;
}

/** What the answered questions show besides: facts for people, and changes of the machinery. */
export interface Context {
  readonly facts: readonly string[];
  readonly markers: readonly Marker[];
}

export interface Judged {
  readonly shown: readonly Shown[];
  readonly unavailable: readonly Unobserved[];
  readonly rollout: boolean;
  /** What differs from the baseline, what a rollout explains aside. */
  readonly drifts: readonly Drift[];
}

export const NOT_LISTED_YET = 'silent for less than 20 minutes: a replacement may not be listed yet';
export const LEFT_OUT = 'the server left out a part of its answer';
const OVERTAKEN = 'samples arrived while it was asked; ask again';

/**
 * Judges all expectations of a signal on the evidence. Checks never see what is unavailable: it is told here, once,
 * beside what the answers do prove. An incomplete answer proves what it shows and nothing else.
 */
export function judgeAll(expectations: readonly Expectation[], book: EvidenceBook): Judged {
  const shown: Shown[] = [];
  const unavailable = new Map<string, Unobserved>();
  const add = (expectation: string, reason: Reason, detail: string): void => {
    unavailable.set(JSON.stringify([expectation, reason, detail]), { expectation, reason, detail });
  };
  const drifts: Drift[] = [];
  let rollout = false;
  for (const expectation of expectations) {
    const { path, questions, alongside = [] } = expectation;
    const answers = [...questions, ...alongside].map((question) => book.get(question));
    const absent = answers.find((answer) => answer?.kind === 'absent');
    if (absent) {
      const others = expectations.filter((one) => one !== expectation && one.isElsewhere);
      const exists = { finding: doesNotExist(absent), question: undefined };
      return {
        shown: [exists, ...judgeAll(others, book).shown],
        unavailable: [],
        rollout: false,
        drifts: [],
      };
    }
    for (const answer of answers) {
      if (answer?.kind === 'unavailable') add(path, answer.reason, answer.detail);
    }
    if (!questions.every((question) => book.get(question)?.kind === 'found')) continue;
    const judgement = expectation.judge(book);
    if (!isProven(expectation, judgement, book)) add(path, 'incomplete', LEFT_OUT);
    else {
      shown.push(...show(expectation, judgement, book));
      rollout ||= judgement.rollout ?? false;
    }
    const { pending } = judgement;
    if (pending) add(path, 'not-listed-yet', pending === true ? NOT_LISTED_YET : pending);
    if (judgement.unavailable) add(path, judgement.unavailable.reason, judgement.unavailable.detail);
    drifts.push(...(judgement.drifts ?? []));
    if (judgement.overtaken && expectations.length > 1) add(path, 'incomplete', OVERTAKEN);
  }
  return { shown, unavailable: [...unavailable.values()], rollout, drifts };
}

function isProven(
  { holdsIfComplete, failsIfComplete }: Expectation,
  { findings }: Judgement,
  book: EvidenceBook,
): boolean {
  const needed = findings.length > 0 ? failsIfComplete : holdsIfComplete;
  return needed.every((question) => !isPartial(book.get(question)));
}

function isPartial(evidence: Evidence<unknown> | undefined): boolean {
  return evidence?.kind === 'found' && evidence.partial;
}

function show(expectation: Expectation, { findings }: Judgement, book: EvidenceBook): readonly Shown[] {
  if (findings.length === 0) return [];
  const question = expectation.shows?.(book) ?? expectation.questions.at(-1);
  return findings.map((finding) => ({ finding, question }));
}

/** Absence of the place itself is an answer. */
function doesNotExist({ subject, detail }: Absent): Finding {
  return { expectation: 'exists', subject, expected: `${subject} exists`, observed: detail };
}

/** Everything that may be asked for an expectation, as far as the evidence goes. */
export function questionsOf(expectation: Expectation, book: EvidenceBook): readonly Question[] {
  const first = [...expectation.questions, ...(expectation.alongside ?? [])];
  const isAnswered = expectation.questions.every((question) => book.get(question)?.kind === 'found');
  const further = isAnswered ? (expectation.furtherQuestions?.(book) ?? []) : [];
  return [...new Map([...first, ...further].map((question) => [questionKey(question), question])).values()];
}

/** What is known besides, from the expectations whose questions were all answered. */
export function contextOf(expectations: readonly Expectation[], book: EvidenceBook): Context {
  const known = expectations.filter(({ questions }) =>
    questions.every((question) => book.get(question)?.kind === 'found'),
  );
  return {
    facts: [...new Set(known.flatMap(({ facts }) => facts?.(book) ?? []))],
    markers: known.flatMap(({ markers }) => markers?.(book) ?? []),
  };
}
