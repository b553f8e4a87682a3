import { expect } from 'vitest';
import { awsCredentials } from '../../lib/aws/credentials.ts';
import { type Clock, systemClock } from '../../lib/clock.ts';
import type { Reason } from '../../lib/evidence.ts';
import { requestsInFlight } from '../../lib/in-flight.ts';
import { type SourceMemory, sourceMemory } from '../../lib/sources/source.ts';
import { type ClusterVerdict, type SignalVerdict, verifyCluster } from '../../lib/verify.ts';
import type { Fault } from '../../rehearsal/faults.ts';
import { askedBy, type Estates, type Service, type SignalName, startEstates } from './estates.ts';

/** One API that breaks in one way; `times` requests of it, else all. */
export interface Cell {
  readonly service: Service;
  readonly fault: Fault;
  readonly times?: number;
}

/** What each fault may be called where it is not mended by another try. */
const REASONS: Readonly<Record<Fault, readonly Reason[]>> = {
  latency: [],
  reset: ['unreachable'],
  cut: ['unreachable', 'invalid-response'],
  throttled: ['throttled'],
  'internal error': ['unreachable'],
  'bad gateway': ['unreachable', 'invalid-response'],
  page: ['invalid-response'],
  'other JSON': ['invalid-response'],
  'JSON null': ['invalid-response'],
  'JSON list': ['invalid-response'],
  'empty object': ['invalid-response'],
  'empty 200': ['invalid-response'],
  drip: ['timeout'],
  silence: ['timeout'],
  huge: ['too-expensive', 'invalid-response'],
  'clock ahead': ['clock'],
  'clock behind': ['clock'],
  'expired token': ['denied'],
  denied: ['denied'],
  redirect: ['invalid-response', 'rejected', 'unreachable'],
};

/** Regions that the configuration knows; each cell has an account in one of its own. */
export const regionsFor = (count: number): readonly string[] =>
  Array.from(
    { length: count },
    (_, index) => `eu-${['west', 'south', 'north', 'east'][index % 4]}-${1 + Math.floor(index / 4)}`,
  );

/**
 * Breaks one API in each of as many accounts, verifies all clusters side by side, with one that is well among them, and
 * expects of each: no failing, no ok that was not seen, the reason named, and nobody else touched.
 */
export async function breakAll(cells: readonly Cell[], withinMs: number): Promise<void> {
  const regions = regionsFor(cells.length + 1);
  const estates = await startEstates(regions);
  cells.forEach(({ service, fault, times: left = Number.POSITIVE_INFINITY }, index) => {
    estates.proxies[service].broken.set(regions[index] ?? '', { fault, left });
  });
  const verdicts = await verifyAll(estates, withinMs);
  const problems = verdicts.flatMap((verdict, index) => problemsOf(verdict, cells[index]));
  expect(problems).toEqual([]);
}

/** As one run does: one clock, one bound on what is in flight, one memory. */
export async function verifyAll(
  { planned }: Pick<Estates, 'planned'>,
  withinMs: number,
  { clock = systemClock, memory = sourceMemory() }: { clock?: Clock; memory?: SourceMemory } = {},
): Promise<readonly ClusterVerdict[]> {
  const ports = {
    clock,
    deadline: clock.now() + withinMs,
    fetch,
    limit: requestsInFlight(clock),
    credentials: awsCredentials(clock),
    memory,
    onDefect: (error: unknown) => {
      throw error;
    },
  };
  return Promise.all(planned.map((cluster) => verifyCluster(cluster, ports)));
}

function problemsOf({ signals }: ClusterVerdict, cell: Cell | undefined): string[] {
  return signals.flatMap((one) => {
    const services: readonly Service[] = askedBy[one.signal.name as SignalName];
    const isAsked = cell !== undefined && (cell.service === 'STS' || services.includes(cell.service));
    const problem =
      isAsked && !isHarmless(cell, one.signal.name) ? problemOfTouched(one, cell) : problemOfOther(one);
    return problem === undefined ? [] : [`${cell?.service} ${cell?.fault}: ${one.signal.name} ${problem}`];
  });
}

/** PromQL is judged by the time that comes with its answers, and nothing by what STS takes for the time. */
function isHarmless({ service, fault, times }: Cell, signal: string): boolean {
  const isOfTime = fault.startsWith('clock') && (service === 'STS' || signal === 'otlp');
  return isOfTime || fault === 'latency' || times !== undefined;
}

function problemOfTouched(
  { verdict, findings, unavailable }: SignalVerdict,
  { fault, service }: Cell,
): string | undefined {
  if (verdict !== 'unknown') return `is ${verdict}: ${JSON.stringify(findings)}`;
  const allowed = service === 'STS' ? [...REASONS[fault], 'invalid-response'] : REASONS[fault];
  const wrong = unavailable.filter(({ reason, detail }) => !allowed.includes(reason) || detail === '');
  if (unavailable.length === 0) return 'is unknown for no reason';
  return wrong.length === 0 ? undefined : JSON.stringify(wrong);
}

function problemOfOther({ verdict, findings, unavailable }: SignalVerdict): string | undefined {
  return verdict === 'ok' ? undefined : `is ${verdict}: ${JSON.stringify([...findings, ...unavailable])}`;
}
