import { counted } from '../counted.ts';
import junitReport, { type Builder, type TestCase } from 'junit-report-builder';
import { printable } from '../printable.ts';
import type { Report, SignalReport } from './report.ts';
import { about, besides, blindness, gainsOf } from './words.ts';

/** A CommonJS module that is the builder; its types say that it has one as its default. */
const library = junitReport as unknown as Builder;

/** The most findings of one signal that are written out; JSON has them all. */
const MOST = 100;
const MOST_QUESTIONS = 20;

/**
 * The report as JUnit XML: one suite per cluster, one case per signal. Failing is a failure; unknown is an error,
 * because what could not be observed has not passed. Times are seconds; clusters are verified side by side, so each suite
 * has the time of the whole run.
 */
export function junit(report: Report): string {
  const builder = library.newBuilder().name('plumbline');
  for (const { cluster, signals } of report.clusters) {
    const suite = builder
      .testSuite()
      .name(words(cluster))
      .timestamp(report.checkedAt.slice(0, 19))
      .time(report.durationMs / 1000);
    for (const signal of signals) {
      const testCase = suite
        .testCase()
        .className(words(`${cluster}.${signal.plane}`))
        .name(words(signal.signal));
      tell(testCase, signal);
    }
  }
  return `${builder.build()}\n`;
}

function tell(testCase: TestCase, signal: SignalReport): void {
  const { verdict, findings, unavailable, evidence, state, runbook } = signal;
  if (verdict === 'failing') {
    const [first] = findings;
    const summary = first ? `${first.expectation}: ${first.observed}` : 'failing';
    testCase.failure(words(summary + more(findings.length - 1)), words(first?.expectation ?? 'failing'));
    testCase.stacktrace([...findingLines(signal), ...blindLines(signal), ...besideLines(signal)].join('\n'));
  } else if (verdict === 'unknown') {
    const [first] = unavailable;
    const summary = first ? `${first.reason}: ${first.detail}` : 'could not be observed';
    testCase.error(words(summary), words(first?.reason ?? 'unknown'), blindLines(signal).join('\n'));
  }
  const said = [
    `${verdict}${state === null ? '' : ` (${state})`}: ${about(signal).join(', ')}`,
    ...gainsOf(signal),
    ...evidence.questions.slice(0, MOST_QUESTIONS).map((question) => `asked: ${question}`),
    ...(runbook === null ? [] : [`runbook: ${runbook}`]),
  ];
  testCase.standardOutput(said.map((line) => words(line, 4000)).join('\n'));
}

function findingLines({ findings }: SignalReport): string[] {
  return [
    ...findings
      .slice(0, MOST)
      .flatMap(({ expectation, subject, observed, expected, question }) => [
        words(`${expectation}  ${subject}`),
        words(`  observed  ${observed}`),
        words(`  expected  ${expected}`),
        ...(question === null ? [] : [words(`  ask  ${question}`, 4000)]),
      ]),
    ...(findings.length > MOST
      ? [`… ${counted(findings.length - MOST, 'finding')} more in the JSON report`]
      : []),
  ];
}

function blindLines({ unavailable }: SignalReport): string[] {
  return blindness(unavailable).map(({ reason, detail, expectations }) =>
    words(`could not observe ${expectations.join(', ')}: ${reason}: ${detail}`, 1000),
  );
}

function besideLines(signal: SignalReport): string[] {
  return besides(signal).map((beside) => words(beside.join(': '), 1000));
}

function more(count: number): string {
  return count > 0 ? ` (and ${counted(count, 'finding')} more)` : '';
}

/**
 * Text that XML 1.0 can hold on one line: halves of surrogate pairs and noncharacters are replaced. `]]>` gets a space,
 * because the library breaks up only the first of a section.
 */
function words(text: string, limit = 600): string {
  return printable(text, limit)
    .toWellFormed()
    .replace(/[\uFFFE\uFFFF]/g, '\uFFFD')
    .replaceAll(']]>', ']] >');
}
