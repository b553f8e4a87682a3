import { PATIENCE } from '../dispatch/overdue.ts';
import { isMissed, judgements, type RunRecord } from '../history.ts';
import { isOpen } from '../incidents/episode.ts';
import { type ClusterMemory, type Episode, type Severity, signalIn } from '../incidents/memory.ts';
import type { PlannedCluster } from '../plan.ts';
import type { Plane } from '../signal.ts';
import type { Verdict } from '../verify.ts';

export interface WatchedCluster extends PlannedCluster {
  /** How often it is verified. Milliseconds. */
  readonly everyMs: number;
}

/** What the store says of one cluster. */
export interface Recalled {
  /** Undefined where it could not be read. */
  readonly memory: ClusterMemory | undefined;
  /** Its newest runs; undefined where nobody looked. */
  readonly runs: readonly RunRecord[] | undefined;
  /** Why something could not be read. */
  readonly problem: string | undefined;
}

/** Something that people were told of, or soon will be. Times are milliseconds since the epoch. */
export interface OpenIncident {
  readonly cluster: string;
  readonly signal: string;
  readonly plane: string;
  readonly what: 'failing' | 'not observable';
  readonly severity: Severity;
  readonly since: number;
  readonly openedAt: number;
  readonly because: string;
  /** The words of the mute that holds its messages back. */
  readonly heldBy: string | undefined;
  /** The last run spoke against it: so many more must, before it is over. */
  readonly isRecovering: boolean;
  readonly runbook: string | undefined;
}

export interface SignalHealth {
  readonly signal: string;
  readonly plane: Plane;
  /** The last verdict; `unjudged` where no run has judged it yet, or none can be read. */
  readonly verdict: Verdict | 'unjudged';
  /** Since when it is not ok; null where it is. */
  readonly since: number | null;
  readonly incidents: readonly OpenIncident[];
}

/** `late`: not verified for three intervals, so that nobody knows. */
export type ClusterState = 'failing' | 'late' | 'unknown' | 'ok';

export interface ClusterHealth {
  readonly cluster: string;
  readonly region: string;
  readonly state: ClusterState;
  readonly signals: readonly SignalHealth[];
  /** The last run that was counted; null where there is none. */
  readonly lastRunAt: number | null;
  readonly isLate: boolean;
  readonly problem: string | undefined;
}

/** What is known of a cluster without asking any plane. */
export function healthOf(cluster: WatchedCluster, recalled: Recalled, now: number): ClusterHealth {
  const { memory, runs, problem } = recalled;
  const signals = cluster.signals
    .filter(({ judged }) => judged)
    .map((planned) => signalHealth(cluster.name, planned.signal, recalled));
  const came = (runs ?? []).filter((run) => !isMissed(run));
  const times = [...(memory?.runs ?? []), ...came].map(({ at }) => at);
  const lastRunAt = times.length === 0 ? null : Math.max(...times);
  const isLate = lastRunAt === null || now - lastRunAt > PATIENCE * cluster.everyMs;
  return {
    cluster: cluster.name,
    region: cluster.region,
    state: stateOf(signals, { isLate, isBlind: memory === undefined }),
    signals,
    lastRunAt,
    isLate: isLate && memory !== undefined,
    problem,
  };
}

/** From the worst to the best; the names decide where clusters are alike. */
export function worstFirst(a: ClusterHealth, b: ClusterHealth): number {
  return rank(a) - rank(b) || failingIn(b) - failingIn(a) || (a.cluster < b.cluster ? -1 : 1);
}

/** What is open, the gravest first, and of the same gravity the newest. */
export function incidentsOf(clusters: readonly ClusterHealth[]): readonly OpenIncident[] {
  const gravity = ({ what, severity }: OpenIncident) =>
    what === 'not observable' ? 2 : severity === 'warning' ? 1 : 0;
  return clusters
    .flatMap(({ signals }) => signals.flatMap(({ incidents }) => incidents))
    .sort((a, b) => gravity(a) - gravity(b) || b.openedAt - a.openedAt);
}

const RANKS: readonly ClusterState[] = ['failing', 'late', 'unknown', 'ok'];

function rank({ state }: ClusterHealth): number {
  return RANKS.indexOf(state);
}

function failingIn({ signals }: ClusterHealth): number {
  return signals.filter(({ verdict }) => verdict === 'failing').length;
}

function stateOf(
  signals: readonly SignalHealth[],
  { isLate, isBlind }: { readonly isLate: boolean; readonly isBlind: boolean },
): ClusterState {
  const has = (verdict: Verdict, what: OpenIncident['what']) =>
    signals.some((signal) => signal.verdict === verdict || signal.incidents.some((one) => one.what === what));
  if (has('failing', 'failing')) return 'failing';
  if (isBlind) return 'unknown';
  if (isLate) return 'late';
  return has('unknown', 'not observable') ? 'unknown' : 'ok';
}

function signalHealth(
  cluster: string,
  { name, plane, runbook }: PlannedCluster['signals'][number]['signal'],
  { memory, runs }: Recalled,
): SignalHealth {
  const remembered = memory && signalIn(memory, name);
  const episodes = [
    { what: 'failing', verdict: 'failing', episode: remembered?.failing },
    { what: 'not observable', verdict: 'unknown', episode: remembered?.blind },
  ] as const;
  const now = episodes.find(({ episode }) => lastsStill(episode));
  const silent = memory && runs === undefined ? 'ok' : 'unjudged';
  const verdict = lastVerdict(name, runs) ?? now?.verdict ?? silent;
  return {
    signal: name,
    plane,
    verdict,
    since: verdict === 'ok' || verdict === 'unjudged' ? null : (now?.episode?.since ?? null),
    incidents: episodes.flatMap(({ what, episode }) =>
      remembered && isOpen(episode)
        ? [
            {
              cluster,
              signal: name,
              plane,
              what,
              severity: remembered.severity,
              since: episode.since,
              openedAt: episode.opened.at,
              because: episode.opened.because,
              heldBy: episode.heldBy,
              isRecovering: episode.clear > 0,
              runbook,
            },
          ]
        : [],
    ),
  };
}

/** Whether the last run that judged the signal spoke for the episode. */
function lastsStill(episode: Episode | undefined): boolean {
  if (!episode) return false;
  return episode.over ? episode.runs > 0 : episode.clear === 0;
}

/** The newest of the runs that judged the signal says; some are judged seldom. */
function lastVerdict(signal: string, runs: readonly RunRecord[] = []): Verdict | undefined {
  for (const run of runs.toReversed()) {
    const verdict = judgements(run).get(signal);
    if (verdict !== undefined) return verdict;
  }
  return undefined;
}
