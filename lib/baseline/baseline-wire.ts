import * as z from 'zod/mini';
import type { Wire } from '../stores/wire.ts';
import type { Baseline } from './baseline.ts';

const schema = z.strictObject({ format: z.literal(1) });

/** How a baseline stands in a store. */
export const baselineWire: Wire<Baseline> = {
  toJson: () => ({ format: 1 }),
  fromJson: (json) => {
    const parsed = z.safeParse(schema, json);
    return parsed.success
      ? { value: { values: new Map(), accepted: [] } }
      : { problem: parsed.error.issues[0]?.code ?? 'of another shape' };
  },
};
