import * as z from 'zod/mini';
import { duration } from '../config/values.ts';
import type { Check } from '../expectation.ts';

const NEITHER = 'is neither a duration nor never; write one such as 7d, or never';

/** How long a log group keeps its events: milliseconds, or `never` where they do not expire. */
export const retentionSettings = z.union([z.literal('never'), duration], { error: NEITHER });

export type RetentionSettings = z.output<typeof retentionSettings>;

export const retention: Check = () => [];
