import { describe, expect, test } from 'vitest';
import type { Question } from '../../lib/question.ts';
import { ampWorkspace } from '../../lib/sources/ampWorkspace.ts';
import { json } from '../../rehearsal/http.ts';
import { type Storage, storedSeries } from '../../rehearsal/storage.ts';
import { type FakeClock, fakeClock, testPorts } from '../support/ports.ts';
import {
  DAYS,
  DAY_MS,
  EMPTY,
  MINUTE_MS,
  NOON,
  RAISED,
  as,
  judged,
  since,
  start,
  told,
  verify,
  well,
  whole,
  workspace,
} from '../support/workspace.ts';
import { signal } from '../support/world.ts';
import { planeContract } from './plane-contract.ts';

const place = 'ws-1';
const QUESTIONS: readonly Question[] = [
  { ask: 'status', place },
  { ask: 'discarded', place, overMs: 15 * MINUTE_MS },
  { ask: 'usage', place, resource: 'ActiveSeries' },
  { ask: 'usage', place, resource: 'IngestionRate' },
  { ask: 'quota', code: 'L-5A151448' },
  { ask: 'scrapers', place },
  { ask: 'ruleFiles', place },
  { ask: 'evaluations', place, overMs: 15 * MINUTE_MS },
  { ask: 'ruleHealth', place },
  { ask: 'alertManager', place },
  { ask: 'notifications', place, overMs: 15 * MINUTE_MS },
];

describe('as any plane', () => {
  planeContract(
    async (ports, trouble) => {
      const interfere = () => {
        if (trouble === 'hangs') return 'hang';
        if (trouble === 'resets') return 'reset';
        if (trouble === 'fails') return { status: 503, body: 'unavailable' };
        if (trouble === 'talks-nonsense') return json(200, '<html>welcome</html>');
        return trouble === 'throttles'
          ? json(429, '{"message":"Rate exceeded"}', 'ThrottlingException')
          : undefined;
      };
      const options = {
        amp: { interfere },
        cloudWatch: { interfere },
        quotas: { interfere },
        applied: RAISED,
      };
      const { amp, cloudWatch, quotas, arrived } = await start(ports, { 'ws-1': whole }, options);
      if (trouble === 'denies') {
        for (const action of ['DescribeWorkspace', 'ListScrapers', 'ListRules'] as const)
          amp.deny(`aps:${action}`);
        amp.deny('aps:ListRuleGroupsNamespaces');
        amp.deny('aps:DescribeAlertManagerDefinition');
        cloudWatch.deny('cloudwatch:ListMetrics');
        cloudWatch.deny('cloudwatch:GetMetricData');
        quotas.deny('servicequotas:GetServiceQuota');
      }
      const source = ampWorkspace(workspace(), { ...ports, ...as });
      return { source, requests: () => arrived().length };
    },
    QUESTIONS,
    { now: NOON },
  );
});

describe('a workspace that is well', () => {
  test('is ok, and the report says what was seen', async () => {
    const verdict = await judged({
      state: { scrapers: [{ id: 's-1' }], ruleFiles: { slo: {} }, alertManager: {} },
    });
    expect(told(verdict)).toEqual(['ok']);
    expect(verdict.evidence.facts).toEqual([
      'ACTIVE, which says nothing of what arrives',
      '1,000,000 of 50,000,000 active series (2%)',
      '1,000 of 1,666,666 samples a second (0.06%)',
      '1 managed scraper',
      '1 rule file',
    ]);
  });

  test('without rules, alert manager, scrapers, and any vended metric is ok: absent is zero', async () => {
    const verdict = await judged({ vended: {} });
    expect(told(verdict)).toEqual(['ok']);
    expect(verdict.evidence.facts).toEqual([
      'ACTIVE, which says nothing of what arrives',
      'no active series seen, of 50,000,000 active series',
      'no ingestion rate seen, of 1,666,666 samples a second',
      'no managed scraper',
      'no rules',
      'no alert manager definition',
    ]);
  });

  test('takes one request for all workspaces when warm, and none of them more than is needed when cold', async () => {
    const clock = fakeClock(NOON);
    const ports = testPorts({ clock });
    const { arrived } = await start(ports, { 'ws-1': whole, 'ws-2': whole }, { applied: RAISED });
    const both = [workspace(), workspace({ name: 'second', address: 'ws-2' })];
    expect((await verify(ports, ...both)).map(told)).toEqual([['ok'], ['ok']]);
    expect(counts(arrived())).toEqual({
      'aps:DescribeWorkspace': 2,
      'aps:ListScrapers': 1,
      'aps:ListRuleGroupsNamespaces': 2,
      'aps:DescribeAlertManagerDefinition': 2,
      'cloudwatch:ListMetrics': 1,
      'cloudwatch:GetMetricData': 1,
      'servicequotas:GetServiceQuota': 2,
    });
    const cold = arrived().length;
    clock.advance(5 * MINUTE_MS);
    await verify(ports, ...both);
    clock.advance(5 * MINUTE_MS);
    await verify(ports, ...both);
    expect(arrived().length - cold).toBe(2);
    clock.advance(6 * MINUTE_MS);
    await verify(ports, ...both);
    expect(arrived().length - cold).toBe(4);
    clock.advance(15 * MINUTE_MS);
    await verify(ports, ...both);
    expect(arrived().filter((action) => action === 'aps:DescribeWorkspace').length).toBe(4);
  });

  test('is asked only for what the signal names, and for its state', async () => {
    const ports = testPorts({ clock: fakeClock(NOON) });
    const { arrived } = await start(ports, {
      'ws-1': { state: { scrapers: [{ id: 's-1', status: 'CREATION_FAILED' }] } },
    });
    expect((await verify(ports, workspace({ rules: true }))).map(told)).toEqual([['ok']]);
    expect(counts(arrived())).toEqual({
      'aps:DescribeWorkspace': 1,
      'aps:ListRuleGroupsNamespaces': 1,
      'cloudwatch:ListMetrics': 1,
    });
  });
});

function counts(actions: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    [...Map.groupBy(actions, (action) => action)].map(([key, all]) => [key, all.length]),
  );
}

describe('status', () => {
  test('a workspace that is being deleted is a finding; one being updated a rollout; a missing one does not exist', async () => {
    expect(told(await judged({ state: { status: 'DELETING' } }))).toEqual([
      'failing',
      'status ws-1: DELETING',
    ]);
    expect(await judged({ state: { status: 'UPDATING' } })).toMatchObject({
      verdict: 'ok',
      state: 'rollout',
    });
    expect(told(await judged({}, { address: 'ws-gone' }))).toEqual([
      'failing',
      'exists workspace ws-gone: not in eu-west-1: Workspace not found: ws-gone',
    ]);
  });

  test('what is being changed is asked in every run until it is settled, with one request for all scrapers', async () => {
    const clock = fakeClock(NOON);
    const ports = testPorts({ clock });
    const state = (status: string) => ({
      status,
      alertManager: { status, modifiedAt: NOON },
      ruleFiles: { slo: { status, modifiedAt: NOON } },
      scrapers: [{ id: 's-1', status, modifiedAt: NOON }],
    });
    const states = new Map([['ws-1', state('UPDATING')]]);
    const { arrived } = await start(ports, { 'ws-1': {} }, { amp: { states } });
    const look = async () => {
      const [verdict] = await verify(ports, workspace());
      clock.advance(5 * MINUTE_MS);
      return [verdict?.verdict, verdict?.state];
    };
    expect(await look()).toEqual(['ok', 'rollout']);
    states.set('ws-1', state('ACTIVE'));
    expect(await look()).toEqual(['ok', null]);
    expect(await look()).toEqual(['ok', null]);
    const control = arrived().filter((action) => /^aps:(?:Describe|List)/.test(action));
    expect(control).toHaveLength(2 * 4);
  });

  test('a workspace that has come back is there at once', async () => {
    const ports = testPorts({ clock: fakeClock(NOON) });
    const workspaces = new Map<string, Storage>();
    await start(ports, { 'ws-1': {} }, { amp: { workspaces } });
    expect((await verify(ports, workspace()))[0]?.verdict).toBe('failing');
    workspaces.set('ws-1', EMPTY);
    expect((await verify(ports, workspace()))[0]?.verdict).toBe('ok');
  });
});

test.each([
  ['aps:DescribeWorkspace', ['status']],
  ['aps:ListScrapers', ['scrapers']],
  ['aps:ListRuleGroupsNamespaces', ['rules']],
  ['aps:DescribeAlertManagerDefinition', ['alerting']],
  ['cloudwatch:ListMetrics', ['discarded', 'rules', 'alerting']],
  ['cloudwatch:GetMetricData', ['discarded', 'quotas', 'quotas', 'rules', 'alerting']],
  ['servicequotas:GetServiceQuota', ['quotas', 'quotas']],
  ['servicequotas:GetAWSDefaultServiceQuota', ['quotas', 'quotas']],
])('without %s only what needs it is unknown, and the action is named', async (action, expectations) => {
  const ports = testPorts({ clock: fakeClock(NOON) });
  const account = await start(ports, {
    'ws-1': {
      vended: {
        ...well,
        ruleFailures: { a: since(DAYS, 0) },
        alertsReceived: since(DAYS, 0),
        discarded: { a: since(DAYS, 0) },
      },
    },
  });
  for (const api of [account.amp, account.cloudWatch, account.quotas])
    (api.deny as (action: string) => void)(action);
  const [verdict] = await verify(ports, workspace());
  expect(verdict?.verdict).toBe('unknown');
  const unavailable = verdict?.unavailable ?? [];
  expect([...new Set(unavailable.map(({ expectation }) => expectation))]).toEqual([...new Set(expectations)]);
  for (const { reason, detail } of unavailable) {
    expect(reason).toBe('denied');
    expect(detail).toContain(`needed: ${action}`);
    expect(detail).toContain('as the default AWS credentials');
  }
});

test('what a later period tells is read anew', async () => {
  const clock = fakeClock(NOON);
  const ports = testPorts({ clock, deadline: NOON + DAY_MS });
  const { cloudWatch } = await start(ports, { 'ws-1': {} });
  const source = ampWorkspace(workspace(), { ...ports, ...as });
  const question = { ask: 'usage', place, resource: 'ActiveSeries' } as const;
  await source.ask([question]);
  clock.advance(2 * MINUTE_MS);
  await source.ask([question]);
  expect(cloudWatch.requests).toHaveLength(1);
  clock.advance(2 * MINUTE_MS);
  await source.ask([question]);
  expect(cloudWatch.requests).toHaveLength(2);
});

test('what changes seldom is asked at once when another signal of the cluster turns', async () => {
  const clock: FakeClock = fakeClock(NOON);
  const ports = testPorts({ clock });
  const series = storedSeries(new Map([['__name__', 'up']]), [{ at: NOON - 1000, value: 1, stale: false }]);
  const state = { alertManager: {} };
  const { arrived } = await start(
    ports,
    { 'ws-1': { state } },
    { amp: { workspaces: new Map([['ws-1', { series: [series] }]]) } },
  );
  const canary = signal({ name: 'canary', plane: 'amp', address: 'ws-1', metric: 'up' });
  const asked = () =>
    arrived().filter((action) => action === 'aps:ListScrapers' || action === 'cloudwatch:ListMetrics');
  expect((await verify(ports, canary, workspace())).map(({ verdict }) => verdict)).toEqual(['ok', 'ok']);
  expect(asked()).toHaveLength(2);
  clock.advance(MINUTE_MS);
  await verify(ports, canary, workspace());
  expect(asked()).toHaveLength(2);
  clock.advance(9 * MINUTE_MS);
  expect((await verify(ports, canary, workspace())).map(({ verdict }) => verdict)).toEqual(['failing', 'ok']);
  expect(asked()).toHaveLength(4);
});

test.each([
  ['DescribeWorkspace', '/workspaces/ws-1', '{"workspace":{}}', 'status'],
  ['ListScrapers', '/scrapers', '{"scrapers":[{"scraperId":"s-1"}]}', 'scrapers'],
  [
    'ListRuleGroupsNamespaces',
    '/workspaces/ws-1/rulegroupsnamespaces',
    '{"ruleGroupsNamespaces":[{"name":"a"}]}',
    'rules',
  ],
  [
    'ListRuleGroupsNamespaces, for ever the same page,',
    '/workspaces/ws-1/rulegroupsnamespaces',
    '{"ruleGroupsNamespaces":[],"nextToken":"again"}',
    'rules',
  ],
  [
    'DescribeAlertManagerDefinition',
    '/workspaces/ws-1/alertmanager/definition',
    '{"alertManagerDefinition":{}}',
    'alerting',
  ],
])('an answer of %s without what it must have is unknown', async (_, path, body, expectation) => {
  const interfere = (request: { readonly path: string }) =>
    request.path === path ? json(200, body) : undefined;
  expect(told(await judged({}, {}, { amp: { interfere } }))).toEqual([
    'unknown',
    `${expectation}: invalid-response`,
  ]);
});
