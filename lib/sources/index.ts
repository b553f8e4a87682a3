import pLimit from 'p-limit';
import { identityKey } from '../aws/credentials.ts';
import type { Plane, Signal } from '../signal.ts';
import { amp } from './amp.ts';
import { ampWorkspace } from './ampWorkspace.ts';
import { cloudwatch } from './cloudwatch.ts';
import { cloudwatchPromql } from './cloudwatchPromql.ts';
import { ecsService } from './ecsService.ts';
import { eksAddon } from './eksAddon.ts';
import { logs } from './logs.ts';
import { prometheus } from './prometheus.ts';
import type { Source, SourcePorts } from './source.ts';
import { xray } from './xray.ts';

/** Every plane and how it is opened. */
const sources: Readonly<Record<Plane, (signal: Signal, ports: SourcePorts) => Source>> = {
  amp,
  prometheus,
  cloudwatch,
  cloudwatchPromql,
  logs,
  xray,
  eksAddon,
  ecsService,
  ampWorkspace,
};

/** Planes whose questions name the place that they are about: one source answers for all of a region and account. */
const NAMES_PLACES = new Set<Plane>(['cloudwatch', 'logs', 'xray', 'eksAddon', 'ecsService', 'ampWorkspace']);

/** Signals with equal keys are answered by one source, together. */
export function sourceKey(signal: Signal): string {
  const { plane, address, endpoint, maxSamplesProcessed } = signal;
  const identity = identityKey(signal);
  if (NAMES_PLACES.has(plane)) return JSON.stringify([plane, identity]);
  return JSON.stringify([plane, address, endpoint, identity, maxSamplesProcessed]);
}

/** How many requests of one source may be in flight: fewer than of all, which wait for it where its plane hangs. */
const IN_FLIGHT_OF_ONE = 6;

/** Opens the source of a signal's plane; nothing is asked, and no SDK loaded, before its first question. */
export function openSource(signal: Signal, ports: SourcePorts): Source {
  const own = pLimit(IN_FLIGHT_OF_ONE);
  const limit: SourcePorts['limit'] = (request) => own(() => ports.limit(request));
  return sources[signal.plane](signal, naming(signal.plane, { ...ports, limit }));
}

/** Whoever counts requests is told whose they are. */
function naming(plane: Plane, ports: SourcePorts): SourcePorts {
  const { onRequest, onUnits } = ports;
  return {
    ...ports,
    ...(onRequest ? { onRequest: (request) => onRequest({ ...request, plane }) } : {}),
    ...(onUnits ? { onUnits: (units) => onUnits({ ...units, plane }) } : {}),
  };
}
