import { expect, test } from 'vitest';
import { createMetricStore } from '../../rehearsal/metric-store.ts';
import { type VendedMetrics, vendedMetrics } from '../../rehearsal/vended-metrics.ts';
import { fakeClock, testPorts } from '../support/ports.ts';
import {
  ago,
  DAYS,
  judged,
  MINUTE_MS,
  NOON,
  since,
  start,
  told,
  verify,
  well,
  workspace,
} from '../support/workspace.ts';

const discards = (discarded: VendedMetrics['discarded'], over: Partial<VendedMetrics> = {}, settings = {}) =>
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

test('several restarts are none either', async () => {
  const restarts = [600, 300, 14];
  const value = (at: number) =>
    restarts.some((minutes) => at >= ago(minutes) && at < ago(minutes - 5)) ? 2 : 0;
  expect(told(await discards({ 'sample-out-of-order': { since: ago(DAYS), value } }))).toEqual(['ok']);
});

test('what begins with the ingestion itself is no news: a new workspace, one that sleeps over the weekend', async () => {
  const noise = { 'sample-out-of-order': since(90, 2) };
  expect(told(await discards(noise, { ingestionRate: since(90, 1000) }))).toEqual(['ok']);
  const weekly = (at: number) => (at < ago(2 * 1440) || at >= ago(90) ? 1000 : 0);
  expect(told(await discards(noise, { ingestionRate: { since: ago(DAYS), value: weekly } }))).toEqual(['ok']);
  expect((await discards(noise, { ingestionRate: since(240, 1000) })).verdict).toBe('failing');
  const much = { 'sample-out-of-order': since(90, 4000) };
  expect((await discards(much, { ingestionRate: since(90, 1000) })).verdict).toBe('failing');
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
