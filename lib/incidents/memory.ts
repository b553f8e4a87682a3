import type { AwaitedGroup } from '../silence.ts';
import type { Piece } from './machinery.ts';

/** How bad it is when a signal fails. */
export type Severity = 'critical' | 'warning';

/** What is remembered of one cluster between runs. Only signals that are not ok take space. Times are milliseconds. */
export interface ClusterMemory {
  /** The newest runs that were counted, newest first: one that comes again, or late, moves nothing. */
  readonly runs: readonly { readonly id: string; readonly at: number }[];
  /** How often the cluster was verified when the newest run was dispatched, in milliseconds. */
  readonly everyMs?: number;
  /** By the signal's name. */
  readonly signals: Readonly<Record<string, SignalMemory>>;
  /** Who may send what is owed, until that must be over. Nobody else sends before. */
  readonly sending?: { readonly by: string; readonly until: number };
  /** What stands behind the telemetry and how it was before, for the words of what breaks with its change. */
  readonly machinery?: readonly Piece[];
  /** Of Plumbline itself: runs that were due and that the queue did not take, for the next tick. */
  readonly unsent?: readonly { readonly cluster: string; readonly at: number }[];
}

export interface SignalMemory {
  readonly plane: string;
  readonly severity: Severity;
  /** The signal was seen failing. */
  readonly failing?: Episode;
  /** The signal could not be observed. */
  readonly blind?: Episode;
  /** There is more than usual, or something new: told once, and usual by itself after a day. */
  readonly gain?: Episode;
}

/**
 * A time of failing, or of blindness: first its runs are counted, then it is open, then over. It is kept until every
 * channel that is owed something about it was told.
 */
export interface Episode {
  /** Consecutive runs that speak for it, until it is open. */
  readonly runs: number;
  /** The first of these runs. */
  readonly firstAt: number;
  /** When it began, as far as is known: the newest sample's time at the first failing run, else the run's. */
  readonly since: number;
  /** What people are told together carries the same key: it stays one incident wherever incidents are counted. */
  readonly opened?: { readonly at: number; readonly key: string; readonly because: string };
  /** Consecutive runs that speak against it while it is open. */
  readonly clear: number;
  readonly over?: {
    readonly at: number;
    readonly how: 'recovered' | 'unwatched';
    readonly because: string;
  };
  /** Identities of the findings that it has had, in the order in which they came. */
  readonly findings: readonly string[];
  /** Groups that were silent when it was last seen failing: it is not over before they return. */
  readonly awaited?: readonly AwaitedGroup[];
  /** A mute holds something of it back, by its words for people. */
  readonly heldBy?: string;
  /** The words of the mute that ended last, while what it held back may still have to be told. */
  readonly wasHeldBy?: string;
  /** By the channel's key. */
  readonly channels: Readonly<Record<string, ChannelMemory>>;
}

/** Why a channel is told. */
export type Telling = 'opened' | 'found' | 'reminder' | 'unmuted' | 'recovered' | 'unwatched';

export interface ChannelMemory {
  /** When the channel was last told that it is open, and how many of `findings` it knows. */
  readonly told?: { readonly at: number; readonly findings: number };
  /** What was decided to be told and is not yet delivered. */
  readonly owed?: Telling;
}

export const NOTHING: ClusterMemory = { runs: [], signals: {} };

/** What is remembered of a signal; its name may be that of something which every object has. */
export function signalIn(
  { signals }: Pick<ClusterMemory, 'signals'>,
  name: string,
): SignalMemory | undefined {
  return Object.hasOwn(signals, name) ? signals[name] : undefined;
}

/** What a channel knows of an episode. */
export function channelIn({ channels }: Pick<Episode, 'channels'>, key: string): ChannelMemory | undefined {
  return Object.hasOwn(channels, key) ? channels[key] : undefined;
}

/** Critical where any is, else warning. */
export function gravest(severities: readonly Severity[]): Severity {
  return severities.includes('critical') ? 'critical' : 'warning';
}
