import * as z from 'zod/mini';
import { planes } from '../signal.ts';

const dollars = z.number().check(z.nonnegative());
const amount = z.number().check(z.nonnegative());

const requestCost = z.object({
  plane: z.nullable(z.enum(planes)),
  action: z.string().check(z.meta({ description: 'The IAM action, such as cloudwatch:GetMetricData.' })),
  requestsPerRun: amount.check(z.meta({ description: 'In a run that remembers the one before.' })),
  requestsPerMonth: amount,
  unit: z
    .nullable(z.string())
    .check(z.meta({ description: 'What is paid for; null without a known price.' })),
  unitsPerMonth: z
    .nullable(amount)
    .check(z.meta({ description: 'null without a known price, and where answers do not tell.' })),
  dollarsPerMonth: z.nullable(dollars).check(z.meta({ description: 'null where it is not known, never 0.' })),
});

/** What a configuration asks, and what that costs in a month. */
export const costSchema = z.object({
  prices: z.object({ region: z.string(), date: z.string(), freeTiers: z.literal(false) }),
  hoursPerMonth: z.number(),
  clusters: z.array(
    z.object({
      cluster: z.string(),
      everySeconds: amount,
      runsPerMonth: amount,
      coldStartRequests: amount.check(
        z.meta({ description: 'How many requests more a run asks that remembers nothing.' }),
      ),
      requests: z.array(requestCost),
      dollarsPerMonth: dollars.check(z.meta({ description: 'Of what has a known price.' })),
    }),
  ),
  own: z.array(z.object({ what: z.string(), assuming: z.string(), dollarsPerMonth: dollars })),
  dollarsPerMonth: dollars.check(z.meta({ description: 'Of what has a known price.' })),
  notKnown: z
    .array(z.string())
    .check(z.meta({ description: 'What is not in the sum, since no price or no amount is known.' })),
});

export type Cost = z.output<typeof costSchema>;
export type RequestCost = z.output<typeof requestCost>;
