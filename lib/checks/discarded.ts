import * as z from 'zod/mini';
import { about, duration, share } from '../config/values.ts';
import type { Check } from '../expectation.ts';

export const discardedSettings = z.strictObject({
  max: about(z.prefault(share, '1%'), 'At most this share of what is sent is discarded, for any one reason.'),
  over: about(z.prefault(duration, '15m'), 'Over which time.'),
});

export type DiscardedSettings = z.output<typeof discardedSettings>;

export const discarded: Check = () => [];
