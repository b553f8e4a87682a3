import { describe, expect, onTestFinished, test } from 'vitest';
import { startCloudWatchPromql } from '../../rehearsal/cloudwatch-promql.ts';
import type { CloudWatchPromql, CloudWatchPromqlOptions } from '../../rehearsal/cloudwatch-promql.ts';
import { startCloudWatch } from '../../rehearsal/cloudwatch.ts';
import { createMetricStore, steadyMetrics } from '../../rehearsal/metric-store.ts';
import { asOtlp } from '../../rehearsal/otlp.ts';
import { storedSeries } from '../../rehearsal/storage.ts';
import type { Storage } from '../../rehearsal/storage.ts';
import { signedFetch } from '../support/signed-fetch.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const SIGNING = { ...CREDENTIALS, region: 'eu-west-1', service: 'monitoring', at: NOW };

async function api(
  storage: Storage,
  options: Partial<CloudWatchPromqlOptions> = {},
): Promise<CloudWatchPromql> {
  const clock = { now: () => NOW };
  const common = { clock, region: 'eu-west-1', credentials: [CREDENTIALS] };
  const started = await startCloudWatchPromql({ ...common, storage, ...options });
  onTestFinished(() => started.close());
  return started;
}

function storageOf(...labels: readonly Record<string, string>[]): Storage {
  const samples = [
    { at: NOW - 60_000, value: 1, stale: false },
    { at: NOW - 1000, value: 2, stale: false },
  ];
  return { series: labels.map((set) => storedSeries(new Map(Object.entries(set)), samples)) };
}

async function ask(
  url: string,
  form: Record<string, string>,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const request = {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  };
  const response = await signedFetch(`${url}/api/v1/query`, request, SIGNING);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('a query', () => {
  const name = 'http.server.active_requests';
  const storage = asOtlp(storageOf({ __name__: name, job: 'checkout' }), {
    account: '111122223333',
    region: 'eu-west-1',
  });

  test('selects by quoted names', async () => {
    const { url } = await api(storage);
    const query = `{"${name}","@resource.service.name"="checkout"}`;
    const metric = {
      __name__: name,
      '@resource.service.name': 'checkout',
      '@aws.account': '111122223333',
      '@aws.region': 'eu-west-1',
    };
    expect(await ask(url, { query })).toEqual({
      status: 200,
      body: {
        status: 'success',
        data: { resultType: 'vector', result: [{ metric, value: [NOW / 1000, '2'] }] },
      },
    });
  });

  test('may come as GET', async () => {
    const { url } = await api(storageOf({ __name__: 'up' }));
    const response = await signedFetch(`${url}/api/v1/query?query=count(up)`, { method: 'GET' }, SIGNING);
    await expect(response.json()).resolves.toMatchObject({
      data: { result: [{ value: [NOW / 1000, '1'] }] },
    });
  });

  test.each([
    ['{job="a"}', 400, 'bad_data', 'every selector needs an exact metric name'],
    ['count({__name__=~"a.*"} or b)', 400, 'bad_data', 'every selector needs an exact metric name'],
    ['count(a', 400, 'bad_data', expect.stringContaining('parse error')],
    ['count_over_time(a[8d])', 422, 'execution', 'the query time range exceeds the maximum of 7 days'],
    [
      'count_over_time(a[1d] offset 7d)',
      422,
      'execution',
      'the query time range exceeds the maximum of 7 days',
    ],
    ['max_over_time((count(a offset 4d))[4d:5m])', 422, 'execution', expect.stringContaining('7 days')],
  ])('%s is refused', async (query, status, errorType, error) => {
    const { url } = await api(storageOf());
    expect(await ask(url, { query })).toEqual({ status, body: { status: 'error', errorType, error } });
  });

  test.each([
    [{ timeout: '5s' }, 'unknown parameter "timeout"'],
    [{ limit: '501' }, 'invalid parameter "limit": must be from 1 to 500'],
    [{ limit: 'all' }, 'invalid parameter "limit": must be from 1 to 500'],
  ])('with %o is refused', async (parameters, error) => {
    const { url } = await api(storageOf());
    expect(await ask(url, { query: 'up', ...parameters })).toMatchObject({ status: 400, body: { error } });
  });
});

describe('an answer', () => {
  const storage = storageOf(...Array.from({ length: 501 }, (_, n) => ({ __name__: 'm', n: String(n) })));
  const asked = async (form: Record<string, string>) => {
    const { url } = await api(storage);
    const { status, body } = await ask(url, form);
    const { data, warnings } = body as { data: { result: unknown[] }; warnings?: string[] };
    return { status, series: data.result.length, warnings };
  };

  test('has at most 500 series, and says so', async () => {
    expect(await asked({ query: 'm' })).toEqual({
      status: 200,
      series: 500,
      warnings: [
        'result truncated to the maximum of 500 series; refine the query or use the limit parameter',
      ],
    });
    expect(await asked({ query: 'm{n!="0"}' })).toEqual({ status: 200, series: 500, warnings: undefined });
    expect(await asked({ query: 'count(m)' })).toEqual({ status: 200, series: 1, warnings: undefined });
  });

  test('has as few as were asked for', async () => {
    expect(await asked({ query: 'm', limit: '3' })).toMatchObject({
      series: 3,
      warnings: [expect.anything()],
    });
  });
});

describe('a refusal', () => {
  test('of requests that are unsigned, or signed for another service', async () => {
    const { url, requests } = await api(storageOf());
    expect((await fetch(`${url}/api/v1/query?query=up`)).status).toBe(403);
    const foreign = await signedFetch(
      `${url}/api/v1/query?query=up`,
      { method: 'GET' },
      { ...SIGNING, service: 'aps' },
    );
    expect(await foreign.json()).toEqual({
      message: "Credential should be scoped to correct service: 'monitoring'. ",
    });
    expect(requests).toHaveLength(2);
  });

  test('of either action that is denied, until it is allowed', async () => {
    const { url, deny, allow } = await api(storageOf());
    for (const action of ['cloudwatch:GetMetricData', 'cloudwatch:ListMetrics'] as const) {
      deny(action);
      expect(await ask(url, { query: 'up' })).toMatchObject({
        status: 403,
        body: { message: expect.stringContaining(`is not authorized to perform: ${action}`) },
      });
      allow(action);
    }
    expect(await ask(url, { query: 'up' })).toMatchObject({ status: 200 });
  });

  test('of too many requests is 422', async () => {
    const { url, throttle } = await api(storageOf());
    throttle(1);
    expect(await ask(url, { query: 'up' })).toEqual({
      status: 422,
      body: { status: 'error', errorType: 'execution', error: 'Rate exceeded' },
    });
    expect(await ask(url, { query: 'up' })).toMatchObject({ status: 200 });
  });

  test('of what is not simulated', async () => {
    const { url } = await api(storageOf());
    const response = await signedFetch(`${url}/api/v1/series`, { method: 'GET' }, SIGNING);
    expect(response.status).toBe(404);
  });
});

test('CloudWatch answers it on its own host', async () => {
  const promql = await api(storageOf({ __name__: 'up' }));
  const clock = { now: () => NOW };
  const store = createMetricStore(steadyMetrics([]));
  const common = { clock, region: 'eu-west-1', credentials: [CREDENTIALS] };
  const cloudWatch = await startCloudWatch({ ...common, store, promql });
  onTestFinished(() => cloudWatch.close());
  expect(await ask(cloudWatch.url, { query: 'count(up)' })).toMatchObject({ status: 200 });
  expect([promql.requests.length, cloudWatch.requests.length]).toEqual([1, 0]);
});
