import type { Check } from '../expectation.ts';

/** The alert manager of a workspace is loaded and delivers. */
export const alerting: Check = () => [];
