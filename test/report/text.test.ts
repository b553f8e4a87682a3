import { expect, test } from 'vitest';
import { html } from '../../lib/report/html.ts';
import { junit } from '../../lib/report/junit.ts';
import { markdown } from '../../lib/report/markdown.ts';
import { type Paint, text } from '../../lib/report/text.ts';
import type { SignalReport } from '../../lib/report/report.ts';
import { addon, failing, report, signalReport, unknown } from './reports.ts';

test('all well is one line', () => {
  expect(text(report({ 'prod-eu': [signalReport(), signalReport()] }))).toBe(
    'ok      prod-eu  2 signals: 2 ok (2026-11-20 12:00:00Z, 812 ms)\n',
  );
});

test('several clusters end with a summary', () => {
  expect(text(report({ a: [signalReport()], b: [signalReport(), signalReport()] }))).toBe(`\
ok      a  1 signal: 1 ok
ok      b  2 signals: 2 ok

ok: 3 signals: 3 ok, in 2 clusters (2026-11-20 12:00:00Z, 812 ms)
`);
});

test('a failing signal says what broke, since when, what still works and where to look', () => {
  expect(text(report({ 'prod-eu': [signalReport({ signal: 'other' }), failing] }))).toBe(`\
failing prod-eu  2 signals: 1 failing, 1 ok (2026-11-20 12:00:00Z, 812 ms)
  failing canary (amp, 41 live series, newest of what is silent 2026-11-20 11:45:40Z)
    fresh  job=kubernetes-pods
      observed  newest sample 14m 20s old
      expected  newest sample at most 4m old
    ask  max by (job) (timestamp(m))
    see  https://wiki.example/adot
  ok      other (41 live series)
`);
});

test('what blinds several signals alike is told once', () => {
  expect(text(report({ 'prod-eu': [unknown, { ...unknown, signal: 'second' }] }))).toBe(`\
unknown prod-eu  2 signals: 2 unknown (2026-11-20 12:00:00Z, 812 ms)
  unknown canary, second (amp)
    denied  needed: aps:QueryMetrics
`);
});

test('what one role may not do is one line, with the role and the signals', () => {
  const role = 'arn:aws:iam::111122223333:role/readers/plumbline-reader';
  const session = 'arn:aws:sts::111122223333:assumed-role/plumbline-reader/plumbline-lambda';
  const refused = (signal: string, plane: SignalReport['plane'], detail: string) => ({
    ...unknown,
    signal,
    plane,
    unavailable: [{ expectation: 'fresh', reason: 'denied' as const, detail }],
  });
  const signals = [
    refused(
      'canary',
      'amp',
      `HTTP 403: User: ${session} is not authorized to perform: aps:QueryMetrics on resource: ws-1`,
    ),
    refused(
      'other',
      'amp',
      `HTTP 403: User: ${session} is not authorized to perform: aps:QueryMetrics on resource: ws-2`,
    ),
    refused('adot', 'eksAddon', `AccessDenied; needed: eks:DescribeAddon on prod-eu/adot, as ${role}`),
    refused(
      'otel',
      'cloudwatchPromql',
      `HTTP 403; needed: cloudwatch:GetMetricData and cloudwatch:ListMetrics, as ${role}`,
    ),
    refused(
      'web',
      'logs',
      `User: ${session} is not authorized to perform: logs:DescribeLogGroups with an explicit deny in a service control policy; needed: logs:DescribeLogGroups on /web, as ${role}`,
    ),
    refused('old', 'amp', `ExpiredToken: the credentials have expired; needed: aps:QueryMetrics, as ${role}`),
  ];
  expect(text(report({ 'prod-eu': signals }))).toBe(`\
unknown prod-eu  6 signals: 6 unknown (2026-11-20 12:00:00Z, 812 ms)
  unknown canary, other, adot, otel, web (amp, eksAddon, cloudwatchPromql, logs)
    denied  role plumbline-reader of account 111122223333 is not allowed aps:QueryMetrics, eks:DescribeAddon, cloudwatch:GetMetricData, cloudwatch:ListMetrics, logs:DescribeLogGroups; explicitly denied by a service control policy
  unknown old (amp)
    denied for fresh  ExpiredToken: the credentials have expired; needed: aps:QueryMetrics, as ${role}
`);
});

test('what blinds one signal names the expectations', () => {
  expect(text(report({ c: [unknown] }))).toContain(
    '    denied for fresh, series.min  needed: aps:QueryMetrics\n',
  );
});

test('a failing signal also says what could not be observed', () => {
  const both = { ...failing, unavailable: unknown.unavailable };
  expect(text(report({ c: [both] }))).toContain(
    '    could not observe fresh, series.min\n      denied  needed: aps:QueryMetrics\n',
  );
});

test('an ok that would surprise is explained', () => {
  const idle = signalReport({ state: 'idle' });
  expect(text(report({ c: [idle] }))).toContain('  ok      canary (idle, 41 live series)\n');
});

test('two hundred findings are still readable', () => {
  const [finding] = failing.findings;
  const findings = Array.from({ length: 200 }, (_, i) => ({ ...finding!, subject: `job=${i}` }));
  const lines = text(report({ c: [{ ...failing, findings }] })).split('\n');
  expect(lines.length).toBeLessThan(40);
  expect(lines).toContain('    … and 190 more findings');
});

test('text from outside cannot steer a terminal or forge a line', () => {
  const evil = '\u001b[2Jx\nok      prod-eu  all fine\u202e';
  const [finding] = failing.findings;
  const hostile = signalReport({
    ...failing,
    signal: evil,
    findings: [{ ...finding!, subject: evil, observed: evil }],
    unavailable: [{ expectation: 'fresh', reason: 'rejected', detail: evil }],
    evidence: { series: 1, newestSampleAt: null, questions: [evil], facts: [], markers: [] },
    runbook: evil,
  });
  const written = text(report({ [evil]: [hostile] }));
  expect(written).not.toContain('\u001b');
  expect(written).not.toContain('\u202e');
  expect(written.split('\n').filter((line) => line.startsWith('ok'))).toEqual([]);
});

test('colours carry the meaning and nothing else', () => {
  const paint: Paint = (meaning, words) => `<${meaning}>${words}</>`;
  const painted = text(report({ c: [failing] }), paint);
  expect(painted).toContain('<failing>newest sample 14m 20s old</>');
  expect(painted.replace(/<\/?[a-z]*>/g, '')).toBe(text(report({ c: [failing] })));
});

test('what is known of machinery, and what was changed lately, stands beside what broke', () => {
  expect(text(report({ 'prod-eu': [addon, failing] }))).toContain(`
  changed prod-eu/adot v0.109.0 was changed 2026-11-20 10:02:00Z
  ok      adot (v0.109.0 ACTIVE, which tells of the operator, not whether a collector runs)
`);
  const bad = { ...addon, verdict: 'failing' as const, findings: failing.findings };
  expect(text(report({ 'prod-eu': [bad] }))).toContain(
    '    known  v0.109.0 ACTIVE, which tells of the operator, not whether a collector runs\n',
  );
});

test('what changed about when a signal broke stands with it, in every format', () => {
  const coincides = [{ what: 'add-on prod-eu/adot v0.109.0 was changed', at: '2026-11-20T11:42:00.000Z' }];
  const made = report({ 'prod-eu': [{ ...failing, coincides }] });
  const said = 'add-on prod-eu/adot v0.109.0 was changed 2026-11-20 11:42:00Z';
  expect(text(made)).toContain(`\n    changed about then, perhaps by coincidence  ${said}\n`);
  expect(markdown(made)).toContain(`- changed about then, perhaps by coincidence: \`${said}\``);
  expect(junit(made)).toContain(`changed about then, perhaps by coincidence: ${said}`);
  expect(html(made)).toContain(`changed about then, perhaps by coincidence: ${said}`);
});

test('who went blind stands with the signal in every format, a few by name', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `alarm ${name}`);
  const made = report({ 'prod-eu': [{ ...failing, wentBlind: { names, more: 3 } }] });
  const said = 'alarm a, alarm b, alarm c, alarm d, alarm e and 4 more';
  expect(text(made)).toContain(`\n    went blind, at least in part  ${said}\n`);
  expect(markdown(made)).toContain(`- went blind, at least in part: \`${said}\``);
  expect(junit(made)).toContain(`went blind, at least in part: ${said}`);
  expect(html(made)).toContain(`went blind, at least in part: ${said}`);
  const none = { ...failing, wentBlind: { names: [], more: 0 } };
  expect(text(report({ 'prod-eu': [none] }))).not.toContain('blind');
});

test('changes of more than a day ago, and those behind what is well, are not told', () => {
  const old = { ...addon.evidence, markers: [{ what: 'x', at: '2026-11-19T11:59:59.000Z' }] };
  expect(text(report({ c: [{ ...addon, evidence: old }, failing] }))).not.toContain('changed');
  expect(text(report({ c: [addon] }))).not.toContain('changed');
});
