import {
  InvalidNextToken,
  InvalidParameterValueException,
  ListMetricsCommand,
} from '@aws-sdk/client-cloudwatch';
import type { ListMetricsCommandInput } from '@aws-sdk/client-cloudwatch';
import { describe, expect, test } from 'vitest';
import { account, DAY, HOUR, MINUTE, NOON, NOW } from '../support/cloudwatch-account.ts';

describe('ListMetrics', () => {
  const named = (name: string, dimensions: Record<string, string>, namespace = 'shop') => ({
    namespace,
    name,
    dimensions,
  });

  test('answers with names, namespaces and dimensions', async () => {
    const { client } = await account([named('served', { pod: 'p', cluster: 'c' })]);
    const { Metrics } = await client().send(new ListMetricsCommand({}));
    const Dimensions = [
      { Name: 'pod', Value: 'p' },
      { Name: 'cluster', Value: 'c' },
    ];
    expect(Metrics).toEqual([{ Namespace: 'shop', MetricName: 'served', Dimensions }]);
  });

  test.each<[string, ListMetricsCommandInput, string[]]>([
    ['nothing', {}, ['a', 'b', 'c', 'd']],
    ['a namespace', { Namespace: 'shop' }, ['a', 'b', 'c']],
    ['a part of a namespace', { Namespace: 'sho' }, []],
    ['a name', { MetricName: 'b' }, ['b']],
    ['a dimension name', { Dimensions: [{ Name: 'pod' }] }, ['a', 'b', 'd']],
    ['a dimension', { Dimensions: [{ Name: 'pod', Value: '1' }] }, ['a', 'd']],
    ['two dimensions', { Dimensions: [{ Name: 'pod', Value: '2' }, { Name: 'cluster' }] }, ['b']],
    ['all of it', { Namespace: 'shop', MetricName: 'a', Dimensions: [{ Name: 'cluster' }] }, []],
  ])('filters by %s', async (_, input, names) => {
    const { list } = await account([
      named('a', { pod: '1' }),
      named('b', { pod: '2', cluster: 'c' }),
      named('c', {}),
      named('d', { pod: '1' }, 'other'),
    ]);
    await expect(list(input)).resolves.toEqual(names);
  });

  test('pages by five hundred', async () => {
    const metrics = Array.from({ length: 1200 }, (_, index) => named('m', { pod: String(index) }));
    const { listPage, cloudWatch } = await account(metrics);
    const sizes: number[] = [];
    let token: string | undefined;
    do {
      const page = await listPage({
        Namespace: 'shop',
        ...(token === undefined ? {} : { NextToken: token }),
      });
      sizes.push(page.names.length);
      ({ token } = page);
    } while (token !== undefined);
    expect(sizes).toEqual([500, 500, 200]);
    expect(cloudWatch.requests).toMatchObject([
      { operation: 'ListMetrics', input: { Namespace: 'shop' }, at: NOW },
      { operation: 'ListMetrics', input: { Namespace: 'shop', NextToken: expect.any(String) as string } },
      { operation: 'ListMetrics' },
    ]);
  });

  test('shows every metric once, also where more appear between the pages', async () => {
    const old = ['a', 'b', 'c', 'd', 'e'].map((name) => named(name, {}));
    const young = ['v', 'w', 'x', 'y', 'z'].map((name) => ({
      ...named(name, {}),
      since: NOON - 14 * MINUTE,
    }));
    const { listPage, advance, list } = await account([...old, ...young], { pageSize: { metrics: 2 } });
    const first = await listPage({});
    advance(5 * MINUTE);
    const second = await listPage({ NextToken: first.token });
    const third = await listPage({ NextToken: second.token });
    expect(third.token).toBeUndefined();
    expect([...first.names, ...second.names, ...third.names].sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
    await expect(list()).resolves.toHaveLength(2);
  });

  test('lists a metric from 15 min after its first datapoint until two weeks after its last', async () => {
    const { list, advance } = await account([{ since: NOON, until: NOON + HOUR }]);
    const seen = async (milliseconds: number) => {
      advance(milliseconds);
      return (await list()).length;
    };
    expect(await seen(15 * MINUTE - 251)).toBe(0);
    expect(await seen(1)).toBe(1);
    const lastMinute = 59 * MINUTE;
    expect(await seen(lastMinute - 15 * MINUTE + 14 * DAY)).toBe(1);
    expect(await seen(MINUTE)).toBe(0);
  });

  test('lists a metric sooner where told, but not before it was delivered', async () => {
    const { list, advance } = await account([{ since: NOON }], { listedAfter: 0 });
    advance(2 * MINUTE);
    await expect(list()).resolves.toEqual([]);
    advance(MINUTE);
    await expect(list()).resolves.toEqual(['served']);
  });

  test('narrows to what was active in the last three hours, give or take fifty minutes', async () => {
    const ended = Array.from({ length: 40 }, (_, index) => named('m', { pod: String(index) }));
    const until = NOON - HOUR;
    const { list, advance } = await account(ended.map((metric) => ({ ...metric, until })));
    const seen = async (age: number) => {
      advance(age);
      return (await list({ RecentlyActive: 'PT3H' })).length;
    };
    const whole = 2 * HOUR - 2 * MINUTE;
    expect(await seen(whole)).toBe(40);
    const later = await seen(25 * MINUTE);
    expect(later).toBeGreaterThan(0);
    expect(later).toBeLessThan(40);
    expect(await seen(30 * MINUTE)).toBe(0);
    await expect(list()).resolves.toHaveLength(40);
  });

  test('refuses more than ten filters, other periods and foreign tokens', async () => {
    const { client, listPage } = await account([named('a', {}), named('b', {})], {
      pageSize: { metrics: 1 },
    });
    const send = (input: ListMetricsCommandInput) => client().send(new ListMetricsCommand(input));
    const Dimensions = Array.from({ length: 11 }, (_, index) => ({ Name: `d${index}` }));
    const tooMany = send({ Dimensions });
    await expect(tooMany).rejects.toThrow('The collection Dimensions must not have a size greater than 10.');
    await expect(tooMany).rejects.toBeInstanceOf(InvalidParameterValueException);
    const { token } = await listPage({ Namespace: 'shop' });
    await expect(send({ NextToken: token })).rejects.toBeInstanceOf(InvalidNextToken);
    await expect(send({ NextToken: 'nonsense' })).rejects.toBeInstanceOf(InvalidNextToken);
    await expect(listPage({ Namespace: 'shop', NextToken: token })).resolves.toMatchObject({
      token: undefined,
    });
  });
});
