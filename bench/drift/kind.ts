import type { Drift } from '../../lib/baseline/shape.ts';
import type { Change, Estate, Row } from './estate.ts';
import { pick } from './noise.ts';

/** Something that happens to an estate, real drift or healthy. */
export interface Kind {
  readonly name: string;
  /** The estates that it can happen to; all where it is missing. */
  readonly on?: (estate: Estate) => boolean;
  /** When it begins, in days after the first run, and for how long what follows is watched. */
  readonly afterDays?: number;
  readonly days?: number;
  readonly make: (scene: Scene) => Event;
  /** A gain: one warning is what people want. */
  readonly isGain?: boolean;
}

export interface Scene {
  readonly estate: Estate;
  readonly seed: number;
  /** The first run, and the time at which it happens. */
  readonly from: number;
  readonly at: number;
}

export interface Event {
  /** Applied to all runs. */
  readonly change: Change;
  /** The drift that is right to tell; of real drift only. */
  readonly expects?: (drift: Drift) => boolean;
  readonly isRollout?: (at: number) => boolean;
}

export const onKubernetes = ({ sets }: Estate): boolean => !sets;
export const onCloudWatch = ({ sets }: Estate): boolean => sets;

/** Rows that satisfy something, changed; the others as they are. */
export function changed(rows: readonly Row[], of: (row: Row) => boolean, how: (row: Row) => Row): Row[] {
  return rows.map((row) => (of(row) ? how(row) : row));
}

/** More or fewer pods; the last one goes only with a factor of 0. */
export function scaled(row: Row, factor: number): Row {
  const least = row.series > 0 && factor > 0 ? 1 : 0;
  return { ...row, series: Math.max(least, Math.round(row.series * factor)) };
}

export function withNames(row: Row, added: readonly string[], removed: readonly string[] = []): Row {
  return remade(row, `${added.join()}|${removed.join()}`, () => {
    const labels = Object.fromEntries(Object.entries(row.labels).filter(([name]) => !removed.includes(name)));
    return { labels, names: [...row.names.filter((name) => !removed.includes(name)), ...added].sort() };
  });
}

/** The row with other values; labels that it did not have are added. */
export function withLabels(row: Row, labels: Row['labels']): Row {
  return remade(row, JSON.stringify(labels), () => {
    const names = new Set([...row.names, ...Object.keys(labels)]);
    return { labels: { ...row.labels, ...labels }, names: [...names].sort() };
  });
}

type Made = Pick<Row, 'labels' | 'names'>;
const made = new WeakMap<readonly string[], Map<string, Made>>();

/** The same names and labels whenever they are made of the same: histories are long. */
function remade(row: Row, how: string, make: () => Made): Row {
  const known = made.get(row.names) ?? new Map<string, Made>();
  made.set(row.names, known);
  const of = known.get(how) ?? make();
  known.set(how, of);
  return { ...of, series: row.series };
}

/** One of the rows that satisfy something, the same whenever it is asked; of all where none does. */
export function target(
  { estate, seed, from }: Scene,
  of: (row: Row) => boolean = () => true,
): (row: Row) => boolean {
  const noon = from + 12 * 3_600_000;
  const rows = estate.rows(noon);
  const candidates = rows.filter(of);
  const chosen = candidates[pick(Math.max(1, candidates.length), seed, candidates.length)] ?? rows[0];
  const key = identityOf(chosen);
  return (row) => identityOf(row) === key;
}

const identities = new WeakMap<readonly string[], string>();

export function identityOf(row: Row | undefined): string {
  if (!row) return '';
  const known = identities.get(row.names) ?? JSON.stringify([Object.values(row.labels), row.names]);
  identities.set(row.names, known);
  return known;
}
