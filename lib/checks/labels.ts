import * as z from 'zod/mini';
import { entries, labelName, labelNameProblem } from '../config/values.ts';

const labelNames = z.array(labelName).check(z.minLength(1));
const labelValues = z.array(z.string().check(z.minLength(1))).check(z.minLength(1));

export const labelsSettings = z.strictObject({
  /** On every live series. */
  require: z.optional(labelNames),
  /** On no live series. */
  forbid: z.optional(labelNames),
  /** A list: each value must exist. `only`: no other value may. */
  values: z.optional(
    entries(z.union([labelValues, z.strictObject({ only: labelValues })]), labelNameProblem),
  ),
  /** The whole set of label names, the metric's own name aside. */
  exactly: z.optional(labelNames),
});

export type LabelsSettings = z.output<typeof labelsSettings>;
