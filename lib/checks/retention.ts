import * as z from 'zod/mini';
import { aboutLogGroup } from '../logs/expectation.ts';
import type { LogGroup } from '../logs/questions.ts';
import { textLike } from '../config/values.ts';

const DAY_MS = 86_400_000;
const NEITHER = 'is neither a number of days nor never; write one such as 7d, or never';

/** How long a log group keeps its events: milliseconds, in whole days, or `never` where they do not expire. */
export const retentionSettings = z.union(
  [
    z.literal('never', { error: NEITHER }),
    z.pipe(
      textLike(/^[1-9][0-9]{0,3}d$/, NEITHER),
      z.transform((text: string) => Number(text.slice(0, -1)) * DAY_MS),
    ),
  ],
  { error: NEITHER },
);

export type RetentionSettings = z.output<typeof retentionSettings>;

/** Judges that a log group keeps its events as long as is expected, whether the group or the account says how long. */
export const retention = aboutLogGroup('retention', ({ retention: expected }) => {
  if (expected === undefined) return undefined;
  const days = expected === 'never' ? undefined : expected / DAY_MS;
  return {
    expected: keeps(days),
    observed: ({ retentionDays, retentionPolicy }: LogGroup) => {
      if (retentionDays === days) return undefined;
      const by = retentionPolicy === undefined ? '' : `, by the account's policy ${retentionPolicy}`;
      return `${keeps(retentionDays)}${by}`;
    },
  };
});

function keeps(days: number | undefined): string {
  if (days === undefined) return 'log events never expire';
  return `log events expire after ${days} ${days === 1 ? 'day' : 'days'}`;
}
