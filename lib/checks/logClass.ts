import * as z from 'zod/mini';
import { aboutLogGroup } from '../logs/expectation.ts';

export const logClassSettings = z.enum(['STANDARD', 'INFREQUENT_ACCESS', 'DELIVERY', 'ESSENTIALS'], {
  error: 'is not a log class; write STANDARD, INFREQUENT_ACCESS, ESSENTIALS or DELIVERY',
});

/** Judges that a log group has the class that is expected. */
export const logClass = aboutLogGroup('logClass', ({ logClass: expected }) => {
  if (expected === undefined) return undefined;
  return {
    expected,
    observed: (group) =>
      group.logClass === expected
        ? undefined
        : `${group.logClass}; the class of a log group cannot be changed`,
  };
});
