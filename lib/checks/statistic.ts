import * as z from 'zod/mini';
import { about, decimal, duration, textLike } from '../config/values.ts';
import type { Check } from '../expectation.ts';

const NOT_A_STATISTIC =
  'is not a statistic; write average, sum, minimum, maximum, sampleCount, or on cloudwatch a percentile such as p99';

/** A statistic of the signal's series over a time, judged for every group. */
export const statisticSettings = z.strictObject({
  is: about(
    textLike(/^(?:average|sum|minimum|maximum|sampleCount|p(?:100|\d{1,2}(?:\.\d{1,2})?))$/, NOT_A_STATISTIC),
    'average, sum, minimum, maximum, sampleCount; on cloudwatch also a percentile such as p99.',
  ),
  over: about(z.prefault(duration, '15m'), 'Over which time.'),
  min: about(z.optional(decimal), 'At least this.'),
  max: about(z.optional(decimal), 'At most this.'),
});

export type StatisticSettings = z.output<typeof statisticSettings>;

export const statistic: Check = () => [];
