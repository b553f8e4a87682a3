import { isOpen } from './episode.ts';
import { channelIn, type ChannelMemory, type ClusterMemory, type Episode, type Telling } from './memory.ts';
import { mapSignals, mapTracks, type Track, tracks } from './owe.ts';
import type { Reason } from '../message.ts';

/** One thing that one channel is owed. */
export interface Owed {
  readonly signal: string;
  readonly track: Track;
  readonly telling: Telling;
  readonly episode: Episode & Required<Pick<Episode, 'opened'>>;
}

/** Everything that a channel is owed, in the order of the signals. */
export function owedTo({ signals }: ClusterMemory, channel: string): readonly Owed[] {
  return Object.entries(signals).flatMap(([signal, remembered]) =>
    tracks.flatMap((track): Owed[] => {
      const episode = remembered[track];
      if (!episode?.opened || episode.heldBy !== undefined) return [];
      const telling = channelIn(episode, channel)?.owed;
      return telling ? [{ signal, track, telling, episode: { ...episode, opened: episode.opened } }] : [];
    }),
  );
}

/** Whether any channel is owed anything. */
export function owesAnything({ signals }: ClusterMemory): boolean {
  return Object.values(signals).some((signal) =>
    tracks.some((track) => {
      const { channels = {}, heldBy } = signal[track] ?? {};
      return heldBy === undefined && Object.values(channels).some(({ owed }) => owed);
    }),
  );
}

/**
 * The memory once a channel was told: what it knows now, and no debt of it. `memory` may be newer than what was told
 * came from; what was decided since stays owed. `at` is when it was sent, in milliseconds since the epoch.
 */
export function settle(
  memory: ClusterMemory,
  channel: string,
  told: readonly Owed[],
  at: number,
): ClusterMemory {
  const bySignal = new Map<string, Owed[]>();
  for (const one of told) bySignal.set(one.signal, [...(bySignal.get(one.signal) ?? []), one]);
  const signals = mapSignals(memory.signals, (signal, name) => {
    const items = bySignal.get(name);
    if (!items) return signal;
    return mapTracks(signal, (episode, track) => {
      const item = items.find((one) => one.track === track);
      return item ? settleOne(episode, channel, item, at) : episode;
    });
  });
  return { ...memory, signals };
}

function settleOne(episode: Episode, channel: string, item: Owed, at: number): Episode | undefined {
  const remembered = channelIn(episode, channel);
  if (!remembered || !isSame(episode, item)) return episode;
  const owed = remembered.owed === item.telling ? undefined : remembered.owed;
  const isOver = item.episode.over !== undefined;
  const next: ChannelMemory = {
    ...(isOver ? {} : { told: { at, findings: item.episode.findings.length } }),
    ...(owed ? { owed } : {}),
  };
  const { [channel]: _before, ...others } = episode.channels;
  const isNeeded = next.told !== undefined || next.owed !== undefined;
  const channels = isNeeded ? { ...others, [channel]: next } : others;
  const isForgotten = !isOpen(episode) && episode.runs === 0 && Object.keys(channels).length === 0;
  return isForgotten ? undefined : { ...episode, channels };
}

/** Told and remembered are the same incident: one that ended and opened again meanwhile is another. */
function isSame(episode: Episode, { episode: told }: Owed): boolean {
  return episode.opened?.key === told.opened.key && episode.opened.at === told.opened.at;
}

/** Why a channel is told what it is owed. */
export function reasonOf({ track, telling, episode }: Owed, channel: string): Reason {
  if (telling === 'recovered') return track === 'blind' ? 'sighted' : 'recovered';
  if (telling === 'unwatched') return 'unwatched';
  if (track === 'blind') return 'blind';
  if (telling !== 'unmuted') return telling;
  return channelIn(episode, channel)?.told ? 'reminder' : 'opened';
}
