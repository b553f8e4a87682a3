import * as z from 'zod/mini';
import { metricPlanes, type Plane, planes, streamPlanes } from '../signal.ts';
import { always, isMapping } from './values.ts';

const promqlPlanes = ['amp', 'prometheus', 'cloudwatchPromql'] as const;

/** The keys of a signal that not every plane knows, and those that do. */
const knownBy: Readonly<Record<string, readonly Plane[]>> = {
  metric: metricPlanes,
  match: metricPlanes,
  by: metricPlanes,
  fresh: streamPlanes,
  series: metricPlanes,
  labels: metricPlanes,
  dimensions: ['cloudwatch'],
  churn: metricPlanes,
  statistic: metricPlanes,
  targets: promqlPlanes,
  promql: promqlPlanes,
  parity: metricPlanes,
  probe: ['amp', 'prometheus', 'cloudwatch'],
  retention: ['logs'],
  logClass: ['logs'],
  encrypted: ['logs'],
  streams: ['logs'],
  emf: ['logs'],
  traces: ['xray'],
  version: ['eksAddon'],
  running: ['ecsService'],
  containers: ['ecsService'],
  discarded: ['ampWorkspace'],
  quotas: ['ampWorkspace'],
  scrapers: ['ampWorkspace'],
  rules: ['ampWorkspace'],
  alerting: ['ampWorkspace'],
  account: ['cloudwatch', 'logs'],
  maxSamplesProcessed: ['amp'],
};

/** What to write instead, where a remedy is known. */
const remedies: Readonly<Record<string, string>> = {
  dimensions: 'use labels',
  metric: 'remove it',
};

function planeOf(signal: object): Plane | undefined {
  const found = planes.filter((plane) => plane in signal);
  return found.length === 1 ? found[0] : undefined;
}

/** Of the keys that a signal may have, those that its plane knows; all of them where it has no plane yet. */
export function keysKnownTo(signal: object, keys: readonly string[]): readonly string[] {
  const plane = planeOf(signal);
  if (plane === undefined) return keys;
  return keys.filter((key) => key === plane || (!isPlane(key) && (knownBy[key]?.includes(plane) ?? true)));
}

function isPlane(key: string): boolean {
  return planes.some((plane) => plane === key);
}

const known = new Map(Object.entries(knownBy));

/**
 * Refuses on every plane the keys that it does not know. One check for all of them, which looks at the keys that are
 * there: a thousand clusters have tens of thousands of signals.
 */
export const keysOfPlanes = z.check<object>(
  ({ value, issues }) => {
    const plane = planeOf(value);
    if (plane === undefined) return;
    for (const key of Object.keys(value)) {
      const knowing = known.get(key);
      if (!knowing || knowing.includes(plane)) continue;
      const remedy = remedies[key] ?? 'remove it';
      const message = `has ${key}, which ${plane} does not know, only ${knowing.join(', ')}; ${remedy}`;
      issues.push({ code: 'custom', message, input: value, path: [], continue: true });
    }
  },
  { when: isMapping },
);

/** Demands a metric where there are metrics. */
export const metricWhereKnown = always(
  (signal) => 'metric' in signal || !metricPlanes.some((plane) => plane === planeOf(signal)),
  'is missing; write the name alone, such as scrape_duration_seconds, and its labels under match',
  ['metric'],
);

/** The same for editors. */
export const editorsKeys = z.meta({
  dependentSchemas: Object.fromEntries([
    ...Object.entries(knownBy).map(([key, known]) => [
      key,
      { anyOf: known.map((plane) => ({ required: [plane] })) },
    ]),
    ...metricPlanes.map((plane) => [plane, { required: ['metric'] }]),
    ['endpoint', { anyOf: [{ required: ['amp'] }, { required: ['cloudwatchPromql'] }] }],
  ]),
});
