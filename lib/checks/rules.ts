import type { Check } from '../expectation.ts';

/** The rule groups of a workspace are loaded and evaluate. */
export const rules: Check = () => [];
