/** One number that a metric was given. `at` is in milliseconds since the epoch. */
export interface Sample {
  readonly at: number;
  readonly value: number;
}

/** An alarm on one metric, as CloudFormation has it. */
export interface MetricAlarm {
  readonly AlarmName: string;
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Statistic: 'Sum' | 'Maximum';
  /** Seconds. */
  readonly Period: number;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm: number;
  readonly Threshold: number;
  readonly ComparisonOperator: 'LessThanThreshold' | 'GreaterThanOrEqualToThreshold';
  readonly TreatMissingData: 'breaching' | 'notBreaching';
}

/**
 * When an alarm is on, by the end of each period from `from` to `until`, as "Alarm evaluation" of the CloudWatch guide has it. Where
 * datapoints are missing CloudWatch looks further back, how far it does not say: `further` so many periods; the newest that
 * are there count, and what is still missing then is taken as the alarm says.
 */
export function alarmTimes(
  alarm: MetricAlarm,
  samples: readonly Sample[],
  { from, until, further }: { readonly from: number; readonly until: number; readonly further: number },
): number[] {
  const periodMs = alarm.Period * 1000;
  const datapoints = new Map(
    [...Map.groupBy(samples, ({ at }) => Math.floor(at / periodMs))].map(([period, all]) => {
      const values = all.map(({ value }) => value);
      return [
        period,
        alarm.Statistic === 'Sum' ? values.reduce((sum, one) => sum + one, 0) : Math.max(...values),
      ] as const;
    }),
  );
  const isBreaching = (value: number): boolean =>
    alarm.ComparisonOperator === 'LessThanThreshold' ? value < alarm.Threshold : value >= alarm.Threshold;
  const isOn = (newest: number): boolean => {
    const range = Array.from({ length: alarm.EvaluationPeriods + further }, (_, back) => newest - back);
    const real = range.flatMap((period) => datapoints.get(period) ?? []).slice(0, alarm.EvaluationPeriods);
    const missing = alarm.TreatMissingData === 'breaching' ? alarm.EvaluationPeriods - real.length : 0;
    return real.filter(isBreaching).length + missing >= alarm.DatapointsToAlarm;
  };
  const ends: number[] = [];
  for (let end = Math.ceil(from / periodMs); end * periodMs <= until; end += 1)
    if (isOn(end - 1)) ends.push(end * periodMs);
  return ends;
}
