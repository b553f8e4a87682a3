import { expect } from 'vitest';
import { awsCredentials } from '../../lib/aws/credentials.ts';
import { type Clock, systemClock } from '../../lib/clock.ts';
import type { Reason } from '../../lib/evidence.ts';
import { requestsInFlight } from '../../lib/in-flight.ts';
import { type SourceMemory, sourceMemory } from '../../lib/sources/source.ts';
import { type ClusterVerdict, type SignalVerdict, verifyCluster } from '../../lib/verify.ts';
import type { Fault } from '../../rehearsal/faults.ts';
import { seen } from './expected.ts';
import { askedBy, type Estates, type Service, type SignalName, startEstates } from './estates.ts';

/** One API that breaks in one way; `times` requests of it, else all. */
export interface Cell {
  readonly service: Service;
  readonly fault: Fault;
  readonly times?: number;
}

/** Regions that the configuration knows; each cell has an account in one of its own. */
export const regionsFor = (count: number): readonly string[] =>
  Array.from(
    { length: count },
    (_, index) => `eu-${['west', 'south', 'north', 'east'][index % 4]}-${1 + Math.floor(index / 4)}`,
  );

/**
 * Breaks APIs in each of as many accounts, verifies all clusters side by side, with one that is well among them, and expects
 * of each: no failing, no ok that was not seen, the reason named, and nobody else touched.
 */
export async function breakAll(accounts: readonly (readonly Cell[])[], withinMs: number): Promise<void> {
  const regions = regionsFor(accounts.length + 1);
  const estates = await startEstates(regions);
  for (const [index, cells] of accounts.entries())
    for (const { service, fault, times: left = Number.POSITIVE_INFINITY } of cells)
      estates.proxies[service].broken.set(regions[index] ?? '', { fault, left });
  const verdicts = await verifyAll(estates, withinMs);
  const problems = verdicts.flatMap((verdict, index) => problemsOf(verdict, accounts[index] ?? []));
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

function problemsOf({ signals }: ClusterVerdict, cells: readonly Cell[]): string[] {
  const what = cells.map(({ service, fault }) => `${service} ${fault}`).join(', ');
  return signals.flatMap((one) => {
    const allowed = cells.map((cell) => reasonsFor(one.signal.name as SignalName, cell));
    const problem = allowed.some((reasons) => reasons.length > 0)
      ? problemOfTouched(one, allowed.flat())
      : problemOfOther(one);
    return problem === undefined ? [] : [`${what}: ${one.signal.name} ${problem}`];
  });
}

/** What a signal may be unknown for; nothing where the cell leaves it alone. */
function reasonsFor(signal: SignalName, { service, fault, times }: Cell): readonly Reason[] {
  const asked: readonly Service[] = askedBy[signal];
  if (times !== undefined || !(service === 'STS' || asked.includes(service))) return [];
  // PromQL is judged by the time that comes with its answers.
  return fault.startsWith('clock') && signal === 'otlp' ? [] : seen[service][fault];
}

function problemOfTouched(
  { verdict, findings, unavailable }: SignalVerdict,
  allowed: readonly Reason[],
): string | undefined {
  if (verdict !== 'unknown') return `is ${verdict}: ${JSON.stringify(findings)}`;
  const wrong = unavailable.filter(({ reason, detail }) => !allowed.includes(reason) || detail === '');
  if (unavailable.length === 0) return 'is unknown for no reason';
  return wrong.length === 0 ? undefined : JSON.stringify(wrong);
}

function problemOfOther({ verdict, findings, unavailable }: SignalVerdict): string | undefined {
  return verdict === 'ok' ? undefined : `is ${verdict}: ${JSON.stringify([...findings, ...unavailable])}`;
}
