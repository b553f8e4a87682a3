import * as z from 'zod/mini';
import { awsJson, awsJsonError } from './aws-json.ts';
import { MINUTE_MS } from './emission.ts';
import type { Reply } from './http.ts';
import type { Contribution, ContributionSource } from './metric-store.ts';

const zInput = z.looseObject({
  Namespace: z.string(),
  MetricData: z.array(
    z.looseObject({
      MetricName: z.string(),
      Dimensions: z.optional(z.array(z.looseObject({ Name: z.string(), Value: z.string() }))),
      Timestamp: z.optional(z.number()),
      Value: z.number(),
    }),
  ),
});

const MOST_METRICS = 1000;
const MOST_DIMENSIONS = 30;
const TWO_WEEKS_MS = 14 * 24 * 60 * MINUTE_MS;
const TWO_HOURS_MS = 2 * 60 * MINUTE_MS;
const DELAY_MS = MINUTE_MS;

export type PutMetricDataInput = z.infer<typeof zInput>;

/** The parsed body of a request; undefined where it is none. */
export function putInput(body: unknown): PutMetricDataInput | undefined {
  return zInput.safeParse(body).data;
}

/** What was sent by PutMetricData: a source of a metric store. */
export interface PutMetrics extends ContributionSource {
  /** Takes what is sent at `now` (ms), or refuses it. */
  readonly put: (input: PutMetricDataInput, now: number) => Reply;
}

/** Takes what is sent by PutMetricData; a minute can be read `delayMs` after its end, by default a minute. */
export function putMetrics(delayMs: () => number = () => DELAY_MS): PutMetrics {
  let contributions: readonly Contribution[] = [];
  return {
    get contributions() {
      return contributions;
    },
    put: (input, now) => {
      const problem = problemOf(input, now);
      if (problem !== undefined) {
        return awsJsonError(400, 'InvalidParameterValueException', problem, 'InvalidParameterValue');
      }
      const delay = delayMs();
      const added = input.MetricData.map(
        ({ MetricName, Dimensions = [], Timestamp, Value }): Contribution => {
          const at = Math.floor((Timestamp ?? now / 1000) * 1000);
          return {
            identity: {
              namespace: input.Namespace,
              name: MetricName,
              dimensions: new Map(Dimensions.map((one) => [one.Name, one.Value])),
            },
            emission: {
              interval: 1,
              phase: 0,
              valueAt: () => Value,
              spans: [{ from: at, to: at + 1 }],
              delayAt: () => delay,
            },
          };
        },
      );
      contributions = [...contributions, ...added];
      return awsJson({});
    },
  };
}

function problemOf({ MetricData }: PutMetricDataInput, now: number): string | undefined {
  if (MetricData.length > MOST_METRICS) {
    return `The collection MetricData must not have a size greater than ${MOST_METRICS}.`;
  }
  for (const { Dimensions = [], Timestamp = now / 1000 } of MetricData) {
    const ageMs = now - Timestamp * 1000;
    if (ageMs > TWO_WEEKS_MS || ageMs < -TWO_HOURS_MS) {
      return 'The parameter MetricData.member.1.Timestamp must specify a time within the past two weeks and no later than two hours ahead.';
    }
    if (Dimensions.length > MOST_DIMENSIONS) {
      return `The collection MetricData.member.1.Dimensions must not have a size greater than ${MOST_DIMENSIONS}.`;
    }
    if (Dimensions.some(({ Value }) => !/^[\x20-\x7e]*[\x21-\x7e][\x20-\x7e]*$/.test(Value))) {
      return 'The value for parameter MetricData.member.1.Dimensions.member.1.Value must contain only ASCII characters.';
    }
  }
  return undefined;
}
