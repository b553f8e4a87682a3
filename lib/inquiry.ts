import { checks } from './checks/index.ts';
import type { Expectation } from './expectation.ts';
import { type Gate, gateQuestion, readGate } from './gate.ts';
import { judgeAll } from './judge.ts';
import type { PlannedSignal } from './plan.ts';
import { type AnyEvidence, type EvidenceBook, evidenceBook } from './question.ts';
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
  readonly book: EvidenceBook;
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
  return signals.map(({ signal, judged }) => {
    const key = sourceKey(signal);
    const source = opened.get(key) ?? { source: open(signal, ports), evidence: new Map() };
    opened.set(key, source);
    const expectations = judged ? Object.values(checks).flatMap((check) => check(signal)) : [];
    return { signal, judged, expectations, source, book: evidenceBook(source.evidence) };
  });
}

export type Judged = Pick<SignalVerdict, 'verdict' | 'state' | 'findings' | 'unavailable' | 'drifts'>;

/** What the evidence says of a signal, its gate aside. */
export function judge({ signal, expectations, book, source }: Inquiry): Judged {
  const { shown, unavailable, rollout, drifts } = judgeAll(expectations, book);
  const isFailing = shown.some(({ finding }) => finding.severity !== 'warning');
  const verdict = isFailing ? 'failing' : unavailable.length > 0 ? 'unknown' : 'ok';
  const findings = shown.map(({ finding, question }) => ({
    ...finding,
    question: question === undefined ? null : source.source.text(question),
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
