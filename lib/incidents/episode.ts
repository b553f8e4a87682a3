import type { AwaitedGroup } from '../silence.ts';
import type { Episode } from './memory.ts';

/** What one run says about an episode: for it, against it, or nothing, which leaves every count as it is. */
export type Speech = 'for' | 'against' | 'nothing';

/** How many consecutive runs open an episode, and how many end it. */
export interface Bounds {
  readonly after: number;
  readonly clearAfter: number;
}

export interface Observation {
  /** When the run took place. Milliseconds since the epoch. */
  readonly at: number;
  /** When what it saw began, where it is known to be earlier. */
  readonly since: number;
  /** The incident's key, should it open now. */
  readonly key: string;
  /** Identities of what was found. */
  readonly findings: readonly string[];
  /** Groups that it waits for from now on. */
  readonly awaited: readonly AwaitedGroup[];
  /** Why it opens, in words for people. */
  readonly because: string;
  /** How it ends, should it end now. */
  readonly over: (episode: Episode) => Omit<NonNullable<Episode['over']>, 'at'>;
}

/** Beyond this many, more findings of one signal say nothing new, and would only fill the memory. */
export const MOST_FINDINGS = 24;
const MOST_AWAITED = 12;

/** The episode after one more run; undefined where there is nothing to remember. */
export function advance(
  episode: Episode | undefined,
  speech: Speech,
  observation: Observation,
  bounds: Bounds,
): Episode | undefined {
  if (speech === 'nothing') return episode;
  if (speech === 'for') return stronger(episode, observation, bounds);
  return episode && weaker(episode, observation, bounds);
}

/** Open, and not over. */
export function isOpen(episode: Episode | undefined): episode is Episode & Required<Pick<Episode, 'opened'>> {
  return episode?.opened !== undefined && episode.over === undefined;
}

function stronger(episode: Episode | undefined, observation: Observation, { after }: Bounds): Episode {
  if (isOpen(episode)) {
    const findings = withNew(episode.findings, observation.findings);
    return { ...waitingFor(episode, observation), clear: 0, findings };
  }
  const { at, since } = observation;
  const begun = episode && episode.runs > 0 ? episode : { firstAt: at, since };
  const counted: Episode = {
    channels: {},
    clear: 0,
    findings: [],
    ...episode,
    runs: (episode?.runs ?? 0) + 1,
    firstAt: begun.firstAt,
    since: begun.since,
  };
  return counted.runs < after ? counted : opened(counted, observation);
}

/**
 * One that is over but not told everywhere opens again under its own key: who counts incidents still has it open, and
 * who was told of the one before hears of this one anew.
 */
function opened(episode: Episode, observation: Observation): Episode {
  const { at, key, findings, because } = observation;
  const { over: _over, heldBy: _heldBy, wasHeldBy: _wasHeldBy, ...rest } = waitingFor(episode, observation);
  return {
    ...rest,
    opened: { at, key: episode.opened?.key ?? key, because },
    clear: 0,
    findings: withNew([], findings),
    channels: Object.fromEntries(
      Object.entries(episode.channels).map(([channel, { told }]) => [
        channel,
        { owed: 'opened' as const, ...(told ? { told: { ...told, findings: 0 } } : {}) },
      ]),
    ),
  };
}

/** What is silent now is waited for; what has returned is not. */
function waitingFor(episode: Episode, observation: Observation): Episode {
  const { awaited: _before, ...rest } = episode;
  const awaited = observation.awaited.slice(0, MOST_AWAITED);
  return awaited.length === 0 ? rest : { ...rest, awaited };
}

function weaker(episode: Episode, observation: Observation, { clearAfter }: Bounds): Episode | undefined {
  if (!episode.opened) return undefined;
  if (episode.over) return { ...episode, runs: 0 };
  const clear = episode.clear + 1;
  if (clear < clearAfter) return { ...episode, clear };
  const { awaited: _awaited, ...rest } = episode;
  return { ...rest, clear, runs: 0, over: { at: observation.at, ...observation.over(episode) } };
}

function withNew(known: readonly string[], found: readonly string[]): readonly string[] {
  const fresh = [...new Set(found)].filter((identity) => !known.includes(identity));
  return fresh.length === 0 ? known : [...known, ...fresh].slice(0, MOST_FINDINGS);
}
