import { AmpClient, DescribeWorkspaceCommand } from '@aws-sdk/client-amp';
import { afterEach, describe, expect, test } from 'vitest';
import { startAmp } from '../../rehearsal/amp.ts';
import type { Amp, AmpOptions } from '../../rehearsal/amp.ts';
import { storedSeries } from '../../rehearsal/storage.ts';
import type { Storage } from '../../rehearsal/storage.ts';
import { signedFetch } from '../support/signed-fetch.ts';

const NOW = Date.parse('2026-11-20T12:00:00.250Z');
const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const SIGNING = { ...CREDENTIALS, region: 'eu-west-1', service: 'aps', at: NOW };

const running: Amp[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((amp) => amp.close()));
});

async function amp(storage: Storage, options: Partial<AmpOptions> = {}): Promise<Amp> {
  const started = await startAmp({
    clock: { now: () => NOW },
    region: 'eu-west-1',
    credentials: [CREDENTIALS],
    workspaces: new Map([['ws-1', storage]]),
    ...options,
  });
  running.push(started);
  return started;
}

function storageOf(...labels: readonly Record<string, string>[]): Storage {
  const samples = [-60_000, -1000, 60_000].map((age) => ({ at: NOW + age, value: age / 1000, stale: false }));
  return { series: labels.map((set) => storedSeries(new Map(Object.entries(set)), samples)) };
}

async function ask(url: string, form: Record<string, string>): Promise<{ status: number; body: string }> {
  const request = {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  };
  const response = await signedFetch(`${url}/workspaces/ws-1/api/v1/query`, request, SIGNING);
  return { status: response.status, body: await response.text() };
}

describe('queries', () => {
  test('answer a vector at the time of the clock, without what lies later', async () => {
    const { url } = await amp(storageOf({ __name__: 'up', job: 'a' }));
    await expect(ask(url, { query: 'up' })).resolves.toEqual({
      status: 200,
      body:
        '{"status":"success","data":{"resultType":"vector","result":' +
        '[{"metric":{"__name__":"up","job":"a"},"value":[1795176000.25,"-1"]}]}}',
    });
    const later = await ask(url, { query: 'timestamp(up)', time: '2026-11-20T12:02:00Z' });
    expect(later.body).toContain('"value":[1795176120,"1795175999.25"]');
  });

  test('answer a scalar', async () => {
    const { url } = await amp(storageOf());
    const { body } = await ask(url, { query: '-1 / 0', time: '1.5' });
    expect(body).toBe('{"status":"success","data":{"resultType":"scalar","result":[1.5,"-Inf"]}}');
  });

  test('answer a GET', async () => {
    const { url } = await amp(storageOf({ __name__: 'up' }));
    const asked = `${url}/workspaces/ws-1/api/v1/query?query=count(up)&time=1795176000`;
    const response = await signedFetch(asked, { method: 'GET' }, SIGNING);
    await expect(response.json()).resolves.toMatchObject({
      data: { result: [{ value: [1_795_176_000, '1'] }] },
    });
  });

  test('keep label names that mean something to JavaScript', async () => {
    const labels = Object.fromEntries([
      ['__name__', 'm'],
      ['__proto__', 'p'],
      ['constructor', 'c'],
    ]);
    const { url } = await amp(storageOf(labels));
    const { body } = await ask(url, { query: 'm{__proto__="p",constructor="c"}' });
    expect(body).toContain('"metric":{"__name__":"m","__proto__":"p","constructor":"c"}');
    const grouped = await ask(url, { query: 'count by (__proto__, toString) (m)' });
    expect(grouped.body).toContain('"metric":{"__proto__":"p"}');
  });

  test.each([
    ['count(', 400, 'bad_data', 'invalid parameter "query": 1:7: parse error: unexpected end of input'],
    ['rate(up[5m])', 422, 'execution', 'not simulated: function rate'],
    ['up > up', 422, 'execution', 'not simulated: operator > between two instant vectors'],
    ['{__name__=~".+"} * 2', 422, 'execution', 'vector cannot contain metrics with the same labelset'],
  ])('refuse %s', async (query, status, errorType, error) => {
    const { url } = await amp(storageOf({ __name__: 'up' }, { __name__: 'down' }));
    const answer = await ask(url, { query });
    expect({ status: answer.status, ...JSON.parse(answer.body) }).toEqual({
      status: 'error',
      errorType,
      error,
    });
    expect(answer.status).toBe(status);
  });

  test('refuse a time that is none', async () => {
    const { url } = await amp(storageOf());
    const { status, body } = await ask(url, { query: 'up', time: 'noon' });
    expect(status).toBe(400);
    expect(JSON.parse(body)).toMatchObject({
      error: 'invalid parameter "time": cannot parse "noon" to a valid timestamp',
    });
  });
});

describe('the sample threshold', () => {
  const storage = storageOf({ __name__: 'up', job: 'a' }, { __name__: 'up', job: 'b' });

  test('is what the query may touch at most', async () => {
    const { url } = await amp(storage);
    const form = { query: 'count_over_time(up[5m])', stats: 'all' };
    const within = await ask(url, { ...form, max_samples_processed_error_threshold: '4' });
    expect(JSON.parse(within.body)).toMatchObject({
      data: { stats: { samples: { totalQueryableSamples: 4 } } },
    });
    const above = await ask(url, { ...form, max_samples_processed_error_threshold: '3' });
    expect(above.status).toBe(422);
    expect(JSON.parse(above.body)).toMatchObject({
      errorType: 'execution',
      error: 'the query hit the max samples processed limit (limit: 3 samples)',
    });
  });

  test('warns where a warning was asked for', async () => {
    const { url } = await amp(storage);
    const warnings = async (limit: string) => {
      const { body } = await ask(url, { query: 'up', max_samples_processed_warning_threshold: limit });
      return (JSON.parse(body) as { warnings?: string[] }).warnings;
    };
    await expect(warnings('1')).resolves.toEqual([expect.stringContaining('threshold of 1')]);
    await expect(warnings('2')).resolves.toBeUndefined();
  });
});

describe('refusals', () => {
  test('of unsigned requests and of unknown keys', async () => {
    const { url, requests } = await amp(storageOf());
    const unsigned = await fetch(`${url}/workspaces/ws-1/api/v1/query?query=up`);
    expect([unsigned.status, unsigned.headers.get('x-amzn-errortype'), await unsigned.json()]).toEqual([
      403,
      'MissingAuthenticationTokenException',
      { message: 'Missing Authentication Token' },
    ]);
    const unknown = await signedFetch(
      `${url}/workspaces/ws-1`,
      { method: 'GET' },
      { ...SIGNING, accessKeyId: 'x' },
    );
    expect(unknown.headers.get('x-amzn-errortype')).toBe('UnrecognizedClientException');
    expect(requests).toMatchObject([
      { action: 'aps:QueryMetrics', method: 'GET', path: '/workspaces/ws-1/api/v1/query', bytes: 0, at: NOW },
      { action: 'aps:DescribeWorkspace' },
    ]);
  });

  test('of actions that are denied, until they are allowed', async () => {
    const { url, deny, allow } = await amp(storageOf());
    deny('aps:QueryMetrics');
    const denied = await ask(url, { query: 'up' });
    expect(denied.status).toBe(403);
    expect(denied.body).toContain(
      'is not authorized to perform: aps:QueryMetrics on resource: arn:aws:aps:eu-west-1:',
    );
    allow('aps:QueryMetrics');
    await expect(ask(url, { query: 'up' })).resolves.toMatchObject({ status: 200 });
  });

  test.each([
    ['an unknown workspace', '/workspaces/ws-2/api/v1/query?query=up', 'ResourceNotFoundException'],
    ['an unknown path', '/workspaces/ws-1/api/v1/nothing', 'UnknownOperationException'],
    ['a path of elsewhere', '/%2e%2e/etc/passwd', 'UnknownOperationException'],
  ])('of %s', async (_, path, type) => {
    const { url } = await amp(storageOf());
    const response = await signedFetch(`${url}${path}`, { method: 'GET' }, SIGNING);
    expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([404, type]);
  });

  test('of bodies above one megabyte', async () => {
    const { url } = await amp(storageOf());
    await expect(ask(url, { query: 'x'.repeat(1_048_577) })).resolves.toMatchObject({ status: 413 });
  });
});

describe('DescribeWorkspace through the SDK', () => {
  const client = (endpoint: string) =>
    new AmpClient({
      endpoint,
      region: 'eu-west-1',
      credentials: CREDENTIALS,
      maxAttempts: 1,
      systemClockOffset: NOW - Date.now(),
    });

  test('finds a workspace', async () => {
    const { url } = await amp(storageOf());
    const { workspace } = await client(url).send(new DescribeWorkspaceCommand({ workspaceId: 'ws-1' }));
    expect(workspace).toMatchObject({
      workspaceId: 'ws-1',
      arn: 'arn:aws:aps:eu-west-1:111122223333:workspace/ws-1',
      status: { statusCode: 'ACTIVE' },
      prometheusEndpoint: `${url}/workspaces/ws-1/`,
      createdAt: expect.any(Date) as Date,
    });
  });

  test('fails by name where there is none, and where it is denied', async () => {
    const { url, deny } = await amp(storageOf());
    const describeWorkspace = (workspaceId: string) =>
      client(url).send(new DescribeWorkspaceCommand({ workspaceId }));
    await expect(describeWorkspace('ws-9')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      resourceId: 'ws-9',
    });
    deny('aps:DescribeWorkspace');
    await expect(describeWorkspace('ws-1')).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});

test('every answer bears the simulated time, by which the SDK corrects its clock', async () => {
  const { url } = await amp(storageOf());
  const response = await fetch(url);
  expect(response.headers.get('date')).toBe('Fri, 20 Nov 2026 12:00:00 GMT');
});

describe('interference', () => {
  test('replaces the answer', async () => {
    const throttled = { status: 429, body: '{"message":"Rate exceeded"}' };
    const { url } = await amp(storageOf(), { interfere: () => throttled });
    await expect(ask(url, { query: 'up' })).resolves.toEqual(throttled);
  });

  test('cuts the connection, or never answers', async () => {
    const { url } = await amp(storageOf(), {
      interfere: ({ form }) => (form.get('query') === 'cut' ? 'reset' : 'hang'),
    });
    await expect(ask(url, { query: 'cut' })).rejects.toThrow('fetch failed');
    const impatient = fetch(url, { signal: AbortSignal.timeout(50) });
    await expect(impatient).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});
