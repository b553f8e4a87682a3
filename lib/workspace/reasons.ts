/** Why AMP discards samples, in the words of its metric, and what helps. The list is open (failure-modes B, AMP's page on its metrics). */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [
    /^rate_limited$/,
    'more samples a second than the workspace takes: raise the ingestion rate quota, or send less',
  ],
  [
    /^per_user_series_limit$/,
    'the workspace takes no more series: those there are go on, new ones never appear; cut labels, raise the quota, and grow slowly, for the limit follows the last 30 minutes',
  ],
  [/^per_metric_series_limit$/, 'a single metric has too many series: cut its labels'],
  [
    /^per_labelset_series_limit$/,
    'a label set has reached its limit: raise its maxSeries in the workspace configuration',
  ],
  [
    /^(?:sample-out-of-order|new-value-for-timestamp)$/,
    'the same series are sent twice: replicas, a DaemonSet that scrapes what every node scrapes, or an old collector beside the new; let one send, or add a label to each',
  ],
  [
    /^(?:sample-too-old|greater_than_max_sample_age)$/,
    'samples arrive too late: a clock is off, or a collector sends a backlog',
  ],
  [/^out-of-order-rate-limit$/, 'more samples out of order than the workspace takes: find who sends late'],
  [/^label_value_too_long$/, 'a label value is too long: drop or shorten the label'],
  [/^max_label_names_per_series$/, 'series with too many labels, often of a labelmap: drop labels'],
  [/^missing_metric_name$/, 'samples without a metric name: look at relabelling'],
  [
    /^metric_name_invalid$/,
    'a metric name that is none, often by the namespace of the exporter: write a legal prefix',
  ],
  [/^label_invalid$/, 'a label name that is none: look at relabelling'],
  [/^duplicate_label_names$/, 'a label stands twice on a series: look at relabelling and external labels'],
  [/^(?:native_histogram|per_user_native_histogram)/, 'a limit of native histograms: send classic ones'],
];

/** What helps against a reason; undefined for one that is not known. */
export function remedyOf(reason: string): string | undefined {
  return REMEDIES.find(([pattern]) => pattern.test(reason))?.[1];
}

/** Metadata above its quota is dropped without any loss of samples. */
export function losesNothing(reason: string): boolean {
  return /metadata/i.test(reason);
}
