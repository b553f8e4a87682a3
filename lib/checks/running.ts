import * as z from 'zod/mini';
import { about, positive } from '../config/values.ts';
import type { Check } from '../expectation.ts';

export const runningSettings = z.strictObject({
  min: about(positive, 'At least so many tasks are desired and running.'),
});

export type RunningSettings = z.output<typeof runningSettings>;

export const running: Check = () => [];
