import { formatDuration } from '../duration.ts';
import type { Judged, RunFacts } from '../incidents/decide.ts';
import { isOpen } from '../incidents/episode.ts';
import { findingIdentity } from '../incidents/identity.ts';
import { type ClusterMemory, signalIn } from '../incidents/memory.ts';
import { instant } from '../instant.ts';
import { dueSlot } from './slots.ts';
import { isOverdue, PATIENCE, type Watch } from './overdue.ts';

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

export interface OwnObservation {
  readonly tick: number;
  /** The tick that was counted before. Both in milliseconds since the epoch. */
  readonly after: number;
  readonly watches: readonly Watch[];
  readonly configuration: ConfigurationState;
}

/**
 * What a tick says of Plumbline itself to the state machine, as if it were a cluster whose signals are the runs of the
 * others: those that were due, or of which it was told that they do not come.
 */
export function ownFacts(memory: ClusterMemory, observed: OwnObservation, now: number): OwnFacts {
  const { tick, after, watches, configuration } = observed;
  const judged = watches.filter(({ cluster, everyMs }) => {
    const isToldOf = isOpen(signalIn(memory, `${RUNS_OF}${cluster.name}`)?.failing);
    return isToldOf || dueSlot(everyMs, after, tick) !== undefined;
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
          const isKnown = watch.lastRun !== undefined;
          const verdict = isOverdue(watch, tick) === false ? 'ok' : 'failing';
          const one = judgedOf(`${RUNS_OF}${watch.cluster.name}`, verdict, findings);
          // Of a cluster that never had a run only time can tell: it is counted from when it was first due.
          return { ...one, since: watch.lastRun ?? null, failAfter: isKnown ? 1 : PATIENCE + 1 };
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
  if (isOverdue(watch, tick) === false) return undefined;
  const expected = `a run every ${formatDuration(everyMs)}`;
  if (lastRun === undefined) return { observed: 'not verified yet', expected };
  const since = instant(new Date(lastRun).toISOString());
  return { observed: `not verified since ${since}, for ${formatDuration(now - lastRun)}`, expected };
}

function problemsOf(problems: readonly string[]): readonly OwnFinding[] {
  const expected = 'a configuration without problems; the last good one stays in force';
  return problems.map((observed) => ({ observed, expected }));
}
