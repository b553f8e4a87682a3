import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Question } from '../../lib/question.ts';
import type { Signal, StateSignal } from '../../lib/signal.ts';
import { ampWorkspace } from '../../lib/sources/ampWorkspace.ts';
import { sourceMemory, type SourcePorts } from '../../lib/sources/source.ts';
import { type SignalVerdict, verifyCluster } from '../../lib/verify.ts';
import { type Amp, type AmpOptions, startAmp } from '../../rehearsal/amp.ts';
import type { AwsApi, AwsApiOptions } from '../../rehearsal/aws-api.ts';
import { type CloudWatch, type CloudWatchOptions, startCloudWatch } from '../../rehearsal/cloudwatch.ts';
import { json } from '../../rehearsal/http.ts';
import { createMetricStore } from '../../rehearsal/metric-store.ts';
import { startServiceQuotas } from '../../rehearsal/service-quotas.ts';
import { type Storage, storedSeries } from '../../rehearsal/storage.ts';
import { type VendedMetrics, vendedMetrics } from '../../rehearsal/vended-metrics.ts';
import type { SimulatedWorkspace } from '../../rehearsal/workspace.ts';
import { type FakeClock, fakeClock, testPorts } from '../support/ports.ts';
import { signal, stateSignal } from '../support/world.ts';
import { planeContract } from './plane-contract.ts';

const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const NOON = Date.parse('2026-11-20T12:00:00Z');
const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;
const as = { credentials: () => async () => CREDENTIALS };
const EMPTY: Storage = { series: [] };

/** Something that AMP publishes every minute, since so many minutes before noon. */
const since = (minutes: number, value: number, more: { until?: number } = {}) => ({
  since: NOON - minutes * MINUTE_MS,
  value,
  ...more,
});
const ago = (minutes: number) => NOON - minutes * MINUTE_MS;
const DAYS = 5 * 1440;
/** 1,000 samples a second are 60,000 a minute; a workspace with a million series. */
const well = { ingestionRate: since(DAYS, 1000), activeSeries: since(DAYS, 1_000_000) };

interface Scene {
  readonly state?: SimulatedWorkspace;
  /** Instead of those of a workspace that is well. */
  readonly vended?: Omit<VendedMetrics, 'workspace'>;
}

interface Account {
  readonly amp: Amp;
  readonly cloudWatch: CloudWatch;
  readonly quotas: AwsApi;
  readonly applied: Map<string, number>;
  /** Every request that arrived so far, by its action. */
  readonly arrived: () => string[];
}

/** Raised for the account. */
const RAISED = new Map([
  ['aps/L-5A151448', 60_000_000],
  ['aps/L-F4BCE0BA', 2_000_000],
]);
/** With a clock that stands elsewhere than the machine's, the SDK tries every refusal again: here nothing is refused. */
const whole: Scene = { state: { alertManager: {} } };

interface Options {
  readonly amp?: Partial<AmpOptions>;
  readonly cloudWatch?: Partial<CloudWatchOptions>;
  readonly quotas?: Partial<AwsApiOptions>;
  readonly applied?: ReadonlyMap<string, number>;
}

async function start(
  ports: SourcePorts,
  scenes: Readonly<Record<string, Scene>>,
  options: Options = {},
): Promise<Account> {
  const common = { clock: ports.clock, region: 'eu-west-1', credentials: [CREDENTIALS] };
  const ids = Object.keys(scenes);
  const workspaces = new Map(ids.map((id) => [id, EMPTY]));
  const states = new Map(ids.map((id) => [id, scenes[id]?.state ?? {}]));
  const store = createMetricStore(
    ...ids.map((id) => vendedMetrics({ ...(scenes[id]?.vended ?? well), workspace: id })),
  );
  const defaults = new Map([
    ['aps/L-5A151448', 50_000_000],
    ['aps/L-F4BCE0BA', 1_666_666],
  ]);
  const applied = new Map(options.applied);
  const amp = await startAmp({ ...common, workspaces, states, ...options.amp });
  const cloudWatch = await startCloudWatch({ ...common, store, ...options.cloudWatch });
  const quotas = await startServiceQuotas({ ...common, defaults, applied, ...options.quotas });
  onTestFinished(async () => {
    await Promise.all([amp.close(), cloudWatch.close(), quotas.close()]);
    vi.unstubAllEnvs();
  });
  vi.stubEnv('AWS_ENDPOINT_URL_AMP', amp.url);
  vi.stubEnv('AWS_ENDPOINT_URL_CLOUDWATCH', cloudWatch.url);
  vi.stubEnv('AWS_ENDPOINT_URL_SERVICE_QUOTAS', quotas.url);
  const arrived = () => [
    ...amp.requests.map(({ action = '' }) => action),
    ...cloudWatch.requests.map(({ operation = '' }) => `cloudwatch:${operation}`),
    ...quotas.calls.map(({ operation }) => `servicequotas:${operation}`),
  ];
  return { amp, cloudWatch, quotas, applied, arrived };
}

const workspace = (over: Partial<StateSignal> = {}) =>
  stateSignal({ name: 'workspace', plane: 'ampWorkspace', address: 'ws-1', ...over });

async function verify(ports: SourcePorts, ...signals: readonly Signal[]): Promise<readonly SignalVerdict[]> {
  const cluster = {
    name: 'prod-eu',
    region: 'eu-west-1',
    signals: signals.map((one) => ({ signal: one, judged: true })),
  };
  const onDefect = (error: unknown): void => {
    throw error;
  };
  const deadline = ports.clock.now() + 30_000;
  return (await verifyCluster(cluster, { ...ports, ...as, deadline, onDefect })).signals;
}

/** How a workspace is judged at noon. */
async function judged(
  scene: Scene,
  over: Partial<StateSignal> = {},
  options: Options = {},
): Promise<SignalVerdict> {
  const ports = testPorts({ clock: fakeClock(NOON) });
  await start(ports, { 'ws-1': scene }, options);
  return (await verify(ports, workspace(over)))[0]!;
}

const told = ({ verdict, findings, unavailable }: SignalVerdict): string[] => [
  verdict,
  ...findings.map(({ expectation, subject, observed }) => `${expectation} ${subject}: ${observed}`),
  ...unavailable.map(({ expectation, reason }) => `${expectation}: ${reason}`),
];

const place = 'ws-1';
const QUESTIONS: readonly Question[] = [
  { ask: 'status', place },
  { ask: 'discarded', place, overMs: 15 * MINUTE_MS },
  { ask: 'usage', place, resource: 'ActiveSeries' },
  { ask: 'usage', place, resource: 'IngestionRate' },
  { ask: 'quota', code: 'L-5A151448' },
  { ask: 'scrapers', place },
  { ask: 'ruleFiles', place },
  { ask: 'evaluations', place },
  { ask: 'ruleHealth', place },
  { ask: 'alertManager', place },
  { ask: 'notifications', place },
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

  test('a workspace that has come back is there at once', async () => {
    const ports = testPorts({ clock: fakeClock(NOON) });
    const workspaces = new Map<string, Storage>();
    await start(ports, { 'ws-1': {} }, { amp: { workspaces } });
    expect((await verify(ports, workspace()))[0]?.verdict).toBe('failing');
    workspaces.set('ws-1', EMPTY);
    expect((await verify(ports, workspace()))[0]?.verdict).toBe('ok');
  });
});

describe('discarded', () => {
  const discards = (
    discarded: VendedMetrics['discarded'],
    over: Partial<VendedMetrics> = {},
    settings = {},
  ) =>
    judged(
      { vended: { ...well, ...over, ...(discarded ? { discarded } : {}) } },
      { discarded: { max: 0.01, over: 15 * MINUTE_MS }, ...settings },
    );

  test('more than the bound is told with both numbers and what helps', async () => {
    // 4,000 a minute beside 60,000 that are ingested.
    const verdict = await discards({ rate_limited: since(DAYS, 4000) });
    expect(verdict.findings).toMatchObject([
      {
        expectation: 'discarded',
        subject: 'rate_limited',
        expected: 'at most 1% of what is sent discarded',
        observed:
          '6.25% discarded, 60,000 of 960,000 samples in 15m: more samples a second than the workspace takes: raise the ingestion rate quota, or send less',
        question: `SEARCH('Namespace="AWS/Prometheus" MetricName=DiscardedSamples "ws-1"', 'Sum', 300)`,
      },
    ]);
  });

  test('each reason is judged on its own, and an unknown one is told as it is', async () => {
    const verdict = await discards({
      'sample-out-of-order': since(DAYS, 590),
      'new-value-for-timestamp': since(DAYS, 590),
      some_new_thing: since(DAYS, 700),
    });
    expect(told(verdict)).toEqual([
      'failing',
      'discarded some_new_thing: 1.13% discarded, 10,500 of 928,200 samples in 15m',
    ]);
    expect(verdict.evidence.facts).toContain(
      'sample-out-of-order: 0.953% discarded, 8,850 of 928,200 samples in 15m',
    );
  });

  test('a small steady share for an old reason is no finding', async () => {
    expect(told(await discards({ 'sample-too-old': since(DAYS, 30) }))).toEqual(['ok']);
  });

  test('a reason that is new and goes on is a finding, however small; and stays one', async () => {
    const verdict = await discards({ per_user_series_limit: since(30, 2) });
    expect(verdict.findings).toMatchObject([
      {
        subject: 'per_user_series_limit',
        expected: 'no new reason to discard samples',
        observed: expect.stringMatching(
          /^0\.00333% discarded, 30 of 900,030 samples in 15m; a new reason, not seen in the day before: the workspace takes no more series: those there are go on, new ones never appear/,
        ),
      },
    ]);
    expect((await discards({ per_user_series_limit: since(11 * 60, 2) })).verdict).toBe('failing');
    expect((await discards({ per_user_series_limit: since(13 * 60, 2) })).verdict).toBe('ok');
  });

  test('what a restart leaves behind is no new reason, and one that was seen the day before is none', async () => {
    expect(told(await discards({ 'sample-out-of-order': since(20, 2, { until: ago(14) }) }))).toEqual(['ok']);
    const store = (first: number) => ({
      ...well,
      discarded: {
        'sample-out-of-order': {
          since: ago(DAYS),
          value: (at: number) => (at >= ago(60) || (at >= ago(first) && at < ago(first - 10)) ? 2 : 0),
        },
      },
    });
    const settings = { discarded: { max: 0.01, over: 15 * MINUTE_MS } };
    expect((await judged({ vended: store(60 + 1430) }, settings)).verdict).toBe('ok');
    expect((await judged({ vended: store(60 + 1460) }, settings)).verdict).toBe('failing');
  });

  test('discards without ingestion are all of it, and it is said so', async () => {
    const verdict = await discards(
      { metric_name_invalid: since(DAYS, 100) },
      { ingestionRate: { since: ago(DAYS), until: ago(60), value: 10 } },
    );
    expect(verdict.findings[0]?.observed).toMatch(
      /^100% discarded, 1,500 of 1,500 samples in 15m; no ingestion is seen beside it: a metric name/,
    );
  });

  test('a rate that CloudWatch shows every five minutes is the same rate', async () => {
    const verdict = await discards(
      { rate_limited: since(DAYS, 4000) },
      { ingestionRate: { ...since(DAYS, 1000), interval: 300 } },
    );
    expect(verdict.findings[0]?.observed).toMatch(/^6\.25% discarded/);
  });

  test('dropped metadata loses no sample and is no finding', async () => {
    const verdict = await discards({ per_user_metadata_limit: since(30, 50_000) });
    expect(told(verdict)).toEqual(['ok']);
    expect(verdict.evidence.facts).toContain(
      'per_user_metadata_limit: 750000 pieces of metadata dropped in 15m, no sample lost',
    );
  });

  test('the dimensions may be called otherwise, and a sum over all reasons is not counted twice', async () => {
    for (const reasonDimension of ['reason', 'DiscardReason', 'Cause']) {
      const verdict = await discards(
        { rate_limited: since(DAYS, 4000) },
        { reasonDimension, workspaceDimension: 'WorkspaceId' },
      );
      expect(verdict.findings).toMatchObject([
        { subject: 'rate_limited', observed: expect.stringMatching(/^6\.25%/) },
      ]);
    }
    const ports = testPorts({ clock: fakeClock(NOON) });
    const store = createMetricStore(
      vendedMetrics({ workspace: 'ws-1', ...well, discarded: { rate_limited: since(DAYS, 4000) } }),
      {
        contributions: vendedMetrics({
          workspace: 'ws-1',
          alertsReceived: since(DAYS, 4000),
        }).contributions.map((one) => ({ ...one, identity: { ...one.identity, name: 'DiscardedSamples' } })),
      },
    );
    await start(ports, { 'ws-1': {} }, { cloudWatch: { store } });
    expect(
      (await verify(ports, workspace({ discarded: { max: 0.01, over: 15 * MINUTE_MS } }))).map(told),
    ).toEqual([
      ['failing', expect.stringMatching(/^discarded rate_limited: 6\.25% discarded, 60,000 of 960,000/)],
    ]);
  });

  test('another workspace, also one with a longer name, is not blamed', async () => {
    const ports = testPorts({ clock: fakeClock(NOON) });
    await start(ports, {
      'ws-1': {},
      'other-ws-1': { vended: { ...well, discarded: { rate_limited: since(DAYS, 60_000) } } },
    });
    const signals = [workspace(), workspace({ name: 'other', address: 'other-ws-1' })];
    expect((await verify(ports, ...signals)).map(({ verdict }) => verdict)).toEqual(['ok', 'failing']);
  });

  test('a part that cannot be read is unknown, never zero', async () => {
    for (const [fault, reason] of [
      ['PartialData', 'incomplete'],
      ['Forbidden', 'denied'],
      ['InternalError', 'unreachable'],
    ] as const) {
      const verdict = await judged(
        { vended: { ...well, discarded: { rate_limited: since(DAYS, 4000) } } },
        { discarded: { max: 0.01, over: 15 * MINUTE_MS } },
        {
          cloudWatch: {
            statusOf: ({ MetricStat }) =>
              MetricStat?.Metric.MetricName === 'DiscardedSamples' ? fault : undefined,
          },
        },
      );
      expect(told(verdict)).toEqual(['unknown', `discarded: ${reason}`]);
    }
  });

  test('many pages are one answer', async () => {
    const verdict = await judged(
      { vended: { ...well, discarded: { rate_limited: since(DAYS, 4000) } } },
      { discarded: { max: 0.01, over: 15 * MINUTE_MS } },
      { cloudWatch: { pageSize: { datapoints: 50 } } },
    );
    expect(verdict.findings[0]?.observed).toMatch(/^6\.25% discarded, 60,000 of 960,000/);
  });
});

describe('quotas', () => {
  const quotas = { quotas: { max: 0.8 } };
  const using = (activeSeries: VendedMetrics['activeSeries'], options: Options = {}) =>
    judged({ vended: { ...well, ...(activeSeries ? { activeSeries } : {}) } }, quotas, options);

  test('more than the bound is told with both numbers', async () => {
    const verdict = await using(since(DAYS, 45_000_000));
    expect(verdict.findings).toMatchObject([
      {
        expectation: 'quotas',
        subject: 'active series',
        expected: 'at most 80% of the quota used',
        observed: '45,000,000 of 50,000,000 active series (90%)',
      },
    ]);
  });

  test('and with when it is full, where it grows by the same time of day', async () => {
    const value = (at: number) => 45_000_000 - ((NOON - at) / DAY_MS) * 2_000_000;
    expect((await using({ since: ago(DAYS), value })).findings[0]?.observed).toMatch(
      /^44,\d{3},\d{3} of 50,000,000 active series \(90%\); full in 2d 12h if it grows as in the last day$/,
    );
  });

  test('more than the quota itself is told as what it is', async () => {
    expect((await using(since(DAYS, 60_000_000))).findings[0]?.observed).toBe(
      '60,000,000 of 50,000,000 active series (120%), more than the quota that Service Quotas tells',
    );
  });

  test('what was raised counts, and at once where the old one is remembered', async () => {
    const clock = fakeClock(NOON);
    const ports = testPorts({ clock });
    const vended = { ...well, activeSeries: since(DAYS, 55_000_000) };
    const { applied, arrived } = await start(ports, { 'ws-1': { vended } }, { applied: RAISED });
    expect((await verify(ports, workspace(quotas)))[0]?.verdict).toBe('failing');
    applied.set('aps/L-5A151448', 100_000_000);
    clock.advance(MINUTE_MS);
    expect((await verify(ports, workspace(quotas))).map(told)).toEqual([['ok']]);
    expect(arrived().filter((action) => action === 'servicequotas:GetServiceQuota').length).toBe(4);
  });

  test('an unknown quota makes that part unknown, not ok', async () => {
    const ports = testPorts({ clock: fakeClock(NOON) });
    const { applied, quotas: api } = await start(ports, {
      'ws-1': { vended: { ...well, ingestionRate: since(DAYS, 1_600_000) } },
    });
    applied.set('aps/L-5A151448', Number.NaN);
    expect((await verify(ports, workspace(quotas))).map(told)).toEqual([
      [
        'failing',
        'quotas ingestion rate: 1,600,000 of 1,666,666 samples a second (96%)',
        'quotas: invalid-response',
      ],
    ]);
    api.deny('servicequotas:GetServiceQuota');
    const fresh = { ...ports, memory: sourceMemory() };
    const [verdict] = await verify(fresh, workspace());
    expect(verdict).toMatchObject({
      verdict: 'unknown',
      unavailable: [
        {
          expectation: 'quotas',
          reason: 'denied',
          detail: expect.stringContaining('needed: servicequotas:GetServiceQuota of L-5A151448 of aps, as '),
        },
        { expectation: 'quotas', reason: 'denied' },
      ],
    });
  });
});

describe('scrapers', () => {
  test('one that failed is a finding with its reason; one that changes is a rollout, for a while', async () => {
    const scrapers = [
      { id: 's-1', alias: 'prod', status: 'CREATION_FAILED', reason: 'the role cannot be assumed' },
      { id: 's-2' },
    ];
    expect(told(await judged({ state: { scrapers } }))).toEqual([
      'failing',
      'scrapers scraper s-1 (prod): CREATION_FAILED; the role cannot be assumed',
    ]);
    const updating = (minutes: number) => ({
      state: { scrapers: [{ id: 's-1', status: 'UPDATING', modifiedAt: ago(minutes) }] },
    });
    expect(await judged(updating(10))).toMatchObject({ verdict: 'ok', state: 'rollout' });
    expect(told(await judged(updating(40)))).toEqual(['failing', 'scrapers scraper s-1: UPDATING for 40m']);
  });

  test('those of other workspaces are not its own, and every page is read', async () => {
    const ports = testPorts({ clock: fakeClock(NOON) });
    const state = { scrapers: [{ id: 's-1' }, { id: 's-2' }, { id: 's-3', status: 'UPDATE_FAILED' }] };
    await start(ports, { 'ws-1': {}, 'ws-2': { state } }, { amp: { pageSize: 1 } });
    const signals = [workspace(), workspace({ name: 'second', address: 'ws-2' })];
    expect((await verify(ports, ...signals)).map(told)).toEqual([
      ['ok'],
      ['failing', 'scrapers scraper s-3: UPDATE_FAILED'],
    ]);
  });
});

describe('rules', () => {
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

  test('a group that was removed fails no more', async () => {
    expect(told(await judged({ state: { rules: {} }, vended: failing }, { rules: true }))).toEqual(['ok']);
  });

  test('iterations that are missed again and again are a finding', async () => {
    const missed = (minutes: number, until?: number) => ({
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
});

describe('alerting', () => {
  const alertManager = {};
  const sending = { ...well, alertsReceived: since(DAYS, 4) };

  test('notifications that fail or are throttled are findings, beside what was received', async () => {
    const vended = { ...sending, notificationsFailed: since(30, 2), notificationsThrottled: since(30, 1) };
    expect(told(await judged({ state: { alertManager }, vended }))).toEqual([
      'failing',
      'alerting failed notifications: the alert path drops notifications: 30 failed in the last 15m, beside 60 alerts received; may AMP publish to the SNS topic, and does the topic exist?',
      'alerting throttled notifications: the alert path drops notifications: 15 throttled in the last 15m, beside 60 alerts received; group alerts, or send fewer',
    ]);
    const before = { ...sending, notificationsFailed: since(120, 2, { until: ago(60) }) };
    expect((await judged({ state: { alertManager }, vended: before })).verdict).toBe('ok');
  });

  test('a definition that was refused is a finding', async () => {
    const refused = { status: 'UPDATE_FAILED', reason: 'undefined receiver "pager"' };
    expect(told(await judged({ state: { alertManager: refused } }))).toEqual([
      'failing',
      'alerting alert manager definition: UPDATE_FAILED; undefined receiver "pager"',
    ]);
  });

  test('alerts that arrive where there is no definition are lost', async () => {
    expect(told(await judged({ vended: sending }, { alerting: true }))).toEqual([
      'failing',
      'alerting alert manager definition: there is none; 60 alerts arrived in the last 15m and went nowhere',
    ]);
    expect(told(await judged({}, { alerting: true }))).toEqual(['ok']);
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
