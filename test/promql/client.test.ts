import { expect, test } from 'vitest';
import { instantQuery, type PromqlEndpoint, type Sign } from '../../lib/promql/client.ts';
import { inOrder, serve, vector } from '../support/http.ts';
import { fakeClock, testPorts } from '../support/ports.ts';

const endpoint = (url: string, sign?: Sign): PromqlEndpoint => ({
  url: new URL(`${url}/api/v1/query`),
  action: 'test:query',
  place: 'test server',
  parameters: (timeout) => ({ timeout }),
  sign,
  throttlesWith422: false,
  explainDenied: undefined,
});
const OK = { status: 200, body: vector([[{ job: 'a' }, '3']]) };

test('posts a form with the query, the time limit and the parameters, and reads the rows', async () => {
  const server = await serve(inOrder(OK));
  const evidence = await instantQuery(
    'count by (job) (up{x="ü&="})',
    4_200,
    {
      ...endpoint(server.url),
      parameters: (timeout) => ({ timeout, max_samples_processed_error_threshold: '7' }),
    },
    testPorts(),
  );
  expect(evidence).toEqual({
    kind: 'found',
    value: [{ labels: { job: 'a' }, value: 3 }],
    at: 1_800_000_000_000,
    partial: false,
  });
  expect(server.requests).toHaveLength(1);
  const [request] = server.requests;
  expect(request?.method).toBe('POST');
  expect(request?.headers['content-type']).toBe('application/x-www-form-urlencoded');
  expect(Object.fromEntries(request?.form ?? [])).toEqual({
    query: 'count by (job) (up{x="ü&="})',
    timeout: '5s',
    max_samples_processed_error_threshold: '7',
  });
});

test('throttled twice, then answered: tried three times with growing pauses', async () => {
  const server = await serve(inOrder({ status: 429 }, { status: 503 }, OK));
  const clock = fakeClock();
  const evidence = await instantQuery('up', 5000, endpoint(server.url), testPorts({ clock }));
  expect(evidence.kind).toBe('found');
  expect(clock.slept).toHaveLength(2);
  expect(clock.slept[0]).toBeGreaterThanOrEqual(250);
  expect(clock.slept[1]).toBeGreaterThan(clock.slept[0] ?? 0);
});

test('gives up after three tries and says why', async () => {
  const throttle = { status: 429, body: '{"message":"Rate exceeded"}' };
  const server = await serve(inOrder(throttle, throttle, throttle, OK));
  const evidence = await instantQuery('up', 5000, endpoint(server.url), testPorts());
  expect(evidence).toEqual({ kind: 'unavailable', reason: 'throttled', detail: 'HTTP 429: Rate exceeded' });
  expect(server.requests).toHaveLength(3);
});

test('waits as long as Retry-After asks', async () => {
  const server = await serve(inOrder({ status: 429, headers: { 'retry-after': '7' } }, OK));
  const clock = fakeClock();
  await instantQuery('up', 5000, endpoint(server.url), testPorts({ clock }));
  expect(clock.slept).toEqual([7000]);
});

test('does not wait past the deadline', async () => {
  const server = await serve(inOrder({ status: 429, headers: { 'retry-after': '3600' } }, OK));
  const clock = fakeClock();
  const evidence = await instantQuery('up', 5000, endpoint(server.url), testPorts({ clock }));
  expect(evidence).toMatchObject({ kind: 'unavailable', reason: 'throttled' });
  expect(clock.slept).toEqual([]);
});

test.each([400, 401, 403, 404, 413, 422])(
  'a refusal that cannot heal (%i) is not asked twice',
  async (status) => {
    const server = await serve(inOrder({ status }, OK));
    expect((await instantQuery('up', 5000, endpoint(server.url), testPorts())).kind).toBe('unavailable');
    expect(server.requests).toHaveLength(1);
  },
);

test('an expired token is renewed once, and only once', async () => {
  const expired = {
    status: 403,
    body: '{"message":"The security token included in the request is expired"}',
  };
  const renewals: boolean[] = [];
  const sign: Sign = async ({ headers }, { renew }) => {
    renewals.push(renew);
    return headers;
  };
  const once = await serve(inOrder(expired, OK));
  expect((await instantQuery('up', 5000, endpoint(once.url, sign), testPorts())).kind).toBe('found');
  const twice = await serve(inOrder(expired, expired, OK));
  expect(await instantQuery('up', 5000, endpoint(twice.url, sign), testPorts())).toMatchObject({
    reason: 'denied',
  });
  expect(renewals).toEqual([false, true, false, true]);
});

test('an answer above 8 MB is refused, not read to its end', async () => {
  const server = await serve((_request, response) => {
    response.writeHead(200);
    const chunk = 'x'.repeat(1024 * 1024);
    const pump = (): void => {
      while (!response.destroyed && response.write(chunk));
      if (!response.destroyed) response.once('drain', pump);
    };
    pump();
  });
  const evidence = await instantQuery('up', 20_000, endpoint(server.url), testPorts());
  expect(evidence).toMatchObject({ kind: 'unavailable', reason: 'too-expensive' });
});

test('a server that never answers is a timeout, and so is one that drips', async () => {
  const silent = await serve(() => {});
  expect(await instantQuery('up', 100, endpoint(silent.url), testPorts())).toMatchObject({
    reason: 'timeout',
  });
  const dripping = await serve((_request, response) => {
    response.writeHead(200).write('{');
  });
  expect(await instantQuery('up', 100, endpoint(dripping.url), testPorts())).toMatchObject({
    reason: 'timeout',
  });
});

test('a refused connection is unreachable', async () => {
  const evidence = await instantQuery('up', 5000, endpoint('http://127.0.0.1:1'), testPorts());
  expect(evidence).toMatchObject({ kind: 'unavailable', reason: 'unreachable' });
});

test('a connection that is cut is unreachable after three tries', async () => {
  const server = await serve((_request, response) => {
    response.socket?.destroy();
  });
  expect(await instantQuery('up', 5000, endpoint(server.url), testPorts())).toMatchObject({
    reason: 'unreachable',
  });
  expect(server.requests).toHaveLength(3);
});

test('a redirect is not followed', async () => {
  const target = await serve(inOrder(OK));
  const server = await serve(inOrder({ status: 307, headers: { location: `${target.url}/api/v1/query` } }));
  expect(await instantQuery('up', 5000, endpoint(server.url), testPorts())).toMatchObject({
    reason: 'invalid-response',
  });
  expect(target.requests).toEqual([]);
});

test.each([
  ['not JSON', 'hello'],
  ['not an envelope', '[]'],
  ['null', 'null'],
  ['an error with status 200', '{"status":"error","error":"x"}'],
  ['a matrix', '{"status":"success","data":{"resultType":"matrix","result":[]}}'],
  ['no result', '{"status":"success","data":{"resultType":"vector"}}'],
  ['a row without a value', '{"status":"success","data":{"resultType":"vector","result":[{"metric":{}}]}}'],
  ['a value that is no number', vector([[{}, 'many']])],
  ['an empty value', vector([[{}, '']])],
  [
    'a label that is no text',
    '{"status":"success","data":{"resultType":"vector","result":[{"metric":{"a":1},"value":[1,"1"]}]}}',
  ],
  ['a cut body', OK.body.slice(0, -9)],
  ['nothing', ''],
])('an answer that cannot be read never looks empty: %s', async (_name, body) => {
  const server = await serve(inOrder({ status: 200, body }));
  expect(await instantQuery('up', 5000, endpoint(server.url), testPorts())).toMatchObject({
    kind: 'unavailable',
    reason: 'invalid-response',
  });
});

test.each([
  'result truncated to the maximum of 500 series',
  'remote_read: error sending request: connection refused',
  'receive series from Addr: 10.0.0.1: rpc error',
])('a warning that something was left out marks the answer: %s', async (warning) => {
  const server = await serve(inOrder({ status: 200, body: vector([], 1, { warnings: [warning] }) }));
  expect(await instantQuery('up', 5000, endpoint(server.url), testPorts())).toMatchObject({ partial: true });
});

test('a truncated answer is marked, warnings about the query change nothing', async () => {
  const truncated = vector([], 1, { warnings: ['result truncated to the maximum of 500 series'] });
  const harmless = vector([], 1, {
    warnings: ['PromQL warning: bucket label missing'],
    infos: ['truncated words'],
  });
  const server = await serve(inOrder({ status: 200, body: truncated }, { status: 200, body: harmless }));
  expect(await instantQuery('up', 5000, endpoint(server.url), testPorts())).toMatchObject({
    partial: true,
    isTruncated: true,
  });
  expect(await instantQuery('up', 5000, endpoint(server.url), testPorts())).toEqual(
    expect.objectContaining({ partial: false }),
  );
});
