import { expect, test } from 'vitest';
import { json } from '../../rehearsal/http.ts';
import { fakeClock, testPorts } from '../support/ports.ts';
import {
  ago,
  DAYS,
  judged,
  NOON,
  since,
  start,
  told,
  verify,
  well,
  workspace,
} from '../support/workspace.ts';

const broken = {
  slo: {
    latency: [{ name: 'p99', error: 'vector contains metrics with the same labelset' }, { name: 'p50' }],
  },
};
const healthy = { slo: { latency: [{ name: 'p99' }] } };
const failing = { ...well, ruleFailures: { 'slo;latency': since(DAYS, 1) } };

test('a rule file that was refused is a finding', async () => {
  const ruleFiles = { slo: {}, alerts: { status: 'UPDATE_FAILED', reason: 'groupname: "x" is repeated' } };
  expect(told(await judged({ state: { ruleFiles } }, {}, { amp: { pageSize: 1 } }))).toEqual([
    'failing',
    'rules rule file alerts: UPDATE_FAILED; groupname: "x" is repeated',
  ]);
});

test('a group whose evaluation fails is told in the words of the rule', async () => {
  expect(told(await judged({ state: { rules: broken }, vended: failing }))).toEqual([
    'failing',
    'rules rule group slo;latency: 15 failed evaluations in the last 15m; p99: vector contains metrics with the same labelset',
  ]);
});

test('the rules themselves are asked only then, and where they are denied, the failure is told all the same', async () => {
  const ports = testPorts({ clock: fakeClock(NOON) });
  const { amp, arrived } = await start(ports, {
    'ws-1': { state: { rules: broken }, vended: failing },
    'ws-2': {},
  });
  await verify(ports, workspace({ address: 'ws-2' }));
  expect(arrived()).not.toContain('aps:ListRules');
  amp.deny('aps:ListRules');
  expect((await verify(ports, workspace())).map(told)).toEqual([
    ['failing', 'rules rule group slo;latency: 15 failed evaluations in the last 15m'],
  ]);
});

test('a single failure of a rule that is healthy again is no finding; without its word it is', async () => {
  const vended = { ...well, ruleFailures: { 'slo;latency': since(12, 1, { until: ago(11) }) } };
  const ok = await judged(
    { state: { rules: healthy }, vended },
    { rules: true },
    { cloudWatch: { listedAfter: 0 } },
  );
  expect(told(ok)).toEqual(['ok']);
  expect(ok.evidence.facts).toContain(
    'rule group slo;latency: 1 failed evaluations in the last 15m, not lasting',
  );
  const slow = await judged(
    { state: { rules: broken }, vended },
    { rules: true },
    { cloudWatch: { listedAfter: 0 } },
  );
  expect(slow.verdict).toBe('failing');
  const interfere = ({ path }: { readonly path: string }) =>
    path.endsWith('/rules') ? ('reset' as const) : undefined;
  const blind = await judged(
    { state: { rules: healthy }, vended },
    { rules: true },
    { cloudWatch: { listedAfter: 0 }, amp: { interfere } },
  );
  expect(blind.verdict).toBe('failing');
});

test('a group that was removed, or mended, fails no more once it is quiet', async () => {
  const until = (minutes: number) => ({
    ...well,
    ruleFailures: { 'slo;latency': since(DAYS, 1, { until: ago(minutes) }) },
  });
  expect(told(await judged({ state: { rules: {} }, vended: failing }, { rules: true }))[0]).toBe('failing');
  for (const rules of [{}, healthy]) {
    expect(told(await judged({ state: { rules }, vended: until(10) }, { rules: true }))).toEqual(['ok']);
  }
  expect((await judged({ state: { rules: broken }, vended: until(10) }, { rules: true })).verdict).toBe(
    'failing',
  );
});

test('iterations that are missed again and again are a finding', async () => {
  const missed = (minutes: number, until?: number) => ({
    state: { rules: healthy },
    vended: {
      ...well,
      iterationsMissed: { 'slo;latency': since(minutes, 1, until === undefined ? {} : { until }) },
    },
  });
  expect(told(await judged(missed(DAYS), { rules: true }))).toEqual([
    'failing',
    'rules rule group slo;latency: 15 missed evaluations in the last 15m; it takes longer than its interval: split the group',
  ]);
  expect((await judged(missed(20, ago(19)), { rules: true })).verdict).toBe('ok');
});

test('when everything fails it is told once', async () => {
  const names = Array.from({ length: 30 }, (_, index) => `group-${String(index).padStart(2, '0')}`);
  const ruleFailures = Object.fromEntries(names.map((name) => [`slo;${name}`, since(DAYS, 1)]));
  const rules = {
    slo: Object.fromEntries(names.map((name) => [name, [{ name: 'a', error: 'too many samples' }]])),
  };
  expect(
    told(await judged({ state: { rules }, vended: { ...well, ruleFailures } }, { rules: true })),
  ).toEqual([
    'failing',
    'rules rule groups: 30 do not: slo;group-00, slo;group-01, slo;group-02 and 27 more; 15 failed evaluations in the last 15m; a: too many samples',
  ]);
});

test.each([
  ['what is not JSON', '<html>'],
  ['an error in an envelope', '{"status":"error","errorType":"internal","error":"x"}'],
  ['a list without groups', '{"status":"success","data":{}}'],
  ['a group that is none', '{"status":"success","data":{"groups":[null]}}'],
  ['rules that are none', '{"status":"success","data":{"groups":[{"name":"a","file":"b","rules":{}}]}}'],
  ['endless words', `{"status":"success","data":"${'x'.repeat(9 * 1024 * 1024)}"}`],
])('%s leaves the failure as it is', async (_, body) => {
  const interfere = ({ path }: { readonly path: string }) =>
    path.endsWith('/rules') ? json(200, body) : undefined;
  const verdict = await judged(
    { state: { rules: broken }, vended: failing },
    { rules: true },
    { amp: { interfere } },
  );
  expect(told(verdict)).toEqual([
    'failing',
    'rules rule group slo;latency: 15 failed evaluations in the last 15m',
  ]);
});

test('hostile words are harmless and short', async () => {
  const rules = { slo: { latency: [{ name: '\u001b[2J', error: `\u202E${'long '.repeat(1000)}` }] } };
  const [finding] = (await judged({ state: { rules }, vended: failing }, { rules: true })).findings;
  expect(finding?.observed).toMatch(/; \\u001b\[2J: \\u202elong long/);
  expect(finding?.observed.length).toBeLessThan(500);
});
