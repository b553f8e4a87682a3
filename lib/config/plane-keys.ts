import * as z from 'zod/mini';
import { metricPlanes, type Plane, planes, streamPlanes } from '../signal.ts';
import { always } from './values.ts';

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

/** Refuses on every plane the keys that it does not know. */
export const keysOfPlanes = Object.entries(knownBy).map(([key, known]) =>
  always(
    (signal) => {
      // Most keys are not there: a thousand clusters of signals are looked at for each of them.
      if (!(key in signal)) return true;
      const plane = planeOf(signal);
      return plane === undefined || known.includes(plane);
    },
    ({ input }) => {
      const plane = planeOf(input as object) ?? '';
      return `has ${key}, which ${plane} does not know, only ${known.join(', ')}; ${remedies[key] ?? 'remove it'}`;
    },
  ),
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
