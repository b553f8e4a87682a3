import * as z from 'zod/mini';
import { about, duration, notEmpty, share } from '../config/values.ts';
import type { Check } from '../expectation.ts';

/** How the targets of the signal's jobs are scraped. */
export const targetsSettings = z
  .strictObject({
    up: about(z.optional(share), 'At least this share of the targets of every job is up.'),
    timeout: about(
      z.optional(duration),
      'The scrape timeout; no job may have a target that takes nearly as long.',
    ),
  })
  .check(notEmpty('expects nothing; write up: 90%, or timeout: 10s'), z.meta({ minProperties: 1 }));

export type TargetsSettings = z.output<typeof targetsSettings>;

export const targets: Check = () => [];
