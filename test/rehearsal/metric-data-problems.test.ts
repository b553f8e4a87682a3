import { GetMetricDataCommand, ValidationException } from '@aws-sdk/client-cloudwatch';
import type { GetMetricDataCommandInput } from '@aws-sdk/client-cloudwatch';
import { describe, expect, test } from 'vitest';
import { account, lastMinutes, NOON, query } from '../support/cloudwatch-account.ts';

describe('validation', () => {
  const at = new Date(NOON);
  test.each<[string, Partial<GetMetricDataCommandInput>, string]>([
    [
      'too many queries',
      { MetricDataQueries: Array.from({ length: 501 }, (_, index) => query({ Id: `q${index}` })) },
      'The collection MetricDataQueries must not have a size greater than 500.\n',
    ],
    [
      'ids that are not unique',
      { MetricDataQueries: [query(), query()] },
      'The values for parameter id in MetricDataQueries are not unique.\n',
    ],
    ['no queries', { MetricDataQueries: [] }, 'The parameter MetricDataQueries is required.\n'],
    [
      'no time',
      { StartTime: at, EndTime: at },
      'The parameter StartTime must not equal parameter EndTime.\n',
    ],
    [
      'an end before the start',
      { StartTime: at, EndTime: new Date(NOON - 1) },
      'The parameter StartTime must be less than the parameter EndTime.\n',
    ],
    [
      'too many datapoints',
      { MaxDatapoints: 100_801 },
      'The value 100801 for parameter MaxDatapoints must be between 1 and 100800.\n',
    ],
    [
      'several things at once',
      {
        MetricDataQueries: [
          query({ Id: 'Q' }, { Period: 90 }),
          query({}, { Stat: 'Min' }),
          query({ Id: 'e' }, { Stat: 'tm99', Unit: 'Bytes' }),
          { Id: 'f', Expression: 'SUM(METRICS())' },
          { Id: 'g' },
          query({ Id: 'h' }, { Metric: {} }),
        ],
      },
      [
        'The value Q for parameter MetricDataQueries.member.1.Id does not match the expected pattern ^[a-z][a-zA-Z0-9_]*$.',
        'The value 90 for parameter MetricDataQueries.member.1.MetricStat.Period must be a multiple of 60.',
        'The value Min for parameter MetricDataQueries.member.2.MetricStat.Stat is not a valid statistic.',
        'not simulated: MetricDataQueries.member.3.MetricStat.Stat tm99',
        'not simulated: MetricDataQueries.member.3.MetricStat.Unit',
        'not simulated: MetricDataQueries.member.4.Expression',
        'The parameter MetricDataQueries.member.5 needs either Expression or MetricStat.',
        'The parameter MetricDataQueries.member.6.MetricStat.Metric.Namespace is required.',
        'The parameter MetricDataQueries.member.6.MetricStat.Metric.MetricName is required.',
        '',
      ].join('\n'),
    ],
  ])('refuses %s', async (_, input, message) => {
    const { client } = await account([]);
    const sent = client().send(new GetMetricDataCommand({ ...lastMinutes(5), ...input }));
    await expect(sent).rejects.toBeInstanceOf(ValidationException);
    await expect(sent).rejects.toMatchObject({
      name: 'ValidationException',
      message,
      Error: { Code: 'ValidationError', Type: 'Sender' },
      $metadata: { httpStatusCode: 400 },
    });
  });
});
