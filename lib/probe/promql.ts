import { promDuration, selector } from '../promql/text.ts';
import { lookBackMs } from './outcome.ts';
import type { ProbeQuestion } from './question.ts';

/** Its value is the time at which it was written, in seconds since the epoch. */
export const PROBE_METRIC = 'plumbline_probe_timestamp_seconds';

/** Labels that stay as long as the configuration does: a probing signal costs one series. */
export function probeLabels({ cluster, signal }: ProbeQuestion): Readonly<Record<string, string>> {
  return { __name__: PROBE_METRIC, cluster, signal };
}

/** When the newest sample that can be read was written, as a person would ask. */
export function probeQuery(question: ProbeQuestion): string {
  const { cluster, signal } = question;
  const series = selector({
    metric: PROBE_METRIC,
    match: [
      { label: 'cluster', operator: '=', value: cluster },
      { label: 'signal', operator: '=', value: signal },
    ],
  });
  return `max(max_over_time(${series}[${promDuration(lookBackMs(question))}]))`;
}
