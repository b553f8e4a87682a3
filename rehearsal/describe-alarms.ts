import * as z from 'zod/mini';
import type { CompositeAlarm, MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { awsJson, continued, invalidNextToken, nextToken, validationError } from './aws-json.ts';
import type { Reply } from './http.ts';

/** The alarms of a simulated account; may be changed while the server runs. */
export interface SimulatedAlarms {
  readonly metric?: readonly MetricAlarm[];
  readonly composite?: readonly CompositeAlarm[];
}

const TYPES = ['MetricAlarm', 'CompositeAlarm'] as const;

const zInput = z.looseObject({
  AlarmTypes: z.optional(z.array(z.string())),
  MaxRecords: z.optional(z.int()),
  NextToken: z.optional(z.string()),
});
export type DescribeAlarmsInput = z.output<typeof zInput>;

/** Undefined where it is malformed. */
export function describeAlarmsInput(json: unknown): DescribeAlarmsInput | undefined {
  const parsed = z.safeParse(zInput, json);
  return parsed.success ? parsed.data : undefined;
}

/** Metric alarms alone unless `AlarmTypes` says otherwise, 50 a page unless `MaxRecords` does, at most 100. */
export function answerDescribeAlarms(
  input: DescribeAlarmsInput,
  { metric = [], composite = [] }: SimulatedAlarms,
  now: number,
): Reply {
  const { AlarmTypes = ['MetricAlarm'], MaxRecords = 50, NextToken } = input;
  if (MaxRecords < 1 || MaxRecords > 100) return validationError(['MaxRecords must be between 1 and 100']);
  const strange = AlarmTypes.filter((type) => !(TYPES as readonly string[]).includes(type));
  if (strange.length > 0) return validationError(strange.map((type) => `AlarmTypes has no ${type}`));
  const all = [
    ...(AlarmTypes.includes('CompositeAlarm') ? composite.map((alarm) => ({ CompositeAlarms: alarm })) : []),
    ...(AlarmTypes.includes('MetricAlarm') ? metric.map((alarm) => ({ MetricAlarms: alarm })) : []),
  ];
  const from = NextToken === undefined ? undefined : continued(input, NextToken, isPosition);
  if (NextToken !== undefined && !from) return invalidNextToken();
  const begin = from?.position ?? 0;
  const end = begin + MaxRecords;
  const page = all.slice(begin, end);
  const of = (key: 'CompositeAlarms' | 'MetricAlarms') =>
    page.flatMap((one) => (key in one ? [Object.values(one)[0]] : []));
  const more = end < all.length ? { NextToken: nextToken(input, { at: now, position: end }) } : {};
  return awsJson({ CompositeAlarms: of('CompositeAlarms'), MetricAlarms: of('MetricAlarms'), ...more });
}

function isPosition(value: unknown): value is number {
  return Number.isInteger(value);
}
