import type { Check } from '../expectation.ts';

/** The managed scrapers of a workspace work. */
export const scrapers: Check = () => [];
