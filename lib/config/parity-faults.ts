import { metricPlanes } from '../signal.ts';
import type { DraftSignal } from './draft.ts';
import { type Fault, type Path, quote, suggestion } from './problems.ts';

/** What the signals of a cluster are compared by, read once for all of them. */
export interface Comparisons {
  readonly byName: ReadonlyMap<string, DraftSignal>;
  /** The labels whose values are compared, by the signal's name. */
  readonly labels: ReadonlyMap<string, ReadonlySet<string>>;
  /** A name that could not be read may be any. */
  readonly hasUnnamed: boolean;
  /** The names as the file has them. */
  readonly written: readonly string[];
}

export function comparisonsOf(
  signals: readonly (DraftSignal | undefined)[],
  written: readonly unknown[],
): Comparisons {
  const byName = new Map<string, DraftSignal>();
  const labels = new Map<string, Set<string>>();
  const add = (name: string | undefined, some: readonly string[]): void => {
    if (name === undefined) return;
    const known = labels.get(name) ?? new Set();
    labels.set(name, known);
    for (const label of some) known.add(label);
  };
  for (const signal of signals) {
    const name = signal?.name;
    if (!signal || name === undefined) continue;
    // Of several by one name, which is a fault of its own, that counts which is switched on.
    if (!byName.has(name) || signal.off !== true) byName.set(name, signal);
    if (!signal.parity) continue;
    const map = signal.parity.map ?? [];
    add(
      name,
      map.map(([label]) => label),
    );
    add(
      signal.parity.of,
      map.map(([, label]) => label),
    );
  }
  return {
    byName,
    labels,
    hasUnnamed: signals.some((signal) => signal?.name === undefined),
    written: written.filter((name) => typeof name === 'string'),
  };
}

/** What is wrong with the signal that another is compared with, and with the labels. Paths begin at the signal. */
export function parityFaults(signal: DraftSignal, comparisons: Comparisons): Fault[] {
  const { of, map = [] } = signal.parity ?? {};
  const own = map.flatMap(([label]): Fault[] =>
    (signal.by ?? []).includes(label)
      ? []
      : [{ path: ['parity', 'map', label], on: 'key', level: 'error', says: 'is not in by; add it there' }],
  );
  if (of === undefined) return own;
  const other = comparisons.byName.get(of);
  const says = other ? faultOf(signal, other, comparisons) : unknownName(of, signal, comparisons);
  if (says !== undefined) return [...own, fault(['parity', 'of'], says)];
  const theirs = map.flatMap(([label, name]) =>
    !other || (other.by ?? []).includes(name)
      ? []
      : [fault(['parity', 'map', label], `is not in by of signal ${quote(of)}; add it there`)],
  );
  return [...own, ...theirs];
}

function unknownName(
  of: string,
  signal: DraftSignal,
  { hasUnnamed, written }: Comparisons,
): string | undefined {
  if (hasUnnamed) return undefined;
  const names = written.filter((name) => name !== signal.name);
  return `names no signal of this cluster; ${names.length === 0 ? 'it has no other' : suggestion(of, names)}`;
}

function faultOf(signal: DraftSignal, other: DraftSignal, { byName }: Comparisons): string | undefined {
  if (other.name === signal.name) return 'is the signal itself; name another signal of the cluster';
  if (other.off === true) return 'is switched off; name another signal, or remove its off: true';
  if (isInCircle(signal, byName)) {
    return 'leads back to the signal itself, so that the same would be told twice; compare in one of the two alone';
  }
  if (metricPlanes.every((plane) => other[plane] === undefined)) {
    return `has no labels that could be compared; name a signal on ${metricPlanes.join(', ')}`;
  }
  return undefined;
}

function isInCircle({ name, parity }: DraftSignal, byName: Comparisons['byName']): boolean {
  const seen = new Set<string>();
  for (let at = parity?.of; at !== undefined && !seen.has(at); at = byName.get(at)?.parity?.of) {
    if (at === name) return true;
    seen.add(at);
  }
  return false;
}

function fault(path: Path, says: string): Fault {
  return { path, on: 'value', level: 'error', says };
}
