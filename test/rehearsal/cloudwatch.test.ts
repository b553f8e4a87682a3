import { GetMetricDataCommand, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { describe, expect, test } from 'vitest';
import type { QueryFault } from '../../rehearsal/get-metric-data.ts';
import { account, CREDENTIALS, lastMinutes, MINUTE, NOW, query } from '../support/cloudwatch-account.ts';
import { signedFetch } from '../support/signed-fetch.ts';

describe('faults', () => {
  test('throttle so many requests, or all of them', async () => {
    const { cloudWatch, client, list } = await account([{}]);
    const throttled = {
      name: 'ThrottlingException',
      message: 'Rate exceeded',
      $metadata: { httpStatusCode: 400 },
    };
    cloudWatch.throttle(1);
    await expect(list()).rejects.toMatchObject(throttled);
    await expect(list()).resolves.toEqual(['served']);
    cloudWatch.throttle(1);
    await expect(client({ maxAttempts: 2 }).send(new ListMetricsCommand({}))).resolves.toMatchObject({
      $metadata: { attempts: 2 },
    });
    cloudWatch.throttle(Infinity);
    await expect(list()).rejects.toMatchObject(throttled);
    cloudWatch.throttle(0);
    await expect(list()).resolves.toEqual(['served']);
    expect(cloudWatch.requests).toHaveLength(6);
  });

  test('deny an action until it is allowed', async () => {
    const { cloudWatch, read, list } = await account([{}]);
    cloudWatch.deny('cloudwatch:GetMetricData');
    await expect(read()).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message:
        'User: arn:aws:sts::111122223333:assumed-role/plumbline/plumbline is not authorized to perform: ' +
        'cloudwatch:GetMetricData because no identity-based policy allows the cloudwatch:GetMetricData action',
    });
    await expect(list()).resolves.toEqual(['served']);
    cloudWatch.allow('cloudwatch:GetMetricData');
    await expect(read()).resolves.toMatchObject({ results: [{ StatusCode: 'Complete' }] });
    cloudWatch.deny('cloudwatch:ListMetrics');
    await expect(list()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  test('give single queries another status', async () => {
    const faults = new Map<string, QueryFault>([
      ['a', 'Forbidden'],
      ['b', 'InternalError'],
      ['c', 'PartialData'],
    ]);
    const { read } = await account([{}], { statusOf: ({ Id }) => faults.get(Id) });
    const { results, token } = await read({
      MetricDataQueries: ['a', 'b', 'c', 'd'].map((Id) => query({ Id })),
    });
    expect(results.map(({ Timestamps, StatusCode }) => [Timestamps, StatusCode])).toEqual([
      [[], 'Forbidden'],
      [[], 'InternalError'],
      [['11:55'], 'PartialData'],
      [['11:57', '11:56', '11:55'], 'Complete'],
    ]);
    expect(results[0]?.['Messages']).toEqual([
      { Code: 'Forbidden', Value: 'Authentication too complex to retrieve cross region data' },
    ]);
    expect(token).toBeUndefined();
  });

  test('replace the answer, cut the connection, or never answer', async () => {
    const { client } = await account([{}], {
      interfere: ({ operation, input }) => {
        if (operation === 'GetMetricData') return { status: 503, body: '{"message":"try later"}' };
        return input?.['Namespace'] === 'cut' ? 'reset' : 'hang';
      },
    });
    const read = client().send(new GetMetricDataCommand(lastMinutes(5)));
    await expect(read).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
    await expect(client().send(new ListMetricsCommand({ Namespace: 'cut' }))).rejects.toMatchObject({
      code: 'ECONNRESET',
    });
    const impatient = { abortSignal: AbortSignal.timeout(50) };
    await expect(client().send(new ListMetricsCommand({}), impatient)).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});

describe('on the wire', () => {
  const SIGNING = { ...CREDENTIALS, region: 'eu-west-1', service: 'monitoring', at: NOW };
  const request = (target: string, body = '{}') => ({
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target },
    body,
  });
  const TARGET = 'GraniteServiceVersion20100801.ListMetrics';

  test('the client speaks AWS JSON 1.0, uncompressed, with query names beside the errors', async () => {
    const { read, cloudWatch } = await account([]);
    const queries = Array.from({ length: 200 }, (_, index) => query({ Id: `q${index}` }));
    await read({ MetricDataQueries: queries });
    const [seen] = cloudWatch.requests;
    expect(seen?.bytes).toBeGreaterThan(10_240);
    expect(Object.fromEntries(seen?.headers ?? [])).toMatchObject({
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'GraniteServiceVersion20100801.GetMetricData',
      'x-amzn-query-mode': 'true',
    });
    expect(seen?.headers.has('content-encoding')).toBe(false);
  });

  test.each([
    ['no signature', {}, undefined, 'MissingAuthenticationTokenException'],
    ['another service', { service: 'aps' }, 403, 'InvalidSignatureException'],
    ['an unknown key', { accessKeyId: 'x' }, 403, 'UnrecognizedClientException'],
    ['a wrong clock', { at: NOW - 10 * MINUTE }, 403, 'InvalidSignatureException'],
  ])('refuses %s', async (_, over, status, type) => {
    const { cloudWatch } = await account([]);
    const url = `${cloudWatch.url}/`;
    const response = await (status === undefined
      ? fetch(url, request(TARGET))
      : signedFetch(url, request(TARGET), { ...SIGNING, ...over }));
    expect([response.status, await response.json()]).toMatchObject([
      403,
      { __type: `com.amazonaws.cloudwatch#${type}` },
    ]);
    expect(cloudWatch.requests).toMatchObject([{ operation: 'ListMetrics' }]);
  });

  test.each([
    [
      'an unknown operation',
      'GraniteServiceVersion20100801.PutMetricData',
      '{}',
      404,
      'UnknownOperationException',
    ],
    ['a body that is no JSON', TARGET, '{', 400, 'SerializationException'],
    ['a body of other types', TARGET, '{"Namespace":1}', 400, 'SerializationException'],
  ])('refuses %s', async (_, target, body, status, type) => {
    const { cloudWatch } = await account([]);
    const response = await signedFetch(`${cloudWatch.url}/`, request(target, body), SIGNING);
    expect([response.status, await response.json()]).toMatchObject([
      status,
      { __type: `com.amazonaws.cloudwatch#${type}` },
    ]);
    const [seen] = cloudWatch.requests;
    expect(seen).not.toHaveProperty('operation');
  });

  test('shows the simulated time, so that a client keeps the clock it was given', async () => {
    const { client, cloudWatch } = await account([{}]);
    const one = client();
    await one.send(new ListMetricsCommand({}));
    await one.send(new ListMetricsCommand({}));
    expect(cloudWatch.requests).toHaveLength(2);
    const response = await fetch(cloudWatch.url);
    expect(response.headers.get('date')).toBe('Fri, 20 Nov 2026 12:00:00 GMT');
  });
});
