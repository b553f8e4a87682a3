import { type Identity, identityKey } from '../aws/credentials.ts';
import type { Config } from '../config/schema.ts';
import { plan } from '../plan.ts';
import { isOneOf, type Plane, type Signal } from '../signal.ts';
import { goneOf } from './gone.ts';
import { withoutOff } from './init.ts';
import { plainSignal } from './plain.ts';
import type { Gap, Seen } from './seen.ts';
import { toldUnit, type Unit, unitsOf } from './units.ts';
import { ownerOf, watching } from './watched.ts';

/** Something that sends telemetry and that no signal watches. */
export interface Unwatched {
  readonly region: string;
  readonly role: string | null;
  readonly plane: Plane;
  /** `ws-1234, job=node` */
  readonly what: string;
  /** A signal that would watch it. */
  readonly signal: Readonly<Record<string, unknown>>;
}

/** Something that a signal watches and that is no longer there. */
export interface Gone {
  readonly cluster: string;
  readonly signal: string;
  readonly plane: Plane;
  readonly detail: string;
}

/** Something that could not be looked at, and by whom. */
export interface Unseen extends Gap {
  readonly region: string;
  readonly role: string | null;
}

/** How a configuration differs from what there is. */
export interface Comparison {
  readonly unwatched: readonly Unwatched[];
  readonly gone: readonly Gone[];
  /** What could not be looked at: of it, neither is told. */
  readonly unseen: readonly Unseen[];
  /** Every region and role that was looked at. */
  readonly looked: readonly { readonly region: string; readonly role: string | null }[];
}

/** Planes that are looked at through AWS. */
const ELSEWHERE = ['prometheus'] as const;

/** Where to look to compare a configuration: every region and role that its signals are asked in. */
export function identitiesOf(config: Config): readonly Identity[] {
  const all = signalsOf(config).flatMap(({ signal: { region, role, externalId, plane } }) =>
    isOneOf(ELSEWHERE, plane) ? [] : [{ region, role, externalId }],
  );
  return [...new Map(all.map((one) => [identityKey(one), one])).values()];
}

/** What is not watched, and what is no longer there, of what was seen. A signal that is switched off was a decision. */
export async function compared(config: Config, seen: readonly Seen[]): Promise<Comparison> {
  const signals = signalsOf(config);
  const watched = await watching(signals.map(({ signal }) => signal));
  const units = seen.flatMap(unitsOf);
  const unwatched = once(units)
    .filter((unit) => unit.is === 'alive' && watched.every(([, watches]) => !watches(unit)))
    .flatMap((unit) => unwatchedOf(unit, units));
  const gone = watched.flatMap(([signal, watches], index): Gone[] => {
    const place = seen.find((one) => isSeenAs(signal, one));
    const detail = signals[index]?.isOff || !place ? undefined : goneOf(signal, watches, place, units);
    if (detail === undefined) return [];
    return [{ cluster: signals[index]?.cluster ?? '', signal: signal.name, plane: signal.plane, detail }];
  });
  const looked = seen.map(({ region, role = null }) => ({ region, role }));
  const unseen = seen.flatMap(({ region, role = null, gaps }) =>
    gaps.map((gap) => ({ ...gap, region, role })),
  );
  // In whatever order the answers came.
  const inOrder = unseen.toSorted((a, b) => orderOf(a).localeCompare(orderOf(b)));
  return { unwatched, gone, unseen: inOrder, looked };
}

function orderOf({ region, role, action, resource }: Unseen): string {
  return JSON.stringify([region, role, action, resource]);
}

/** Without what another role to the same account has shown already. */
function once(units: readonly Unit[]): readonly Unit[] {
  const seen = new Map<string, Unit>();
  for (const unit of units) {
    const key = JSON.stringify([unit.region, ownerOf(unit.role), unit.plane, toldUnit(unit)]);
    if (seen.get(key)?.is !== 'alive') seen.set(key, unit);
  }
  return [...seen.values()];
}

interface Configured {
  readonly cluster: string;
  readonly signal: Signal;
  readonly isOff: boolean;
}

function signalsOf(config: Config): readonly Configured[] {
  const planned = plan(withoutOff(config), {});
  if ('problems' in planned) return [];
  return planned.clusters.flatMap(({ name, signals }) => {
    const own = config.clusters.find((one) => one.name === name)?.signals ?? [];
    const off = new Set(own.filter((one) => one.off === true).map((one) => one.name));
    return signals
      .filter(({ judged }) => judged)
      .map(({ signal }) => ({ cluster: name, signal, isOff: off.has(signal.name) }));
  });
}

function unwatchedOf(unit: Unit, all: readonly Unit[]): Unwatched[] {
  const signal = plainSignal(unit, all);
  if (typeof signal === 'string') return [];
  const { region, role = null, plane } = unit;
  return [{ region, role, plane, what: toldUnit(unit), signal: signal.settings }];
}

function isSeenAs({ region, role, externalId }: Signal, seen: Seen): boolean {
  return seen.region === region && seen.role === role && seen.externalId === externalId;
}
