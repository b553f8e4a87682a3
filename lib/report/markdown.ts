import { counted } from '../counted.ts';
import { instant } from '../instant.ts';
import type { Report, SignalReport } from './report.ts';
import { cell, code, codeBlock, link } from './markdown-words.ts';
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

/** A comment on GitHub holds 65,536 characters; the summary of a job sixteen times that. */
const MOST_BYTES = 65_000;
/** Of these, at most so many for each part; the details of what is failing take the rest. */
const SHARE = { table: 24_000, unknown: 10_000, ok: 8000, omissions: 500 };
const MOST_FINDINGS = 10;
const MOST_QUESTIONS = 3;
const MOST_RUNBOOKS = 3;
const MOST_FACTS = 5;
const MOST_CHANGES = 10;

const LABELS = { ok: '✅ ok', failing: '❌ failing', unknown: '❔ unknown' } as const;

type Row = SignalReport & { readonly cluster: string };

/**
 * The report for the summary of a GitHub job or a comment on a pull request: a table of what is not ok, then the
 * details. It stays below the size of a comment, and ends with what was left out. Text from outside stands in code alone.
 */
export function markdown(report: Report): string {
  const signals = report.clusters.flatMap(({ cluster, signals }) =>
    signals.map((signal): Row => ({ ...signal, cluster })),
  );
  const failing = signals.filter(({ verdict }) => verdict === 'failing');
  const unknown = signals.filter(({ verdict }) => verdict === 'unknown');
  const ok = signals.filter(({ verdict }) => verdict === 'ok');
  const head = `## Plumbline: ${LABELS[report.verdict]}\n\n${summary(report, signals)}\n`;
  const rows = fit([...failing, ...unknown].map(judgedRow), SHARE.table);
  const blind = fit(blindAlike(unknown).map(blindGroup), SHARE.unknown);
  const fine = fit(ok.map(fineRow), SHARE.ok);
  const used = [head, ...rows.kept, ...blind.kept, ...fine.kept].join('\n');
  const details = fit(failing.map(detail), MOST_BYTES - SHARE.omissions - 1000 - bytes(used));
  return [
    head,
    ...table(['Cluster', 'Signal', 'Plane', 'Verdict', 'What was seen'], rows.kept),
    ...details.kept,
    ...changesOf(report),
    ...(blind.kept.length > 0 ? ['### Could not be observed\n', ...blind.kept] : []),
    ...collapsed(`${counted(ok.length, 'signal')} ok`, fine.kept),
    ...omissions([
      [rows.left, 'rows of the table'],
      [details.left, 'failing signals’ details'],
      [blind.left, 'reasons for not having seen'],
      [fine.left, 'ok signals'],
    ]),
  ].join('\n');
}

function summary(report: Report, signals: readonly Row[]): string {
  const where = report.clusters.length === 1 ? '' : ` in ${report.clusters.length} clusters`;
  return `${tally(signals)}${where} · ${instant(report.checkedAt)} · took ${took(report.durationMs)}`;
}

function judgedRow({ cluster, signal, plane, verdict, findings, unavailable }: Row): string {
  const [finding] = findings;
  const more = findings.length > 1 ? ` and ${counted(findings.length - 1, 'finding')} more` : '';
  const seen = finding
    ? `${cell(`${finding.expectation}: ${finding.observed}`, 180)}${more}`
    : [...new Set(unavailable.map(({ reason }) => reason))].join(', ');
  return row([cell(cluster, 80), cell(signal, 80), plane, LABELS[verdict], seen]);
}

function detail(signal: Row): string {
  const { findings, runbook } = signal;
  const shown = findings.slice(0, MOST_FINDINGS);
  const questions = [...new Set(shown.flatMap(({ question }) => question ?? []))].slice(0, MOST_QUESTIONS);
  return [
    `### ${code(signal.cluster, 80)} ${code(signal.signal, 80)}\n`,
    `${about(signal).join(', ')}${runbook === null ? '' : ` · ${link('runbook', runbook)}`}\n`,
    ...shown.flatMap(({ expectation, subject, observed, expected }) => [
      `- **${code(expectation, 60)}** ${code(subject, 120)}`,
      `  - observed ${code(observed)}`,
      `  - expected ${code(expected)}`,
    ]),
    ...(findings.length > shown.length
      ? [`- … and ${counted(findings.length - shown.length, 'finding')} more`]
      : []),
    ...blindness(signal.unavailable).map(
      ({ expectations, reason, detail }) =>
        `- could not observe ${code(expectations.join(', '))}: **${reason}** ${code(detail, 600)}`,
    ),
    ...signal.evidence.facts.slice(0, MOST_FACTS).map((fact) => `- known: ${code(fact)}`),
    ...besides(signal).map(([what, words]) => `- ${what}: ${code(words, 600)}`),
    ...(questions.length > 0 ? ['\nAsk again:\n', ...questions.map((question) => codeBlock(question))] : []),
    '',
  ].join('\n');
}

function blindGroup(members: readonly Row[]): string {
  const named = members.slice(0, 10).map(({ cluster, signal }) => code(`${cluster} ${signal}`, 160));
  const more = members.length > 10 ? ` and ${members.length - 10} more` : '';
  const reasons = blindnessOf(members).map(({ reason, detail }) => `  - **${reason}** ${code(detail, 600)}`);
  const runbooks = runbooksOf(members)
    .slice(0, MOST_RUNBOOKS)
    .map((runbook) => `  - ${link('runbook', runbook)}`);
  return [`- ${named.join(', ')}${more}`, ...reasons, ...runbooks, ''].join('\n');
}

function fineRow(fine: Row): string {
  const { cluster, signal, plane, evidence } = fine;
  const series = evidence.series === null ? '' : String(evidence.series);
  const known = stateAndFacts(fine);
  return row([cell(cluster, 80), cell(signal, 80), plane, known === '' ? '' : cell(known, 160), series]);
}

/** What was changed lately behind the clusters that are not ok. */
function changesOf(report: Report): string[] {
  const changes = report.clusters
    .filter(({ verdict }) => verdict !== 'ok')
    .flatMap(({ cluster, signals }) =>
      recentChanges(signals, report.checkedAt).map((change) => `- ${code(cluster, 80)} ${code(change, 200)}`),
    );
  return changes.length === 0 ? [] : ['### Changed lately\n', ...changes.slice(0, MOST_CHANGES), ''];
}

function collapsed(title: string, rows: readonly string[]): string[] {
  if (rows.length === 0) return [];
  const header = ['Cluster', 'Signal', 'Plane', 'State', 'Live series'];
  return [`<details><summary>${title}</summary>\n`, ...table(header, rows), '</details>\n'];
}

function table(header: readonly string[], rows: readonly string[]): string[] {
  return rows.length === 0 ? [] : [row(header), row(header.map(() => '---')), ...rows, ''];
}

function row(texts: readonly string[]): string {
  return `| ${texts.join(' | ')} |`;
}

function omissions(parts: readonly (readonly [count: number, what: string])[]): string[] {
  const left = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  if (left.length === 0) return [];
  return [
    `_Left out to stay within ${MOST_BYTES / 1000} KB: ${left.join(', ')}. The JSON report has everything._\n`,
  ];
}

/** As many of the first pieces as fit, and how many do not. */
function fit(pieces: readonly string[], mostBytes: number): { kept: string[]; left: number } {
  const kept: string[] = [];
  let left = mostBytes;
  for (const piece of pieces) {
    left -= bytes(piece) + 1;
    if (left < 0) break;
    kept.push(piece);
  }
  return { kept, left: pieces.length - kept.length };
}

function bytes(text: string): number {
  return Buffer.byteLength(text);
}
