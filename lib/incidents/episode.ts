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
  /** Why it opens, or is over, in words for people. */
  readonly because: { readonly opened: string; readonly over: (episode: Episode) => string };
}

/** Beyond this many, more findings of one signal say nothing new, and would only fill the memory. */
export const MOST_FINDINGS = 24;

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
  if (isOpen(episode))
    return { ...episode, clear: 0, findings: withNew(episode.findings, observation.findings) };
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

/** One that is over but not told everywhere opens again under its own key: who counts incidents still has it open. */
function opened(episode: Episode, { at, key, findings, because }: Observation): Episode {
  const { over: _over, heldBy: _heldBy, ...rest } = episode;
  return {
    ...rest,
    opened: { at, key: episode.opened?.key ?? key, because: because.opened },
    clear: 0,
    findings: withNew([], findings),
    channels: {},
  };
}

function weaker(episode: Episode, observation: Observation, { clearAfter }: Bounds): Episode | undefined {
  if (!episode.opened) return undefined;
  if (episode.over) return { ...episode, runs: 0 };
  const clear = episode.clear + 1;
  if (clear < clearAfter) return { ...episode, clear };
  const because = observation.because.over(episode);
  return { ...episode, clear, runs: 0, over: { at: observation.at, how: 'recovered', because } };
}

function withNew(known: readonly string[], found: readonly string[]): readonly string[] {
  const fresh = [...new Set(found)].filter((identity) => !known.includes(identity));
  return fresh.length === 0 ? known : [...known, ...fresh].slice(0, MOST_FINDINGS);
}
