import * as z from 'zod/mini';
import { about, share } from '../config/values.ts';
import type { Check } from '../expectation.ts';

export const quotasSettings = z.strictObject({
  max: about(z.prefault(share, '80%'), 'At most this share of a quota is used.'),
});

export type QuotasSettings = z.output<typeof quotasSettings>;

export const quotas: Check = () => [];
