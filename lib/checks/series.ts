import * as z from 'zod/mini';
import { count } from '../config/values.ts';

const bounds = {
  min: z.optional(count),
  max: z.optional(count),
  exactly: z.optional(count),
};

/** `min`, `max` and `exactly` bound the whole signal, `each` bounds every group of `by`. */
export const seriesSettings = z.strictObject({ ...bounds, each: z.optional(z.strictObject(bounds)) });

export type SeriesSettings = z.output<typeof seriesSettings>;
