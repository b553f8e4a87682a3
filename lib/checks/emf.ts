import * as z from 'zod/mini';
import { metricName, namespace } from '../config/texts.ts';
import { about, matchers } from '../config/values.ts';
import type { Check } from '../expectation.ts';

/** The metric that CloudWatch makes of a log group's embedded metrics, as long as that works. */
export const emfSettings = z.strictObject({
  namespace: about(namespace, 'The namespace of the metric.'),
  metric: about(metricName, 'A metric that must be alive while log events arrive.'),
  match: about(z.optional(matchers), 'Label matchers, all of which hold.'),
});

export type EmfSettings = z.output<typeof emfSettings>;

export const emf: Check = () => [];
