import * as z from 'zod/mini';

/** What arrives on the wire: as in the API reference, times in seconds since the epoch. */
const zMetric = z.looseObject({
  Namespace: z.optional(z.string()),
  MetricName: z.optional(z.string()),
  Dimensions: z.optional(z.array(z.looseObject({ Name: z.string(), Value: z.string() }))),
});

const zMetricStat = z.looseObject({
  Metric: zMetric,
  Period: z.int(),
  Stat: z.string(),
  Unit: z.optional(z.string()),
});

const zMetricDataQuery = z.looseObject({
  Id: z.string(),
  MetricStat: z.optional(zMetricStat),
  Expression: z.optional(z.string()),
  Label: z.optional(z.string()),
  ReturnData: z.optional(z.boolean()),
  AccountId: z.optional(z.string()),
});

export const zGetMetricDataInput = z.looseObject({
  MetricDataQueries: z.array(zMetricDataQuery),
  StartTime: z.number(),
  EndTime: z.number(),
  ScanBy: z.optional(z.enum(['TimestampDescending', 'TimestampAscending'])),
  MaxDatapoints: z.optional(z.int()),
  NextToken: z.optional(z.string()),
});

export const zListMetricsInput = z.looseObject({
  Namespace: z.optional(z.string()),
  MetricName: z.optional(z.string()),
  Dimensions: z.optional(z.array(z.looseObject({ Name: z.string(), Value: z.optional(z.string()) }))),
  RecentlyActive: z.optional(z.string()),
  IncludeLinkedAccounts: z.optional(z.boolean()),
  OwningAccount: z.optional(z.string()),
  NextToken: z.optional(z.string()),
});

export type MetricDataQuery = z.infer<typeof zMetricDataQuery>;
export type MetricStat = z.infer<typeof zMetricStat>;
export type GetMetricDataInput = z.infer<typeof zGetMetricDataInput>;
export type ListMetricsInput = z.infer<typeof zListMetricsInput>;

/** A read as it was understood. */
export type MetricRead =
  | { readonly operation: 'ListMetrics'; readonly input: ListMetricsInput }
  | { readonly operation: 'GetMetricData'; readonly input: GetMetricDataInput };

export type MetricOperation = MetricRead['operation'];

/** The read that `operation` and the parsed body `input` make; undefined where they do not fit together. */
export function metricRead(operation: MetricOperation, input: unknown): MetricRead | undefined {
  if (operation === 'ListMetrics') {
    const { data } = zListMetricsInput.safeParse(input);
    return data && { operation, input: data };
  }
  const { data } = zGetMetricDataInput.safeParse(input);
  return data && { operation, input: data };
}
