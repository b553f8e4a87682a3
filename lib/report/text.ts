import { formatDuration } from '../duration.ts';
import { printable } from '../printable.ts';
import type { Verdict } from '../verify.ts';
import type { Report, SignalReport } from './report.ts';

/** Wraps a text in the colour of its meaning, or returns it as it is. */
export type Paint = (meaning: Verdict | 'faint' | 'strong', text: string) => string;

export const noPaint: Paint = (_meaning, text) => text;

/** The most findings of one signal that are written out; the JSON report has them all. */
const MOST_FINDINGS = 10;
const MOST_OK_SIGNALS = 12;

/**
 * The report for a terminal: one line per cluster while all is well; for what is not, what was expected and observed,
 * and the question to repeat by hand. Text that came from outside is made harmless.
 */
export function text(report: Report, paint: Paint = noPaint): string {
  const lines = report.clusters.flatMap((cluster) => [...clusterLines(cluster, paint), '']);
  return `${[...lines, summary(report, paint)].join('\n')}\n`;
}

type ClusterReport = Report['clusters'][number];

function clusterLines({ cluster, verdict, signals }: ClusterReport, paint: Paint): string[] {
  const troubled = signals.filter((signal) => signal.verdict !== 'ok');
  const fine = signals.filter((signal) => signal.verdict === 'ok');
  const head = `${paint(verdict, verdict.padEnd(7))} ${paint('strong', printable(cluster))}  ${tally(signals)}`;
  return [
    head,
    ...troubled.flatMap((signal) => signalLines(signal, paint)),
    ...(troubled.length > 0 || fine.some(({ state }) => state !== null) ? fineLines(fine, paint) : []),
  ];
}

function tally(signals: readonly SignalReport[]): string {
  const verdicts: readonly Verdict[] = ['failing', 'unknown', 'ok'];
  const parts = verdicts.flatMap((verdict) => {
    const count = signals.filter((signal) => signal.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${verdict}`];
  });
  return `${signals.length === 1 ? '1 signal' : `${signals.length} signals`}: ${parts.join(', ')}`;
}

function signalLines(signal: SignalReport, paint: Paint): string[] {
  const { verdict, findings, unavailable, evidence, runbook } = signal;
  const severity = verdict === 'failing' && signal.severity === 'warning' ? ', warning' : '';
  const seen = evidence.series === null ? '' : `, ${plural(evidence.series, 'live series')}`;
  const newest =
    evidence.newestSampleAt === null ? '' : `, newest silent sample at ${evidence.newestSampleAt.slice(0, 19)}Z`;
  const about = paint('faint', `(${signal.plane}${severity}${seen}${newest})`);
  return [
    `  ${paint(verdict, verdict.padEnd(7))} ${paint('strong', printable(signal.signal))} ${about}`,
    ...findings.slice(0, MOST_FINDINGS).flatMap((finding) => [
      `    ${finding.expectation}  ${printable(finding.subject, 120)}`,
      `      expected  ${printable(finding.expected)}`,
      `      observed  ${paint(verdict, printable(finding.observed))}`,
    ]),
    ...more(findings.length - MOST_FINDINGS, 'findings'),
    ...whyUnknown(unavailable),
    ...(evidence.questions[0] === undefined ? [] : [paint('faint', `    ask  ${printable(evidence.questions[0], 2000)}`)]),
    ...(runbook === null ? [] : [`    see  ${printable(runbook)}`]),
  ];
}

/** One refusal usually blinds every expectation alike: it is told once, with the expectations it concerns. */
function whyUnknown(unavailable: SignalReport['unavailable']): string[] {
  const told = new Map<string, { reason: string; detail: string; expectations: string[] }>();
  for (const { expectation, reason, detail } of unavailable) {
    const key = JSON.stringify([reason, detail]);
    const entry = told.get(key) ?? { reason, detail, expectations: [] };
    if (!entry.expectations.includes(expectation)) entry.expectations.push(expectation);
    told.set(key, entry);
  }
  return [...told.values()].flatMap(({ reason, detail, expectations }) => [
    `    could not observe ${expectations.join(', ')}`,
    `      ${reason}  ${printable(detail, 600)}`,
  ]);
}

function fineLines(fine: readonly SignalReport[], paint: Paint): string[] {
  const lines = fine.slice(0, MOST_OK_SIGNALS).map(({ signal, state, evidence }) => {
    const seen = evidence.series === null ? '' : plural(evidence.series, 'live series');
    const about = [state, seen].filter((part) => part !== null && part !== '').join(', ');
    return `  ${paint('ok', 'ok'.padEnd(7))} ${printable(signal)}${about === '' ? '' : ` ${paint('faint', `(${about})`)}`}`;
  });
  return [...lines, ...more(fine.length - MOST_OK_SIGNALS, 'signals ok')];
}

function more(count: number, what: string): string[] {
  return count > 0 ? [`    … and ${count} more ${what}`] : [];
}

function plural(count: number, what: string): string {
  return `${count} ${what}`;
}

function summary({ verdict, clusters, durationMs, checkedAt }: Report, paint: Paint): string {
  const signals = clusters.flatMap((cluster) => cluster.signals);
  const where = clusters.length === 1 ? '1 cluster' : `${clusters.length} clusters`;
  const took = durationMs < 1000 ? `${durationMs} ms` : formatDuration(durationMs);
  return `${paint(verdict, verdict)}: ${tally(signals)} in ${where} ${paint('faint', `(${checkedAt.slice(0, 19)}Z, ${took})`)}`;
}
