import { formatDuration } from '../duration.ts';
import type { Judged, RunFacts } from '../incidents/judged.ts';
import { isOpen } from '../incidents/episode.ts';
import { findingIdentity } from '../incidents/identity.ts';
import { type ClusterMemory, signalIn } from '../incidents/memory.ts';
import { instant } from '../instant.ts';
import type { UnsentRun } from './due.ts';
import { dueSlot } from './slots.ts';
import { isMissing, missingFor, type Watch } from './overdue.ts';

/** What Plumbline knows of its own configuration: read and right, wrong, or not to be read. */
export type ConfigurationState =
  | { readonly verdict: 'ok' }
  | { readonly verdict: 'failing'; readonly problems: readonly string[] }
  | { readonly verdict: 'unknown'; readonly detail: string };

/** What is wrong with Plumbline itself, in words, by the name that it is remembered under. */
export interface OwnFinding {
  readonly observed: string;
  readonly expected: string;
}

export interface OwnFacts {
  readonly run: RunFacts;
  readonly findings: ReadonlyMap<string, readonly OwnFinding[]>;
  /** Why the configuration could not be read; empty where it could. */
  readonly unreadable: string;
}

export const CONFIGURATION = 'configuration';
const RUNS_OF = 'runs of ';

/** The cluster whose runs a name stands for; undefined for the configuration. */
export function clusterOf(name: string): string | undefined {
  return name.startsWith(RUNS_OF) ? name.slice(RUNS_OF.length) : undefined;
}

/** The clusters of which it was told that they are not verified. */
export function notVerified({ signals }: Pick<ClusterMemory, 'signals'>): readonly string[] {
  return Object.entries(signals).flatMap(([name, { failing }]) =>
    isOpen(failing) ? (clusterOf(name) ?? []) : [],
  );
}

/** Since when runs of the cluster were due and did not come; undefined where that is not so. Milliseconds since the epoch. */
export function awaitedSince(memory: ClusterMemory, cluster: string): number | undefined {
  return signalIn(memory, `${RUNS_OF}${cluster}`)?.failing?.firstAt;
}

export interface OwnObservation {
  readonly tick: number;
  /** The tick that was counted before. Both in milliseconds since the epoch. */
  readonly after: number;
  readonly watches: readonly Watch[];
  readonly configuration: ConfigurationState;
  /** Runs that the queue did not take, for the next tick to send. */
  readonly unsent: readonly UnsentRun[];
}

/**
 * What a tick says of Plumbline itself to the state machine, as if it were a cluster whose signals are the runs of the
 * others: those that were due, and those that were missing before.
 */
export function ownFacts(memory: ClusterMemory, observed: OwnObservation, now: number): OwnFacts {
  const { tick, after, watches, configuration } = observed;
  const judged = watches.filter((watch) => {
    const { cluster, everyMs } = watch;
    const counted = signalIn(memory, `${RUNS_OF}${cluster.name}`)?.failing;
    const isBack = counted !== undefined && !isMissing(watch, tick);
    return isOpen(counted) || isBack || dueSlot(everyMs, after, tick) !== undefined;
  });
  const findings = new Map<string, readonly OwnFinding[]>(
    judged.flatMap((watch) => {
      const found = findingOf(watch, tick, now);
      return found ? [[`${RUNS_OF}${watch.cluster.name}`, [found]] as const] : [];
    }),
  );
  if (configuration.verdict === 'failing') findings.set(CONFIGURATION, problemsOf(configuration.problems));
  return {
    run: {
      id: new Date(tick).toISOString(),
      at: tick,
      checkedAt: now,
      isConfirmation: false,
      watched: new Set([CONFIGURATION, ...watches.map(({ cluster }) => `${RUNS_OF}${cluster.name}`)]),
      judged: [
        judgedOf(CONFIGURATION, configuration.verdict, findings),
        ...judged.map((watch) => {
          const verdict = isMissing(watch, tick) ? 'failing' : 'ok';
          const one = judgedOf(`${RUNS_OF}${watch.cluster.name}`, verdict, findings);
          return { ...one, since: watch.lastRun ?? null, failAfter: missingFor(watch, after, tick) };
        }),
      ],
    },
    findings,
    unreadable: configuration.verdict === 'unknown' ? configuration.detail : '',
  };
}

function judgedOf(
  signal: string,
  verdict: Judged['verdict'],
  findings: ReadonlyMap<string, readonly OwnFinding[]>,
): Judged {
  const found = signal === CONFIGURATION ? (findings.get(signal) ?? []) : [];
  return {
    signal,
    plane: 'plumbline',
    severity: 'critical',
    failAfter: 1,
    verdict,
    // Another problem is news; that a run is missing for longer is not.
    findings: new Map(
      found.map(({ observed }) => [findingIdentity({ expectation: signal, subject: observed }), []]),
    ),
    since: null,
    isHeld: false,
    gains: [],
    missing: [],
    onlyAwaits: false,
    isPending: false,
  };
}

function findingOf(watch: Watch, tick: number, now: number): OwnFinding | undefined {
  const { lastRun, everyMs } = watch;
  if (!isMissing(watch, tick)) return undefined;
  const expected = `a run every ${formatDuration(everyMs)}`;
  if (lastRun === undefined) return { observed: 'not verified yet', expected };
  const since = instant(new Date(lastRun).toISOString());
  return { observed: `not verified since ${since}, for ${formatDuration(now - lastRun)}`, expected };
}

function problemsOf(problems: readonly string[]): readonly OwnFinding[] {
  const expected = 'a configuration without problems; the last good one stays in force';
  return problems.map((observed) => ({ observed, expected }));
}
