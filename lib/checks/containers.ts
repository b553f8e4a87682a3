import * as z from 'zod/mini';
import type { Check } from '../expectation.ts';

const NOT_NAMES = 'is not a list of container names; write [adot-collector]';

/** Containers that must run in every running task; by default those whose name or image tells of a collector. */
export const containersSettings = z
  .array(z.string({ error: NOT_NAMES }).check(z.minLength(1)), { error: NOT_NAMES })
  .check(z.minLength(1));

export type ContainersSettings = z.output<typeof containersSettings>;

export const containers: Check = () => [];
