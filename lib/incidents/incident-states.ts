import type { IncidentState } from '../message.ts';
import { printable } from '../printable.ts';
import { isOpen } from './episode.ts';
import { type ClusterMemory, gravest } from './memory.ts';
import type { Occasion } from './occasion.ts';
import { mapSignals, mapTracks, tracks } from './owe.ts';

/** Where more than one cluster shares an incident's key. */
const STORM = 'storm/';

export function stormKey(at: number, place: string): string {
  return `${STORM}${new Date(at).toISOString()}/${place}`;
}

/** The storm that the first of the keys belongs to which belongs to one; blindness has a key of its own under it. */
export function stormAmong(keys: readonly string[]): string | undefined {
  return keys.find(isStormKey)?.replace(/\/(?:blind|gain)$/, '');
}

/** What the clusters of a storm share. */
export function placeOf(storm: string): string {
  return storm.split('/').slice(2).join('/');
}

export function isStormKey(key: string): boolean {
  return key.startsWith(STORM);
}

/** The memory with what has the key `from` under the key `to`. */
export function rekey(memory: ClusterMemory, from: string, to: string): ClusterMemory {
  const signals = mapSignals(memory.signals, (signal) =>
    mapTracks(signal, (episode) => {
      const { opened } = episode;
      return opened?.key.startsWith(from)
        ? { ...episode, opened: { ...opened, key: to + opened.key.slice(from.length) } }
        : episode;
    }),
  );
  return { ...memory, signals };
}

/**
 * The incidents that what is told belongs to, each over once nothing of it is open in this cluster. Whoever tells of a
 * storm has to look at the other clusters as well.
 */
export function incidentStates({ cluster, memory, owed, channel }: Occasion): IncidentState[] {
  const all = Object.entries(memory.signals).flatMap(([signal, remembered]) =>
    tracks.flatMap((track) => {
      const episode = remembered[track];
      return episode?.opened && episode.channels[channel]
        ? [{ signal, track, episode, key: episode.opened.key, severity: remembered.severity }]
        : [];
    }),
  );
  return [...new Set(owed.map(({ episode }) => episode.opened.key))].map((key) => {
    const members = all.filter((one) => one.key === key);
    const open = members.filter(({ episode }) => isOpen(episode));
    const told = open.length > 0 ? open : members;
    const names = told.map(({ signal }) => printable(signal, 60));
    const state =
      open.length === 0
        ? 'over'
        : open.some(({ track }) => track === 'failing')
          ? 'failing'
          : open.some(({ track }) => track === 'blind')
            ? 'not observable'
            : 'more than usual';
    return {
      key,
      severity: gravest(told.filter(({ track }) => track === 'failing').map(({ severity }) => severity)),
      isOver: open.length === 0,
      summary: `${printable(cluster.name, 60)}: ${names.length === 1 ? names[0] : `${names.length} signals`} ${state}`,
    };
  });
}
