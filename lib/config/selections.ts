import { admits } from '../only.ts';
import type { DraftCluster, DraftConfig, DraftSignal } from './draft.ts';
import { type Fault, type Path, suggestion, valueAt } from './problems.ts';

/** Names of clusters and of signals that something is limited to. */
interface Selection {
  readonly clusters?: readonly string[] | undefined;
  readonly signals?: readonly string[] | undefined;
}

/** What is wrong with the names under `only` and in `alerts.mutes`. `written` is the document as the file has it. */
export function selectionFaults({ alerts, clusters }: DraftConfig, written: unknown): Fault[] {
  if (!alerts?.mutes?.length && !alerts?.channels?.some((channel) => channel?.only)) return [];
  const named = namedOf(clusters, written);
  const channels = (alerts?.channels ?? []).flatMap((channel, index): Fault[] => {
    if (!channel?.only) return [];
    const path = ['alerts', 'channels', index, 'only'];
    const faults = nameFaults(channel.only, named, written, path);
    if (faults.length > 0 || !named) return faults;
    return admitsAny(channel.only, clusters ?? [])
      ? []
      : [{ path, on: 'value', level: 'warning', says: NOTHING }];
  });
  const mutes = (alerts?.mutes ?? []).flatMap((mute, index) =>
    mute ? nameFaults(mute, named, written, ['alerts', 'mutes', index]) : [],
  );
  return [...channels, ...mutes];
}

const NOTHING =
  'fits no signal that is switched on, so that the channel is told nothing; name others, or remove the channel';

/** A cluster whose name, and the names of whose signals, could be read. */
interface Named {
  readonly name: string;
  readonly signals: ReadonlySet<string>;
  /** The names as the file has them. */
  readonly writtenName: string;
  readonly writtenSignals: readonly string[];
}

/** Undefined where any name could not be read: it may be every name that is looked for. */
function namedOf(
  clusters: readonly (DraftCluster | undefined)[] | undefined,
  written: unknown,
): readonly Named[] | undefined {
  const named = clusters?.flatMap((cluster, index): Named[] => {
    const names = cluster?.signals?.flatMap((signal) => signal?.name ?? []);
    if (cluster?.name === undefined || !names || names.length !== cluster.signals?.length) return [];
    const path = ['clusters', index];
    const writtenSignals = names.map((_, at) => String(valueAt(written, [...path, 'signals', at, 'name'])));
    const writtenName = String(valueAt(written, [...path, 'name']));
    return [{ name: cluster.name, signals: new Set(names), writtenName, writtenSignals }];
  });
  return named && named.length > 0 && named.length === clusters?.length ? named : undefined;
}

function nameFaults(
  { clusters, signals }: Selection,
  named: readonly Named[] | undefined,
  written: unknown,
  path: Path,
): Fault[] {
  if (!named) return [];
  const wanted = clusters && new Set(clusters);
  const chosen = named.filter(({ name }) => wanted?.has(name) ?? true);
  const known = new Set(chosen.map(({ name }) => name));
  const missing = astray(clusters, (name) => known.has(name));
  const among = missing.length > 0 ? named : chosen;
  const strange = astray(signals, (name) => among.some((cluster) => cluster.signals.has(name)));
  const faults = (key: string, indexes: readonly number[], says: string, names: () => readonly string[]) => {
    const others = indexes.length > 0 ? [...new Set(names())] : [];
    return indexes.map((index): Fault => {
      const at = [...path, key, index];
      const remedy = suggestion(String(valueAt(written, at)), others);
      return { path: at, on: 'value', level: 'error', says: `${says}; ${remedy}` };
    });
  };
  const noSignal = among.length === named.length ? 'names no signal' : 'names no signal of these clusters';
  return [
    ...faults('clusters', missing, 'names no cluster', () => named.map(({ writtenName }) => writtenName)),
    ...faults('signals', strange, noSignal, () => among.flatMap(({ writtenSignals }) => writtenSignals)),
  ];
}

/** Where in the list the names stand that are not known. */
function astray(names: readonly string[] | undefined, isKnown: (name: string) => boolean): number[] {
  return (names ?? []).flatMap((name, index) => (isKnown(name) ? [] : [index]));
}

function admitsAny(
  only: Parameters<typeof admits>[0],
  clusters: readonly (DraftCluster | undefined)[],
): boolean {
  const fits = (cluster: string, { name: signal = '', severity = 'critical', off }: DraftSignal) =>
    off !== true && admits(only, { cluster, signal, severity });
  return clusters.some((cluster) =>
    cluster?.signals?.some((signal) => signal !== undefined && fits(cluster.name ?? '', signal)),
  );
}
