import { formatDuration } from '../duration.ts';
import { printable } from '../printable.ts';
import type { Verdict } from '../verify.ts';
import type { Report, SignalReport } from './report.ts';

/** Wraps a text in the colour of its meaning, or returns it as it is. */
export type Paint = (meaning: Verdict | 'faint' | 'strong', text: string) => string;

export const noPaint: Paint = (_meaning, text) => text;

/** The most findings of one signal, and ok or blind signals of one cluster, that are written out; JSON has them all. */
const MOST = 10;
const MOST_QUESTIONS = 3;

type ClusterReport = Report['clusters'][number];

/**
 * The report for a terminal: one line per cluster while all is well; for what is not, what was observed and expected,
 * and the question to repeat by hand. Text that came from outside is made harmless.
 */
export function text(report: Report, paint: Paint = noPaint): string {
  const when = paint('faint', `(${instant(report.checkedAt)}, ${took(report.durationMs)})`);
  const [only, ...others] = report.clusters;
  if (only && others.length === 0) return lines(clusterLines(only, paint, ` ${when}`));
  const signals = report.clusters.flatMap((cluster) => cluster.signals);
  const summary = `${paint(report.verdict, report.verdict)}: ${tally(signals)}, in ${report.clusters.length} clusters ${when}`;
  return lines([...report.clusters.flatMap((cluster) => clusterLines(cluster, paint)), '', summary]);
}

function clusterLines({ cluster, verdict, signals }: ClusterReport, paint: Paint, suffix = ''): string[] {
  const fine = signals.filter((signal) => signal.verdict === 'ok');
  const failing = signals.filter((signal) => signal.verdict === 'failing');
  const unknown = signals.filter((signal) => signal.verdict === 'unknown');
  const isQuiet = fine.length === signals.length && fine.every(({ state }) => state === null);
  return [
    `${label(verdict, paint)} ${paint('strong', printable(cluster))}  ${tally(signals)}${suffix}`,
    ...failing.flatMap((signal) => failingLines(signal, paint)),
    ...unknownLines(unknown, paint),
    ...(isQuiet ? [] : fineLines(fine, paint)),
  ];
}

function label(verdict: Verdict, paint: Paint): string {
  return paint(verdict, verdict.padEnd(7));
}

function tally(signals: readonly SignalReport[]): string {
  const counted = (['failing', 'unknown', 'ok'] as const).flatMap((verdict) => {
    const count = signals.filter((signal) => signal.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${verdict}`];
  });
  return `${signals.length === 1 ? '1 signal' : `${signals.length} signals`}: ${counted.join(', ')}`;
}

function failingLines(signal: SignalReport, paint: Paint): string[] {
  const { findings, evidence, plane } = signal;
  const about = [
    plane,
    ...(signal.severity === 'warning' ? ['warning'] : []),
    ...(evidence.series === null ? [] : [`${evidence.series} live series`]),
    ...(evidence.newestSampleAt === null ? [] : [`silent since ${instant(evidence.newestSampleAt)}`]),
  ];
  return [
    `  ${label('failing', paint)} ${paint('strong', printable(signal.signal))} ${paint('faint', `(${about.join(', ')})`)}`,
    ...findings
      .slice(0, MOST)
      .flatMap((finding) => [
        `    ${finding.expectation}  ${printable(finding.subject, 120)}`,
        `      observed  ${paint('failing', printable(finding.observed))}`,
        `      expected  ${printable(finding.expected)}`,
      ]),
    ...more(findings.length - MOST, 'findings'),
    ...blindness(signal.unavailable).flatMap(({ expectations, reason, detail }) => [
      `    could not observe ${expectations.join(', ')}`,
      `      ${paint('unknown', reason)}  ${printable(detail, 600)}`,
    ]),
    ...whereToLook(signal, paint),
  ];
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

/** One refusal usually blinds every signal on a plane alike: it is told once, with the signals it concerns. */
function unknownLines(signals: readonly SignalReport[], paint: Paint): string[] {
  const alike = new Map<string, SignalReport[]>();
  for (const signal of signals) {
    const key = JSON.stringify(blindness(signal.unavailable).map(({ reason, detail }) => [reason, detail]));
    alike.set(key, [...(alike.get(key) ?? []), signal]);
  }
  return [...alike.values()].flatMap((members) => {
    const named = members.slice(0, MOST).map(({ signal }) => printable(signal));
    const others = members.length > MOST ? ` and ${members.length - MOST} more` : '';
    const planes = [...new Set(members.map(({ plane }) => plane))].join(', ');
    return [
      `  ${label('unknown', paint)} ${paint('strong', named.join(', '))}${others} ${paint('faint', `(${planes})`)}`,
      ...blindness(members[0]?.unavailable ?? []).map(
        ({ expectations, reason, detail }) =>
          `    ${paint('unknown', reason)}${members.length === 1 ? ` for ${expectations.join(', ')}` : ''}  ${printable(detail, 600)}`,
      ),
    ];
  });
}

function blindness(unavailable: SignalReport['unavailable']) {
  const told = new Map<string, { reason: string; detail: string; expectations: string[] }>();
  for (const { expectation, reason, detail } of unavailable) {
    const key = JSON.stringify([reason, detail]);
    const entry = told.get(key) ?? { reason, detail, expectations: [] };
    if (!entry.expectations.includes(expectation)) entry.expectations.push(expectation);
    told.set(key, entry);
  }
  return [...told.values()];
}

/** What still works, and what explains an ok that would else surprise. */
function fineLines(fine: readonly SignalReport[], paint: Paint): string[] {
  const named = fine.slice(0, MOST).map(({ signal, state, evidence }) => {
    const seen = evidence.series === null ? [] : [`${evidence.series} live series`];
    const about = [...(state === null ? [] : [state]), ...seen].join(', ');
    return `  ${label('ok', paint)} ${printable(signal)}${about === '' ? '' : ` ${paint('faint', `(${about})`)}`}`;
  });
  return [...named, ...more(fine.length - MOST, 'signals ok')];
}

function more(count: number, what: string): string[] {
  return count > 0 ? [`    … and ${count} more ${what}`] : [];
}

/** `2026-11-20 12:30:00Z` */
function instant(iso: string): string {
  return `${iso.slice(0, 19).replace('T', ' ')}Z`;
}

function took(durationMs: number): string {
  return durationMs < 1000 ? `${durationMs} ms` : formatDuration(durationMs);
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
