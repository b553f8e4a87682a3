import { checks } from './checks/index.ts';
import { newestSampleAt } from './checks/fresh.ts';
import { type Evidence, type Found, unavailable as notAnswered } from './evidence.ts';
import type { Expectation, Finding, Marker } from './expectation.ts';
import { liveSeries, total } from './live-series.ts';
import { type Gate, gateQuestion, readGate } from './gate.ts';
import { contextOf, judgeAll, questionsOf, type Unobserved } from './judge.ts';
import type { PlannedCluster } from './plan.ts';
import {
  type AnyEvidence,
  type Answers,
  type EvidenceBook,
  evidenceBook,
  type Question,
  questionKey,
} from './question.ts';
import { isOneOf, isStream, metricPlanes, type Signal } from './signal.ts';
import { type Awaiting, awaiting, NOT_WAITING } from './silence.ts';
import { openSource, sourceKey } from './sources/index.ts';
import type { Source, SourcePorts } from './sources/source.ts';

export type Verdict = 'ok' | 'failing' | 'unknown';

/** A finding with the question that shows it, plain enough to paste into a console; null where there is none. */
export interface ToldFinding extends Finding {
  readonly question: string | null;
}

export interface SignalVerdict extends Awaiting {
  readonly signal: Signal;
  readonly verdict: Verdict;
  readonly state: 'idle' | 'rollout' | null;
  readonly findings: readonly ToldFinding[];
  readonly unavailable: readonly Unobserved[];
  readonly evidence: {
    /** How many series are live; null where that could not be observed. */
    readonly series: number | null;
    /** Asked on the failing path only: the newest sample of what is silent. Milliseconds since the epoch. */
    readonly newestSampleAt: number | null;
    /** What was asked, plain enough to paste into a console. */
    readonly questions: readonly string[];
    /** What else is known, for people. */
    readonly facts: readonly string[];
    readonly markers: readonly Marker[];
  };
}

export interface ClusterVerdict {
  readonly cluster: string;
  readonly verdict: Verdict;
  readonly signals: readonly SignalVerdict[];
}

export interface VerifyPorts extends SourcePorts {
  /** Called when Plumbline itself broke; the run goes on without the answers concerned. */
  readonly onDefect: (error: unknown) => void;
}

/** Failing beats unknown beats ok. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('failing')) return 'failing';
  return verdicts.includes('unknown') ? 'unknown' : 'ok';
}

interface Inquiry {
  readonly signal: Signal;
  readonly judged: boolean;
  readonly expectations: readonly Expectation[];
  readonly source: OpenSource;
  readonly book: EvidenceBook;
}

interface OpenSource {
  readonly source: Source;
  readonly evidence: Map<string, AnyEvidence>;
}

/** First the questions that judge, then what explains a failure, then why nothing matches. */
const MAX_ROUNDS = 4;

/**
 * Judges every signal of a cluster. Signals on one plane are asked together; what a first answer leaves open is asked
 * in further rounds, on the failing path only. What cannot be answered by the deadline is `unavailable`, and the
 * verdict still comes.
 */
export async function verifyCluster(
  cluster: PlannedCluster,
  ports: VerifyPorts,
  open: typeof openSource = openSource,
): Promise<ClusterVerdict> {
  const opened = new Map<string, OpenSource>();
  const inquiries = cluster.signals.map(({ signal, judged }): Inquiry => {
    const key = sourceKey(signal);
    const source = opened.get(key) ?? { source: open(signal, ports), evidence: new Map() };
    opened.set(key, source);
    const expectations = judged ? Object.values(checks).flatMap((check) => check(signal)) : [];
    return { signal, judged, expectations, source, book: evidenceBook(source.evidence) };
  });
  await askRounds(inquiries, ports);
  if (renewRemembered(inquiries)) await askRounds(inquiries, ports);
  if (renewAfterTurn(cluster.name, inquiries, ports)) await askRounds(inquiries, ports);
  const signals = inquiries
    .filter(({ judged }) => judged)
    .map((inquiry) => {
      try {
        return judgeSignal(inquiry, inquiries);
      } catch (error) {
        ports.onDefect(error);
        return notJudged(inquiry);
      }
    });
  return { cluster: cluster.name, verdict: worst(signals.map(({ verdict }) => verdict)), signals };
}

async function askRounds(inquiries: readonly Inquiry[], ports: VerifyPorts): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const due = questionsDue(inquiries);
    if (due.size === 0) break;
    await Promise.all([...due].map(([source, questions]) => askAll(source, [...questions.values()], ports)));
  }
}

/**
 * Only a complete look in the same run may declare anything wrong: the evidence of signals that are not plainly ok is
 * dropped where it rests on something remembered, to be asked anew. Returns whether there was any.
 */
function renewRemembered(inquiries: readonly Inquiry[]): boolean {
  let isAny = false;
  for (const inquiry of inquiries) {
    const { signal, judged } = inquiry;
    const remembered = judged ? rememberedEvidence(inquiry, inquiries) : [];
    if (remembered.length === 0 || isPlainlyOk(inquiry, gateOf(signal, inquiries))) continue;
    for (const { asked, key } of remembered) {
      asked.source.renew?.();
      asked.evidence.delete(key);
    }
    isAny = true;
  }
  return isAny;
}

/**
 * What changes seldom is asked at once when a signal of the cluster turns: an add-on that was updated explains what
 * broke with it. Returns whether there is any of it.
 */
function renewAfterTurn(
  cluster: string,
  inquiries: readonly Inquiry[],
  { memory: { verdicts } }: VerifyPorts,
): boolean {
  let hasTurned = false;
  for (const inquiry of inquiries) {
    if (!inquiry.judged) continue;
    const key = JSON.stringify([cluster, inquiry.signal.name]);
    const now = isPlainlyOk(inquiry, gateOf(inquiry.signal, inquiries)) ? 'ok' : 'not ok';
    const before = verdicts.get(key);
    hasTurned ||= before !== undefined && before !== now;
    verdicts.set(key, now);
  }
  if (!hasTurned) return false;
  const slow = inquiries
    .filter(({ signal }) => signal.plane !== 'cloudwatch')
    .flatMap((inquiry) => rememberedEvidence(inquiry, inquiries));
  for (const { asked, key } of slow) {
    asked.source.renew?.();
    asked.evidence.delete(key);
  }
  return slow.length > 0;
}

/** Where a signal's evidence, or its gate's, rests on something remembered. */
function rememberedEvidence(inquiry: Inquiry, all: readonly Inquiry[]) {
  const { signal, expectations, book, source } = inquiry;
  const gate = gateFor(signal, all);
  const own = expectations
    .flatMap((expectation) => questionsOf(expectation, book))
    .map((question) => ({ asked: source, key: questionKey(question) }));
  const gates = gate ? [{ asked: gate.inquiry.source, key: questionKey(gate.question) }] : [];
  return [...own, ...gates].filter(({ asked, key }) => {
    const evidence = asked.evidence.get(key);
    return evidence?.kind === 'found' && evidence.isRemembered;
  });
}

function isPlainlyOk(inquiry: Inquiry, gate: Gate): boolean {
  try {
    return gate !== 'idle' && judge(inquiry).verdict === 'ok';
  } catch {
    return true; // Told where it is judged.
  }
}

function questionsDue(inquiries: readonly Inquiry[]): Map<OpenSource, Map<string, Question>> {
  const due = new Map<OpenSource, Map<string, Question>>();
  const want = ({ source, book }: Inquiry, question: Question): void => {
    if (book.get(question) !== undefined) return;
    const questions = due.get(source) ?? new Map<string, Question>();
    questions.set(questionKey(question), question);
    due.set(source, questions);
  };
  for (const inquiry of inquiries) {
    const { signal, judged, expectations, book } = inquiry;
    if (judged && isStream(signal)) want(inquiry, liveSeries(signal));
    for (const expectation of expectations) {
      for (const question of questionsOf(expectation, book)) want(inquiry, question);
    }
    const gate = gateFor(signal, inquiries);
    if (gate) want(gate.inquiry, gate.question);
  }
  return due;
}

async function askAll({ source, evidence }: OpenSource, questions: readonly Question[], ports: VerifyPorts) {
  const overdue = new AbortController();
  const late = async () => {
    await ports.clock.sleep(Math.max(0, ports.deadline - ports.clock.now()), overdue.signal).catch(() => {});
    return notAnswered('timeout', 'the run was over before the answer came');
  };
  try {
    const outcome = await Promise.race([source.ask(questions), late()]);
    for (const question of questions) {
      const key = questionKey(question);
      const answer = 'kind' in outcome ? outcome : outcome.get(key);
      evidence.set(key, answer ?? notAnswered('invalid-response', 'the source gave no answer'));
    }
  } catch (error) {
    ports.onDefect(error);
    const broken = notAnswered('invalid-response', 'Plumbline itself failed while asking');
    for (const question of questions) evidence.set(questionKey(question), broken);
  } finally {
    overdue.abort();
  }
}

function judgeSignal(inquiry: Inquiry, all: readonly Inquiry[]): SignalVerdict {
  const { signal, expectations, book, source } = inquiry;
  const live = isStream(signal) ? book.get(liveSeries(signal)) : undefined;
  const silent = isStream(signal) && canBeSilent(inquiry) ? signal : undefined;
  const asked = expectations.flatMap((expectation) => questionsOf(expectation, book));
  const evidence = {
    series: isCounted(signal, live) ? total(live.value) : null,
    newestSampleAt: (live?.kind === 'found' && silent ? newestSampleAt(silent, book) : null) ?? null,
    questions: [...new Set(asked.map((question) => source.source.text(question)))],
    ...contextOf(expectations, book),
  };
  const judged = withGate(judge(inquiry), gateOf(signal, all));
  return {
    signal,
    evidence,
    ...judged,
    ...(silent ? awaiting(silent, book, judged.findings) : NOT_WAITING),
  };
}

/** Whether an answer counts every live series: log events and traces have none. */
function isCounted(
  { plane }: Signal,
  live: Evidence<Answers['count']> | undefined,
): live is Found<Answers['count']> {
  return isOneOf(metricPlanes, plane) && live?.kind === 'found' && !live.partial && live.atLeast !== true;
}

/** Plumbline's own mistake about one signal must not stop the others, nor look like a verdict. */
function notJudged({ signal }: Inquiry): SignalVerdict {
  const detail = 'Plumbline itself failed while judging';
  return {
    signal,
    verdict: 'unknown',
    state: null,
    findings: [],
    unavailable: [{ expectation: 'all', reason: 'invalid-response', detail }],
    ...NOT_WAITING,
    evidence: { series: null, newestSampleAt: null, questions: [], facts: [], markers: [] },
  };
}

function canBeSilent({ expectations, book }: Inquiry): boolean {
  const fresh = expectations.find(({ path }) => path === 'fresh');
  return fresh?.questions.every((question) => book.get(question)?.kind === 'found') ?? false;
}

type Judged = Pick<SignalVerdict, 'verdict' | 'state' | 'findings' | 'unavailable'>;

function judge({ expectations, book, source }: Inquiry): Judged {
  const { shown, unavailable, rollout } = judgeAll(expectations, book);
  const verdict = shown.length > 0 ? 'failing' : unavailable.length > 0 ? 'unknown' : 'ok';
  const findings = shown.map(({ finding, question }) => ({
    ...finding,
    question: question === undefined ? null : source.source.text(question),
  }));
  return { verdict, state: rollout ? 'rollout' : null, findings, unavailable };
}

/** The signal that `when` names, and the question that gates. */
function gateFor({ when }: Signal, all: readonly Inquiry[]) {
  const inquiry = when && all.find(({ signal }) => signal.name === when.signal);
  if (!inquiry || !isStream(inquiry.signal)) return undefined;
  return { inquiry, question: gateQuestion(inquiry.signal, when) };
}

function gateOf(signal: Signal, all: readonly Inquiry[]): Gate {
  const gate = gateFor(signal, all);
  return signal.when && gate ? readGate(signal.when, gate.inquiry.book.get(gate.question)) : 'open';
}

function withGate(judged: Judged, gate: Gate): Judged {
  if (gate === 'open') return judged;
  if (gate === 'idle') return { verdict: 'ok', state: 'idle', findings: [], unavailable: [] };
  if (judged.verdict !== 'failing') return judged;
  return { verdict: 'unknown', state: null, findings: [], unavailable: [{ expectation: 'when', ...gate }] };
}
