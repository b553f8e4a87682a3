import type { Plane, Signal } from '../signal.ts';
import { amp } from './amp.ts';
import { cloudwatch } from './cloudwatch.ts';
import { cloudwatchPromql } from './cloudwatchPromql.ts';
import { prometheus } from './prometheus.ts';
import type { Source, SourcePorts } from './source.ts';

/** Every plane and how it is opened. */
const sources: Readonly<Record<Plane, (signal: Signal, ports: SourcePorts) => Source>> = {
  amp,
  prometheus,
  cloudwatch,
  cloudwatchPromql,
};

/** Signals with equal keys are answered by one source, together. */
export function sourceKey(signal: Signal): string {
  const { plane, address, endpoint, region, role, externalId, maxSamplesProcessed } = signal;
  // CloudWatch answers for all namespaces of a region in one call.
  if (plane === 'cloudwatch') return JSON.stringify([plane, region, role, externalId]);
  return JSON.stringify([plane, address, endpoint, region, role, externalId, maxSamplesProcessed]);
}

/** Opens the source of a signal's plane; nothing is asked, and no SDK loaded, before its first question. */
export function openSource(signal: Signal, ports: SourcePorts): Source {
  return sources[signal.plane](signal, ports);
}
