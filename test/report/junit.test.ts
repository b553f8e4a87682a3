import fc from 'fast-check';
import { expect, test } from 'vitest';
import { junit } from '../../lib/report/junit.ts';
import { EVIL, hostileReport } from './gallery.ts';
import { failing, report, signalReport, unknown } from './reports.ts';
import { notWellFormed } from './well-formed.ts';

test('one suite per cluster, one case per signal; unknown is an error, not a pass', () => {
  const idle = signalReport({ signal: 'batch', state: 'idle' });
  expect(junit(report({ 'prod-eu': [failing, unknown, idle], staging: [signalReport()] }))).toBe(`\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="plumbline" tests="4" failures="1" errors="1" skipped="0">
  <testsuite name="prod-eu" timestamp="2026-11-20T12:00:00" time="0.812" tests="3" failures="1" errors="1" skipped="0">
    <testcase classname="prod-eu.amp" name="canary">
      <failure message="fresh: newest sample 14m 20s old" type="fresh"><![CDATA[fresh  job=kubernetes-pods
  observed  newest sample 14m 20s old
  expected  newest sample at most 4m old
  ask  max by (job) (timestamp(m))]]></failure>
      <system-out><![CDATA[failing: amp, 41 live series, newest of what is silent 2026-11-20 11:45:40Z
asked: count by (job) (last_over_time(m[4m]))
asked: count(m)
runbook: https://wiki.example/adot]]></system-out>
    </testcase>
    <testcase classname="prod-eu.amp" name="canary">
      <error message="denied: needed: aps:QueryMetrics" type="denied"><![CDATA[could not observe fresh, series.min: denied: needed: aps:QueryMetrics]]></error>
      <system-out><![CDATA[unknown: amp
asked: count(m)]]></system-out>
    </testcase>
    <testcase classname="prod-eu.amp" name="batch">
      <system-out><![CDATA[ok (idle): amp, 41 live series
asked: count(m)]]></system-out>
    </testcase>
  </testsuite>
  <testsuite name="staging" timestamp="2026-11-20T12:00:00" time="0.812" tests="1" failures="0" errors="0" skipped="0">
    <testcase classname="staging.amp" name="canary">
      <system-out><![CDATA[ok: amp, 41 live series
asked: count(m)]]></system-out>
    </testcase>
  </testsuite>
</testsuites>
`);
});

test('two thousand findings are counted, not written out', () => {
  const [finding] = failing.findings;
  const findings = Array.from({ length: 2000 }, (_, i) => ({ ...finding!, subject: `job=${i}` }));
  const xml = junit(report({ c: [{ ...failing, findings }] }));
  expect(xml).toContain('message="fresh: newest sample 14m 20s old (and 1999 findings more)"');
  expect(xml).toContain('… 1900 findings more in the JSON report');
  expect(xml.length).toBeLessThan(50_000);
});

test('hostile text is kept readable', () => {
  const xml = junit(hostileReport);
  expect(notWellFormed(xml)).toBeUndefined();
  expect(xml).toContain('\\u001b[2J');
  expect(xml).not.toContain('\u202e');
});

test('any text from outside yields well-formed XML', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      ']]>',
      '<![CDATA[',
      ']]',
      '&',
      '<',
      '"',
      "'",
      '\u0000',
      '\ud800',
      '\udfff',
      '\ufffe',
      '\r',
      EVIL,
    ),
    fc.string({ unit: 'binary', maxLength: 5 }),
  );
  const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(text, text, text, (a, b, c) => {
      const findings = [{ expectation: a, subject: b, observed: c, expected: a, question: b }];
      const unavailable = [{ expectation: a, reason: 'rejected' as const, detail: c }];
      const evidence = { series: null, newestSampleAt: null, questions: [a, b], facts: [], markers: [] };
      const xml = junit(
        report({
          [a]: [
            { ...failing, signal: b, findings, unavailable, evidence, runbook: c },
            { ...unknown, signal: c, unavailable, state: b },
          ],
        }),
      );
      expect(notWellFormed(xml), xml).toBeUndefined();
    }),
    { numRuns: 1000 },
  );
});
