import type { CountQuestion } from '../question.ts';
import { lookBackMs } from './outcome.ts';
import type { ProbeQuestion } from './question.ts';

/** A namespace of its own, so that the right to write may be bound to it. */
export const PROBE_NAMESPACE = 'Plumbline/Probe';
/** Its value is the time at which it was written, in seconds since the epoch. */
export const PROBE_NAME = 'Timestamp';
const MOST_CHARACTERS = 1024;

/** Dimensions that stay as long as the configuration does: a probing signal costs one metric. */
export function probeDimensions({ cluster, signal }: ProbeQuestion): ReadonlyMap<string, string> {
  return new Map([
    ['Cluster', ascii(cluster)],
    ['Signal', ascii(signal)],
  ]);
}

/** The samples of a probe as a person would look for them. */
export function probeSeries(question: ProbeQuestion): CountQuestion {
  const match = [...probeDimensions(question)].map(([label, value]) => ({
    label,
    operator: '=' as const,
    value,
  }));
  const of = { metric: PROBE_NAME, namespace: PROBE_NAMESPACE, match };
  return { ask: 'count', of, freshMs: lookBackMs(question), by: [] };
}

/** CloudWatch takes values of ASCII alone; names may have more. */
function ascii(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]+/gu, encodeURIComponent).slice(0, MOST_CHARACTERS);
}
