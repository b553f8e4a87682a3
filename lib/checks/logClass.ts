import * as z from 'zod/mini';
import type { Check } from '../expectation.ts';

export const logClassSettings = z.enum(['STANDARD', 'INFREQUENT_ACCESS', 'DELIVERY', 'ESSENTIALS'], {
  error: 'is not a log class; write STANDARD, INFREQUENT_ACCESS, ESSENTIALS or DELIVERY',
});

export const logClass: Check = () => [];
