import { formatDuration } from './duration.ts';
import { printable } from './printable.ts';
import type { Report, SignalReport } from './report/report.ts';

type ClusterReport = Report['clusters'][number];

/** One failing signal, as told to people. Every text is printable and on one line; channels escape it for themselves. */
export interface Entry {
  readonly signal: string;
  /** The plane, and what else is worth a word: `amp, warning`. */
  readonly about: string;
  /** `silent since 2026-11-20 11:45:40Z, for 14m 20s`; null where no silence explains it. */
  readonly since: string | null;
  readonly findings: readonly MessageFinding[];
  /** Findings of the signal that are not told. */
  readonly moreFindings: number;
  /** To be pasted into the plane's console; null where it is too long for a message. */
  readonly question: string | null;
  readonly runbook: string | null;
}

export interface MessageFinding {
  /** The expectation and its subject: `fresh job=kubernetes-pods`. */
  readonly what: string;
  readonly observed: string;
  readonly expected: string;
}

/** What could not be observed, once per reason. */
export interface Blind {
  readonly signals: string;
  readonly reason: string;
  readonly detail: string;
}

/** What one cluster's people are told after one run. */
export interface Message {
  readonly cluster: string;
  readonly severity: 'critical' | 'warning';
  /** Why anyone is told. */
  readonly reason: 'failing';
  /** What broke and where, for one line of a telephone. */
  readonly title: string;
  /** `2026-11-20 12:00:00Z` */
  readonly checkedAt: string;
  /** The failing signals, critical ones first; the rest are only named in `others`. */
  readonly entries: readonly Entry[];
  /** Names of the failing signals beyond `entries`. */
  readonly others: readonly string[];
  readonly blind: readonly Blind[];
  /** Names of the signals that still arrive. */
  readonly ok: readonly string[];
}

/** Ten signals fill several screens of a telephone; beyond them names are enough to see how far it reaches. */
const MOST_ENTRIES = 10;
const MOST_FINDINGS = 3;
const MOST_NAMES = 30;
const MOST_BLIND = 5;
const LONGEST_QUESTION = 1500;

/**
 * What to tell about a cluster, or undefined when nothing in it is failing. That something is unknown is told beside
 * what fails, never alone: a single run that could not look is no news, and `UnknownSignals` counts it.
 */
export function messageOf(cluster: ClusterReport, { checkedAt }: { checkedAt: string }): Message | undefined {
  const failing = cluster.signals
    .filter(({ verdict }) => verdict === 'failing')
    .sort((a, b) => rank(a) - rank(b));
  if (failing.length === 0) return undefined;
  return {
    cluster: printable(cluster.cluster),
    severity: failing.some(({ severity }) => severity === 'critical') ? 'critical' : 'warning',
    reason: 'failing',
    title: titleOf(cluster, failing),
    checkedAt: instant(checkedAt),
    entries: failing.slice(0, MOST_ENTRIES).map((signal) => entryOf(signal, checkedAt)),
    others: failing.slice(MOST_ENTRIES).map(({ signal }) => printable(signal, 60)),
    blind: blindOf(cluster.signals),
    ok: cluster.signals.filter(({ verdict }) => verdict === 'ok').map(({ signal }) => printable(signal, 60)),
  };
}

/** `a, b, c and 12 more` */
export function named(names: readonly string[], most = MOST_NAMES): string {
  const rest = names.length - most;
  return rest > 0 ? `${names.slice(0, most).join(', ')} and ${rest} more` : names.join(', ');
}

function rank({ severity }: SignalReport): number {
  return severity === 'critical' ? 0 : 1;
}

function titleOf({ cluster, signals }: ClusterReport, failing: readonly SignalReport[]): string {
  const where = printable(cluster, 60);
  const planes = [...new Set(failing.map(({ plane }) => plane))].join(', ');
  const [only] = failing;
  return failing.length === 1 && only
    ? `${where}: ${printable(only.signal, 60)} failing (${planes})`
    : `${where}: ${failing.length} of ${signals.length} signals failing (${planes})`;
}

function entryOf(signal: SignalReport, checkedAt: string): Entry {
  const { findings, evidence, runbook } = signal;
  const question = findings.find((finding) => finding.question !== null)?.question ?? evidence.questions[0];
  return {
    signal: printable(signal.signal),
    about: [signal.plane, ...(signal.severity === 'warning' ? ['warning'] : [])].join(', '),
    since: evidence.newestSampleAt === null ? null : silence(evidence.newestSampleAt, checkedAt),
    findings: findings.slice(0, MOST_FINDINGS).map((finding) => ({
      what: `${finding.expectation} ${printable(finding.subject, 120)}`,
      observed: printable(finding.observed),
      expected: printable(finding.expected),
    })),
    moreFindings: Math.max(0, findings.length - MOST_FINDINGS),
    question:
      question === undefined || question.length > LONGEST_QUESTION
        ? null
        : printable(question, LONGEST_QUESTION),
    runbook,
  };
}

function silence(newestSampleAt: string, checkedAt: string): string {
  const forMs = Date.parse(checkedAt) - Date.parse(newestSampleAt);
  return `silent since ${instant(newestSampleAt)}, for ${formatDuration(forMs)}`;
}

/** One refusal usually blinds many signals alike: it is told once, with their names. */
function blindOf(signals: readonly SignalReport[]): Blind[] {
  const alike = new Map<string, { reason: string; detail: string; names: Set<string> }>();
  for (const { signal, unavailable } of signals) {
    for (const { reason, detail } of unavailable) {
      const key = JSON.stringify([reason, detail]);
      const entry = alike.get(key) ?? { reason, detail, names: new Set() };
      entry.names.add(printable(signal, 60));
      alike.set(key, entry);
    }
  }
  return [...alike.values()].slice(0, MOST_BLIND).map(({ reason, detail, names }) => ({
    signals: named([...names], 10),
    reason,
    detail: printable(detail),
  }));
}

/** `2026-11-20 12:30:00Z` */
function instant(iso: string): string {
  return `${iso.slice(0, 19).replace('T', ' ')}Z`;
}
