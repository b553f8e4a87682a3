import { NOBODY_LOOKED } from '../baseline/expect.ts';
import { instant } from '../instant.ts';
import { printable } from '../printable.ts';
import type { Verdict } from '../verify.ts';
import { costLines } from './cost.ts';
import type { Report, SignalReport } from './report.ts';
import {
  about,
  besides,
  blindAlike,
  blindness,
  blindnessOf,
  recentChanges,
  runbooksOf,
  stateAndFacts,
  tally,
  took,
} from './words.ts';

/** Wraps a text in the colour of its meaning, or returns it as it is. */
export type Paint = (meaning: Verdict | 'faint' | 'strong', text: string) => string;

export const noPaint: Paint = (_meaning, text) => text;

/** The most findings of one signal, and ok or blind signals of one cluster, that are written out; JSON has them all. */
const MOST = 10;
const MOST_QUESTIONS = 3;
const MOST_RUNBOOKS = 3;
const MOST_FACTS = 5;

type ClusterReport = Report['clusters'][number];

/**
 * The report for a terminal: one line per cluster while all is well; for what is not, what was observed and expected,
 * and the question to repeat by hand. Text that came from outside is made harmless.
 */
export function text(report: Report, paint: Paint = noPaint): string {
  const when = paint('faint', `(${instant(report.checkedAt)}, ${took(report.durationMs)})`);
  const [only, ...others] = report.clusters;
  if (only && others.length === 0) {
    const cluster = clusterLines(only, report.checkedAt, paint, ` ${when}`);
    return lines([...cluster, ...costLines(report)]);
  }
  const signals = report.clusters.flatMap((cluster) => cluster.signals);
  const summary = `${paint(report.verdict, report.verdict)}: ${tally(signals)}, in ${report.clusters.length} clusters ${when}`;
  const clusters = report.clusters.flatMap((cluster) => clusterLines(cluster, report.checkedAt, paint));
  return lines([...clusters, '', summary, ...costLines(report)]);
}

function clusterLines(
  { cluster, verdict, signals }: ClusterReport,
  checkedAt: string,
  paint: Paint,
  suffix = '',
): string[] {
  const fine = signals.filter((signal) => signal.verdict === 'ok');
  const failing = signals.filter((signal) => signal.verdict === 'failing');
  const unknown = signals.filter((signal) => signal.verdict === 'unknown');
  const isQuiet = fine.length === signals.length && fine.every(isUnremarkable);
  return [
    `${label(verdict, paint)} ${paint('strong', printable(cluster))}  ${tally(signals)}${suffix}`,
    ...failing.flatMap((signal) => failingLines(signal, paint)),
    ...unknownLines(unknown, paint),
    ...(verdict === 'ok' ? [] : changeLines(signals, checkedAt, paint)),
    ...(isQuiet ? [] : fineLines(fine, paint)),
  ];
}

/** What expects no drift that nobody judged is no plain ok: whoever reads no more would take it for judged. */
function isUnremarkable({ state, evidence }: SignalReport): boolean {
  return state === null && !evidence.facts.includes(NOBODY_LOOKED);
}

function label(verdict: Verdict, paint: Paint): string {
  return paint(verdict, verdict.padEnd(7));
}

function failingLines(signal: SignalReport, paint: Paint): string[] {
  const { findings } = signal;
  return [
    `  ${label('failing', paint)} ${paint('strong', printable(signal.signal))} ${paint('faint', `(${about(signal).join(', ')})`)}`,
    ...findings
      .slice(0, MOST)
      .flatMap((finding) => [
        `    ${finding.expectation}${finding.severity === undefined ? '' : ` (${finding.severity})`}  ${printable(finding.subject, 120)}`,
        `      observed  ${paint('failing', printable(finding.observed))}`,
        `      expected  ${printable(finding.expected)}`,
      ]),
    ...more(findings.length - MOST, 'findings'),
    ...blindness(signal.unavailable).flatMap(({ expectations, reason, detail }) => [
      `    could not observe ${expectations.join(', ')}`,
      `      ${paint('unknown', reason)}  ${printable(detail, 600)}`,
    ]),
    ...signal.evidence.facts
      .slice(0, MOST_FACTS)
      .map((fact) => paint('faint', `    known  ${printable(fact)}`)),
    ...besides(signal).map(([what, words]) => `    ${what}  ${printable(words, 1000)}`),
    ...whereToLook(signal, paint),
  ];
}

function changeLines(signals: readonly SignalReport[], checkedAt: string, paint: Paint): string[] {
  const changes = recentChanges(signals, checkedAt);
  return changes.slice(0, MOST_FACTS).map((change) => `  ${paint('strong', 'changed')} ${printable(change)}`);
}

/** The questions that show what was told, a few of them, and what to do about it. */
function whereToLook({ findings, runbook }: SignalReport, paint: Paint): string[] {
  const questions = new Set(findings.slice(0, MOST).flatMap(({ question }) => question ?? []));
  return [
    ...[...questions]
      .slice(0, MOST_QUESTIONS)
      .map((question) => paint('faint', `    ask  ${printable(question, 2000)}`)),
    ...(runbook === null ? [] : [`    see  ${printable(runbook)}`]),
  ];
}

function unknownLines(signals: readonly SignalReport[], paint: Paint): string[] {
  return blindAlike(signals).flatMap((members) => {
    const named = members.slice(0, MOST).map(({ signal }) => printable(signal));
    const others = members.length > MOST ? ` and ${members.length - MOST} more` : '';
    const planes = [...new Set(members.map(({ plane }) => plane))].join(', ');
    return [
      `  ${label('unknown', paint)} ${paint('strong', named.join(', '))}${others} ${paint('faint', `(${planes})`)}`,
      ...blindnessOf(members).map(
        ({ expectations, reason, detail }) =>
          `    ${paint('unknown', reason)}${members.length === 1 ? ` for ${expectations.join(', ')}` : ''}  ${printable(detail, 600)}`,
      ),
      ...runbooksOf(members)
        .slice(0, MOST_RUNBOOKS)
        .map((runbook) => `    see  ${printable(runbook)}`),
    ];
  });
}

/** What still works, and what explains an ok that would else surprise. */
function fineLines(fine: readonly SignalReport[], paint: Paint): string[] {
  const named = fine.slice(0, MOST).map((one) => {
    const { series } = one.evidence;
    const known = stateAndFacts(one);
    const seen = [...(known === '' ? [] : [known]), ...(series === null ? [] : [`${series} live series`])];
    const seenAs = seen.length === 0 ? '' : ` ${paint('faint', `(${printable(seen.join(', '))})`)}`;
    return `  ${label('ok', paint)} ${printable(one.signal)}${seenAs}`;
  });
  return [...named, ...more(fine.length - MOST, 'signals ok')];
}

function more(count: number, what: string): string[] {
  return count > 0 ? [`    … and ${count} more ${what}`] : [];
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
