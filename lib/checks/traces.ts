import * as z from 'zod/mini';
import { about, positive } from '../config/values.ts';
import type { Check } from '../expectation.ts';

export const tracesSettings = z.strictObject({
  min: about(positive, 'At least so many traces within the time of fresh.'),
});

export type TracesSettings = z.output<typeof tracesSettings>;

export const traces: Check = () => [];
