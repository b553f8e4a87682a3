import { isOpen } from './episode.ts';
import {
  channelIn,
  type ChannelMemory,
  type ClusterMemory,
  type Episode,
  type Severity,
  type SignalMemory,
  type Telling,
} from './memory.ts';

/** A channel as far as deciding what to tell it needs. */
export interface Listener {
  readonly key: string;
  readonly wants: (signal: string, severity: Severity) => boolean;
  /** It counts incidents itself, so that it must hear that one is over although no person needs to. */
  readonly countsIncidents?: boolean;
}

export interface OweRules {
  readonly listeners: readonly Listener[];
  /** What keeps a signal's messages back, in words; undefined where nothing does. */
  readonly heldBy: (signal: string) => string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly remindEveryMs: number;
}

export const tracks = ['failing', 'blind', 'gain'] as const;
export type Track = (typeof tracks)[number];

/** The memory with what each channel is owed now, and without what nobody needs to be told any more. */
export function owe(memory: ClusterMemory, rules: OweRules): ClusterMemory {
  const signals = mapSignals(memory.signals, (signal, name) => {
    const heldBy = rules.heldBy(name);
    return mapTracks(signal, (episode, track) => oweOf(episode, track, name, signal.severity, heldBy, rules));
  });
  return { ...memory, signals: remindTogether(signals, rules) };
}

function oweOf(
  episode: Episode,
  track: Track,
  name: string,
  severity: Severity,
  heldBy: string | undefined,
  rules: OweRules,
): Episode | undefined {
  if (!episode.opened) return episode;
  const channels: Record<string, ChannelMemory> = {};
  for (const { key, wants, countsIncidents = false } of rules.listeners) {
    const remembered = channelIn(episode, key);
    const isWanted = wants(name, track === 'gain' ? 'warning' : severity);
    const isQuiet = track === 'gain' && !countsIncidents;
    // What is held may have been told without anybody having recorded it: that is not forgotten.
    const owed =
      heldBy === undefined
        ? tellingOf(episode, track, remembered, { isWanted, isQuiet }, rules)
        : remembered?.owed;
    const told = isQuiet && episode.over ? undefined : remembered?.told;
    if (told ?? owed) channels[key] = { ...(told ? { told } : {}), ...(owed ? { owed } : {}) };
  }
  const { heldBy: before, ...rest } = episode;
  const isNeeded = isOpen(episode) || episode.runs > 0 || Object.keys(channels).length > 0;
  if (!isNeeded) return undefined;
  if (heldBy !== undefined) return { ...rest, channels, heldBy };
  return { ...rest, channels, ...(before === undefined ? {} : { wasHeldBy: before }) };
}

function tellingOf(
  episode: Episode,
  track: Track,
  { told, owed }: ChannelMemory = {},
  { isWanted, isQuiet }: { readonly isWanted: boolean; readonly isQuiet: boolean },
  { now, remindEveryMs }: OweRules,
): Telling | undefined {
  if (episode.over) {
    // What was told once and is over is no news to people.
    if (isQuiet) return undefined;
    // Of what a channel never heard it hears only if it should have.
    return told || owed ? episode.over.how : undefined;
  }
  if (!isWanted) return undefined;
  if (episode.heldBy !== undefined || owed === 'unmuted') return 'unmuted';
  if (!told || owed === 'opened') return 'opened';
  if (told.findings < episode.findings.length) return 'found';
  return track === 'failing' && now - told.at >= remindEveryMs ? 'reminder' : undefined;
}

/** One reminder brings the others with it, so that they come in one message from then on. */
function remindTogether(
  signals: ClusterMemory['signals'],
  { listeners, now, remindEveryMs }: OweRules,
): ClusterMemory['signals'] {
  const reminded = new Set(
    listeners
      .map(({ key }) => key)
      .filter((key) =>
        Object.values(signals).some(({ failing }) => failing?.channels[key]?.owed === 'reminder'),
      ),
  );
  if (reminded.size === 0) return signals;
  const joins = (key: string, { told, owed }: ChannelMemory): boolean =>
    reminded.has(key) && owed === undefined && told !== undefined && now - told.at >= remindEveryMs / 2;
  return mapSignals(signals, (signal) =>
    mapTracks(signal, (episode, track) => {
      if (track !== 'failing' || !isOpen(episode) || episode.heldBy !== undefined) return episode;
      const channels = Object.entries(episode.channels).map(
        ([key, channel]) =>
          [key, joins(key, channel) ? { ...channel, owed: 'reminder' as const } : channel] as const,
      );
      return { ...episode, channels: Object.fromEntries(channels) };
    }),
  );
}

/** Signals without an episode take no space. The result has no prototype: a signal may be called `__proto__`. */
export function mapSignals(
  signals: ClusterMemory['signals'],
  change: (signal: SignalMemory, name: string) => SignalMemory,
): ClusterMemory['signals'] {
  const changed: Record<string, SignalMemory> = Object.create(null) as Record<string, SignalMemory>;
  for (const [name, signal] of Object.entries(signals)) {
    const next = change(signal, name);
    if (next.failing ?? next.blind ?? next.gain) changed[name] = next;
  }
  return changed;
}

export function mapTracks(
  { plane, severity, failing, blind, gain }: SignalMemory,
  change: (episode: Episode, track: Track) => Episode | undefined,
): SignalMemory {
  return withTracks(plane, severity, {
    failing: failing && change(failing, 'failing'),
    blind: blind && change(blind, 'blind'),
    gain: gain && change(gain, 'gain'),
  });
}

/** The memory of a signal with the episodes that there are. */
export function withTracks(
  plane: string,
  severity: Severity,
  { failing, blind, gain }: Readonly<Record<Track, Episode | undefined>>,
): SignalMemory {
  return {
    plane,
    severity,
    ...(failing ? { failing } : {}),
    ...(blind ? { blind } : {}),
    ...(gain ? { gain } : {}),
  };
}
