import { askAbout } from './asking.ts';
import { shapeOf } from './baseline/seen.ts';
import type { Drift, Shape } from './baseline/shape.ts';
import { newestSampleAt } from './checks/fresh.ts';
import type { Evidence, Found } from './evidence.ts';
import type { Finding, Marker } from './expectation.ts';
import { gateOf, type Inquiry, judge, openInquiries, textOf, withGate } from './inquiry.ts';
import { contextOf, questionsOf, type Unobserved } from './judge.ts';
import { liveSeries, total } from './live-series.ts';
import type { PlannedCluster } from './plan.ts';
import type { Answers } from './question.ts';
import { referrersOf } from './referrers/lost.ts';
import type { Referrers } from './referrers/questions.ts';
import { isOneOf, isStream, metricPlanes, type Signal } from './signal.ts';
import { type Awaiting, awaiting, NOT_WAITING } from './silence.ts';
import { openSource } from './sources/index.ts';
import type { SourcePorts } from './sources/source.ts';
import { worst } from './worst.ts';

export type Verdict = 'ok' | 'failing' | 'unknown';

/** A finding with the question that shows it, plain enough to paste into a console; null where there is none. */
export interface ToldFinding extends Finding {
  readonly question: string | null;
}

export interface SignalVerdict extends Awaiting {
  readonly signal: Signal;
  readonly verdict: Verdict;
  readonly state: 'idle' | 'rollout' | 'drift' | `learning ${number}/24` | null;
  readonly findings: readonly ToldFinding[];
  readonly unavailable: readonly Unobserved[];
  /** What this run saw of its shape, and what of it differs from the baseline; undefined where no drift is expected. */
  readonly shape: Shape | undefined;
  readonly drifts: readonly Drift[];
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
    /** Alarms and rules that look at what is missing; null where nothing is, or that could not be asked. */
    readonly wentBlind: Referrers | null;
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

/**
 * Judges every signal of a cluster, after asking all that it takes. What cannot be answered by the deadline is
 * `unavailable`, and the verdict still comes.
 */
export async function verifyCluster(
  cluster: PlannedCluster,
  ports: VerifyPorts,
  open: typeof openSource = openSource,
): Promise<ClusterVerdict> {
  const inquiries = openInquiries(cluster.signals, ports, open);
  await askAbout(cluster.name, inquiries, ports);
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

function judgeSignal(inquiry: Inquiry, all: readonly Inquiry[]): SignalVerdict {
  const { signal, expectations, book } = inquiry;
  const live = isStream(signal) ? book.get(liveSeries(signal)) : undefined;
  const silent = isStream(signal) && canBeSilent(inquiry) ? signal : undefined;
  const asked = expectations.flatMap((expectation) => questionsOf(expectation, book));
  const { facts, markers } = contextOf(expectations, book);
  const judged = withGate(judge(inquiry), gateOf(signal, all));
  const referrers = judged.verdict === 'failing' ? referrersOf(signal, expectations, book) : undefined;
  const { wentBlind, unasked } = blindness(referrers && book.get(referrers));
  const evidence = {
    series: isCounted(signal, live) ? total(live.value) : null,
    newestSampleAt: (live?.kind === 'found' && silent ? newestSampleAt(silent, book) : null) ?? null,
    questions: [...new Set(asked.map((question) => textOf(inquiry, question)))],
    facts: [...facts, ...unasked],
    markers,
    wentBlind,
  };
  return {
    signal,
    evidence,
    ...judged,
    shape: isStream(signal) ? shapeOf(signal, book) : undefined,
    ...(silent ? awaiting(silent, book, judged.findings) : NOT_WAITING),
  };
}

/** Who refers to what is missing; that it could not be asked is a fact, and changes no verdict. */
function blindness(evidence: Evidence<Referrers> | undefined): {
  readonly wentBlind: Referrers | null;
  readonly unasked: readonly string[];
} {
  const unasked = 'which alarms or rules refer to what is missing is not known';
  if (evidence?.kind === 'unavailable') {
    return { wentBlind: null, unasked: [`${unasked}: ${evidence.reason}: ${evidence.detail}`] };
  }
  if (evidence?.kind !== 'found') return { wentBlind: null, unasked: [] };
  const isPart = evidence.partial ? [`${unasked} in full: not all could be listed`] : [];
  return { wentBlind: evidence.value, unasked: isPart };
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
    shape: undefined,
    drifts: [],
    unavailable: [{ expectation: 'all', reason: 'invalid-response', detail }],
    ...NOT_WAITING,
    evidence: { series: null, newestSampleAt: null, questions: [], facts: [], markers: [], wentBlind: null },
  };
}

function canBeSilent({ expectations, book }: Inquiry): boolean {
  const fresh = expectations.find(({ path }) => path === 'fresh');
  return fresh?.questions.every((question) => book.get(question)?.kind === 'found') ?? false;
}
