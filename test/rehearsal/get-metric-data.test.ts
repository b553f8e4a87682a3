import { InvalidNextToken } from '@aws-sdk/client-cloudwatch';
import type { GetMetricDataCommandInput } from '@aws-sdk/client-cloudwatch';
import { describe, expect, test } from 'vitest';
import { account, DAY, MINUTE, NOON, NOW, query } from '../support/cloudwatch-account.ts';
import type { Account } from '../support/cloudwatch-account.ts';

describe('GetMetricData', () => {
  test('answers with the delivered minutes, the newest first', async () => {
    const { read, cloudWatch } = await account([{ interval: 15 }]);
    await expect(read()).resolves.toEqual({
      results: [
        {
          Id: 'q',
          Label: 'served',
          Timestamps: ['11:57', '11:56', '11:55'],
          Values: [4, 4, 4],
          StatusCode: 'Complete',
        },
      ],
      token: undefined,
    });
    expect(cloudWatch.requests).toMatchObject([
      {
        operation: 'GetMetricData',
        input: { MetricDataQueries: [{ Id: 'q' }], StartTime: NOON / 1000 - 300, EndTime: NOON / 1000 },
        at: NOW,
      },
    ]);
  });

  test('includes the start, excludes the end, and rounds the start down to its minute', async () => {
    const { read } = await account([{}]);
    const timestamps = async (StartTime: Date, EndTime: Date) => {
      const { results } = await read({ StartTime, EndTime, ScanBy: 'TimestampAscending' });
      return results[0]?.['Timestamps'];
    };
    const at = (time: string) => new Date(`2026-11-20T${time}Z`);
    expect(await timestamps(at('11:10:00'), at('11:12:00'))).toEqual(['11:10', '11:11']);
    expect(await timestamps(at('11:10:59.5'), at('11:12:00.001'))).toEqual(['11:10', '11:11', '11:12']);
  });

  test.each([
    ['SampleCount', [20, 20]],
    ['Sum', [40, 40]],
    ['Average', [2, 2]],
    ['Minimum', [0, 0]],
    ['Maximum', [4, 4]],
  ])('%s over five minutes', async (Stat, values) => {
    const value = (at: number) => Math.floor(at / MINUTE) % 5;
    const { read } = await account([{ interval: 15, value }]);
    const { results } = await read({
      MetricDataQueries: [query({}, { Stat, Period: 300 })],
      StartTime: new Date(NOON - 20 * MINUTE),
      EndTime: new Date(NOON - 10 * MINUTE),
    });
    expect(results).toMatchObject([{ Timestamps: ['11:45', '11:40'], Values: values }]);
  });

  test('counts periods from the start that was asked for', async () => {
    const { read } = await account([{ interval: 60 }]);
    const { results } = await read({
      MetricDataQueries: [query({}, { Period: 420 })],
      StartTime: new Date(NOON - 18 * MINUTE),
      EndTime: new Date(NOON - 4 * MINUTE),
    });
    expect(results).toMatchObject([{ Timestamps: ['11:49', '11:42'], Values: [7, 7] }]);
  });

  test.each([
    ['p0', 0],
    ['p50', 4.5],
    ['p99', 8.91],
    ['p100', 9],
  ])('%s of ten minutes is made of their values', async (Stat, value) => {
    const { read } = await account([{ value: (at: number) => Math.floor(at / MINUTE) % 10 }]);
    const { results } = await read({
      MetricDataQueries: [query({}, { Stat, Period: 600 })],
      StartTime: new Date(NOON - 15 * MINUTE),
      EndTime: new Date(NOON - 5 * MINUTE),
    });
    expect(results).toMatchObject([{ Timestamps: ['11:45'], Values: [expect.closeTo(value, 9)] }]);
  });

  test('knows a metric by exactly its dimensions, in any order', async () => {
    const { read } = await account([{ dimensions: { pod: 'p', cluster: 'c' } }]);
    const asked = (Id: string, dimensions: Record<string, string>) => {
      const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
      return query({ Id }, { Metric: { Namespace: 'shop', MetricName: 'served', Dimensions } });
    };
    const queries = [
      asked('same', { cluster: 'c', pod: 'p' }),
      asked('fewer', { pod: 'p' }),
      asked('more', { pod: 'p', cluster: 'c', node: 'n' }),
      asked('other', { pod: 'p', cluster: 'd' }),
    ];
    const { results } = await read({ MetricDataQueries: queries });
    expect(results.map(({ Id, Values, StatusCode }) => [Id, Values, StatusCode])).toEqual([
      ['same', [1, 1, 1], 'Complete'],
      ['fewer', [], 'Complete'],
      ['more', [], 'Complete'],
      ['other', [], 'Complete'],
    ]);
  });

  test('leaves out what is not asked back, and takes a label', async () => {
    const { read } = await account([{}]);
    const { results } = await read({
      MetricDataQueries: [query({ Id: 'a', ReturnData: false }), query({ Id: 'b', Label: 'mine' })],
    });
    expect(results).toMatchObject([{ Id: 'b', Label: 'mine' }]);
  });

  test('keeps minutes for 15 days', async () => {
    const { read } = await account([{ since: NOON - 20 * DAY, interval: 3600 }]);
    const StartTime = new Date(NOON - 20 * DAY);
    const first = async (Period: number) => {
      const MetricDataQueries = [query({}, { Period })];
      const { results } = await read({ MetricDataQueries, StartTime, ScanBy: 'TimestampAscending' });
      return (results[0]?.['Values'] as number[] | undefined)?.length;
    };
    expect([await first(60), await first(300)]).toEqual([15 * 24 - 1, 20 * 24]);
  });

  test('answers five hundred queries at once', async () => {
    const { read } = await account([{}]);
    const queries = Array.from({ length: 500 }, (_, index) => query({ Id: `q${index}` }));
    const { results } = await read({ MetricDataQueries: queries });
    expect(results.filter(({ Values }) => (Values as number[]).length === 3)).toHaveLength(500);
  });
});

describe('pages of GetMetricData', () => {
  const queries = ['a', 'b', 'c'].map((Id) => query({ Id }));

  async function pages(
    { read }: Account,
    input: Partial<GetMetricDataCommandInput>,
  ): Promise<(readonly unknown[])[]> {
    const seen: (readonly unknown[])[] = [];
    let NextToken: string | undefined;
    do {
      const page = await read({ ...input, ...(NextToken === undefined ? {} : { NextToken }) });
      const said = page.results.map(
        ({ Id, Timestamps, StatusCode }) =>
          `${String(Id)} ${(Timestamps as string[]).join(',')} ${String(StatusCode)}`,
      );
      seen.push(said);
      NextToken = page.token;
    } while (NextToken !== undefined);
    return seen;
  }

  test('say PartialData until a result is Complete', async () => {
    const simulated = await account([{}], { pageSize: { datapoints: 4 } });
    await expect(pages(simulated, { MetricDataQueries: queries })).resolves.toEqual([
      ['a 11:57,11:56,11:55 Complete', 'b 11:57 PartialData'],
      ['b 11:56,11:55 Complete', 'c 11:57,11:56 PartialData'],
      ['c 11:55 Complete'],
    ]);
  });

  test('are as small as MaxDatapoints says, in the order of the scan', async () => {
    const simulated = await account([{}]);
    const input = {
      MetricDataQueries: queries.slice(0, 1),
      MaxDatapoints: 2,
      ScanBy: 'TimestampAscending' as const,
    };
    await expect(pages(simulated, input)).resolves.toEqual([
      ['a 11:55,11:56 PartialData'],
      ['a 11:57 Complete'],
    ]);
  });

  test('go on where they were, whatever has been delivered meanwhile', async () => {
    const simulated = await account([{}], { pageSize: { datapoints: 2 } });
    const first = await simulated.read();
    simulated.advance(2 * MINUTE);
    const second = await simulated.read({ NextToken: first.token });
    expect(second).toMatchObject({ results: [{ Timestamps: ['11:55'] }], token: undefined });
    const foreign = simulated.read({ ScanBy: 'TimestampAscending', NextToken: first.token });
    await expect(foreign).rejects.toBeInstanceOf(InvalidNextToken);
  });
});
