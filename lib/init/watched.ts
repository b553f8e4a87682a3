import { matching } from '../matching.ts';
import type { Signal } from '../signal.ts';
import { isStream } from '../signal.ts';
import { tellsClusters } from './seen.ts';
import type { Unit } from './units.ts';

/** What collectors add to everything that a task sends; scrapes are not told apart by it. */
export const OF_ECS = 'aws_ecs_';

/** Whether a unit is watched by a signal. */
export type Watches = (unit: Unit) => boolean;

/** The account that a role is in: several may show the same one. Without a role it is the caller's, whose id nothing tells. */
export function ownerOf(role: string | undefined): string | undefined {
  return role?.split(':')[4];
}

/** Compiles which units signals watch. A label that is not known of a unit is no reason why it should not be watched. */
export async function watching(signals: readonly Signal[]): Promise<readonly (readonly [Signal, Watches])[]> {
  return Promise.all(
    signals.map(async (signal): Promise<readonly [Signal, Watches]> => [signal, await watches(signal)]),
  );
}

async function watches(signal: Signal): Promise<Watches> {
  const { plane, address, region, role, account } = signal;
  const owner = ownerOf(role);
  const isThere = (unit: Unit): boolean =>
    account === undefined && unit.plane === plane && unit.region === region && ownerOf(unit.role) === owner;
  if (!isStream(signal)) return (unit) => isThere(unit) && unit.place === address;
  const places = new Set([address, signal.streams?.fallback]);
  const compiled = await Promise.all(
    signal.match.map(async (matcher) => ({ label: matcher.label, matches: await matching([matcher]) })),
  );
  const matchesAll = ({ labels }: Unit): boolean =>
    compiled.every(({ label, matches }) => {
      const isKnown = Object.hasOwn(labels, label) || (tellsClusters(label) && !label.startsWith(OF_ECS));
      return !isKnown || !matches || matches(new Map(Object.entries(labels)));
    });
  return (unit) => isThere(unit) && places.has(unit.place) && matchesAll(unit);
}
