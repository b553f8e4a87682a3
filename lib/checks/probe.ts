import * as z from 'zod/mini';
import { about, duration } from '../config/values.ts';
import type { Check } from '../expectation.ts';

/** A sample that Plumbline writes itself, to be read back. */
export const probeSettings = z.strictObject({
  within: about(duration, 'How soon it can be read.'),
});

export type ProbeSettings = z.output<typeof probeSettings>;

export const probe: Check = () => [];
