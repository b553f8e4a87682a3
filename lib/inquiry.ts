import { checks } from './checks/index.ts';
import { type Evidence, unavailable } from './evidence.ts';
import type { Expectation } from './expectation.ts';
import { type Gate, gateQuestion, readGate } from './gate.ts';
import { judgeAll } from './judge.ts';
import type { PlannedSignal } from './plan.ts';
import {
  type AnswerTo,
  type AnyEvidence,
  type EvidenceBook,
  evidenceBook,
  type Question,
} from './question.ts';
import { isStream, type Signal } from './signal.ts';
import { type openSource, sourceKey } from './sources/index.ts';
import type { Source, SourcePorts } from './sources/source.ts';
import type { SignalVerdict } from './verify.ts';

/** A signal, what is expected of it, and what is known so far. */
export interface Inquiry {
  readonly signal: Signal;
  readonly judged: boolean;
  readonly expectations: readonly Expectation[];
  readonly source: OpenSource;
  /** Who answers a question: the signal's own source, or that of another signal which is asked about. */
  readonly route: (question: Question) => Routed;
  readonly book: EvidenceBook;
}

export interface Routed {
  readonly asked: OpenSource;
  readonly question: Question;
}

/** A source with what it has answered in this run, by `questionKey`. */
export interface OpenSource {
  readonly source: Source;
  readonly evidence: Map<string, AnyEvidence>;
}

/** Inquiries about signals; those on one plane share its source. */
export function openInquiries(
  signals: readonly PlannedSignal[],
  ports: SourcePorts,
  open: typeof openSource,
): readonly Inquiry[] {
  const opened = new Map<string, OpenSource>();
  const byName = new Map<string, OpenSource>();
  return signals.map(({ signal, judged }) => {
    const key = sourceKey(signal);
    const source = opened.get(key) ?? { source: open(signal, ports), evidence: new Map() };
    opened.set(key, source);
    if (!byName.has(signal.name)) byName.set(signal.name, source);
    const expectations = judged ? Object.values(checks).flatMap((check) => check(signal)) : [];
    const route = (question: Question): Routed =>
      question.ask === 'countElsewhere'
        ? { asked: byName.get(question.signal) ?? source, question: question.count }
        : { asked: source, question };
    return { signal, judged, expectations, source, route, book: bookOf(route) };
  });
}

/** What another signal's place does not have is told there, and cannot be compared with here. */
function bookOf(route: Inquiry['route']): EvidenceBook {
  const of = <Q extends Question>(question: Q) => {
    const { asked, question: routed } = route(question);
    return evidenceBook(asked.evidence).get(routed) as Evidence<AnswerTo<Q>> | undefined;
  };
  return {
    get: (question) => {
      const evidence = of(question);
      if (question.ask !== 'countElsewhere' || evidence?.kind === 'found' || !evidence) return evidence;
      const { signal } = question;
      return evidence.kind === 'absent'
        ? unavailable('rejected', `the place of signal ${signal} does not exist`)
        : { ...evidence, detail: `signal ${signal}: ${evidence.detail}` };
    },
  };
}

/** A question as the plane that answers it would be asked by hand. */
export function textOf({ route }: Inquiry, question: Question): string {
  const { asked, question: routed } = route(question);
  return asked.source.text(routed);
}

export type Judged = Pick<SignalVerdict, 'verdict' | 'state' | 'findings' | 'unavailable' | 'drifts'>;

/** What the evidence says of a signal, its gate aside. */
export function judge(inquiry: Inquiry): Judged {
  const { signal, expectations, book } = inquiry;
  const { shown, unavailable, rollout, drifts } = judgeAll(expectations, book);
  const isFailing = shown.some(({ finding }) => finding.severity !== 'warning');
  const verdict = isFailing ? 'failing' : unavailable.length > 0 ? 'unknown' : 'ok';
  const findings = shown.map(({ finding, question }) => ({
    ...finding,
    question: question === undefined ? null : textOf(inquiry, question),
  }));
  const drift = verdict === 'ok' && findings.length > 0 ? 'drift' : learningState(signal);
  return { verdict, state: rollout ? 'rollout' : drift, findings, unavailable, drifts };
}

function learningState(signal: Signal): SignalVerdict['state'] {
  const remembered = isStream(signal) ? signal.remembered : undefined;
  return remembered?.kind === 'learning' ? `learning ${remembered.runs}/24` : null;
}

/** The signal that `when` names, and the question that gates. */
export function gateFor({ when }: Signal, all: readonly Inquiry[]) {
  const inquiry = when && all.find(({ signal }) => signal.name === when.signal);
  if (!inquiry || !isStream(inquiry.signal)) return undefined;
  return { inquiry, question: gateQuestion(inquiry.signal, when) };
}

/** What `when` says of a signal on the evidence so far. */
export function gateOf(signal: Signal, all: readonly Inquiry[]): Gate {
  const gate = gateFor(signal, all);
  return signal.when && gate ? readGate(signal.when, gate.inquiry.book.get(gate.question)) : 'open';
}

/** The judgement as it is with the gate. */
export function withGate(judged: Judged, gate: Gate): Judged {
  if (gate === 'open') return judged;
  if (gate === 'idle') return { verdict: 'ok', state: 'idle', findings: [], unavailable: [], drifts: [] };
  if (judged.verdict !== 'failing') return judged;
  const unavailable = [{ expectation: 'when', ...gate }];
  return { verdict: 'unknown', state: null, findings: [], unavailable, drifts: [] };
}

/** Whether nothing more needs to be asked about a signal: it is ok, and judged at all. */
export function isPlainlyOk(inquiry: Inquiry, all: readonly Inquiry[]): boolean {
  try {
    return gateOf(inquiry.signal, all) !== 'idle' && judge(inquiry).verdict === 'ok';
  } catch {
    return true; // Told where it is judged.
  }
}
