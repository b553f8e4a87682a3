import * as z from 'zod/mini';
import { about, decimal } from '../config/values.ts';
import type { Check } from '../expectation.ts';

/** A question of the user's own. */
export const promqlSettings = z.strictObject({
  query: about(
    z.string().check(z.minLength(1), z.maxLength(10_000)),
    'An instant query that returns a vector or a scalar.',
  ),
  returns: about(
    z.optional(z.enum(['something', 'nothing'], { error: 'is neither something nor nothing' })),
    'Whether anything may come back: something, which is the default, or nothing.',
  ),
  min: about(z.optional(decimal), 'Every value is at least this.'),
  max: about(z.optional(decimal), 'Every value is at most this.'),
});

export type PromqlSettings = z.output<typeof promqlSettings>;

export const promql: Check = () => [];
