import { formatDuration } from '../duration.ts';
import { instant } from '../message.ts';
import { advance, isOpen, type Speech } from './episode.ts';
import type { ClusterMemory, Episode, Severity, SignalMemory } from './memory.ts';
import { newsTo } from './news.ts';
import { mapSignals, mapTracks, type Track } from './owe.ts';

/** What one run saw of one signal. */
export interface Judged {
  readonly signal: string;
  readonly plane: string;
  readonly severity: Severity;
  readonly failAfter: number;
  readonly verdict: 'ok' | 'failing' | 'unknown';
  /** Its findings by identity, each with those that imply it. */
  readonly findings: ReadonlyMap<string, readonly string[]>;
  /** When what fails began, where that is known. Milliseconds since the epoch. */
  readonly since: number | null;
  /** Unknown only for the time that a successor may need to be listed: healthy, and no blindness. */
  readonly isPending: boolean;
}

/** A run: who it is, and what it saw. */
export interface RunFacts {
  /** The same for what is the same run, delivered twice. */
  readonly id: string;
  /** When it was due, by which runs are ordered; and when it looked. Milliseconds since the epoch. */
  readonly at: number;
  readonly checkedAt: number;
  /** It only confirms what is newly failing: nothing else moves. */
  readonly isConfirmation: boolean;
  readonly judged: readonly Judged[];
  /** Every signal of the configuration that is switched on, judged by this run or not. */
  readonly watched: ReadonlySet<string>;
}

export interface CountRules {
  readonly recoverAfter: number;
  readonly blindAfter: number;
}

export interface Decision {
  readonly memory: ClusterMemory;
  /** Signals of which an incident opened or ended with this run. */
  readonly opened: readonly string[];
  readonly ended: readonly string[];
  /** Signals of which an incident or a blindness opened. */
  readonly turned: readonly string[];
  /** Signals that are failing for the first time: worth a second look before the next run. */
  readonly newlyFailing: readonly string[];
}

/** So many runs are remembered by name; of older ones their time is enough. */
const REMEMBERED_RUNS = 8;

/** What opens within this of an incident's opening is part of it: planes notice the same break at different speeds. */
const JOINS_MS = 30 * 60_000;

/** Whether the run was counted before, or a later one was. */
export function isRepeated({ runs }: ClusterMemory, { id, at }: Pick<RunFacts, 'id' | 'at'>): boolean {
  return runs.some((run) => run.id === id) || (runs[0] !== undefined && at <= runs[0].at);
}

/** The memory after one more run: every count moved, incidents opened and ended. Undefined for a repeated or late run. */
export function decide(
  cluster: string,
  memory: ClusterMemory,
  run: RunFacts,
  rules: CountRules,
): Decision | undefined {
  if (isRepeated(memory, run)) return undefined;
  const judged = new Map(run.judged.map((one) => [one.signal, one]));
  const before: Record<string, SignalMemory> = Object.create(null) as Record<string, SignalMemory>;
  for (const { signal, plane, severity } of run.judged) before[signal] = { plane, severity };
  for (const [name, signal] of Object.entries(memory.signals)) before[name] = { ...signal, ...before[name] };
  const keyOf = incidentKeys(cluster, memory, run);
  const signals = mapSignals(before, (signal, name) => {
    if (!run.watched.has(name)) return unwatched(signal, run);
    const one = judged.get(name);
    if (!one || (run.isConfirmation && !isCounting(signal.failing))) return signal;
    return moved(signal, one, run, rules, keyOf(one.severity));
  });
  return {
    memory: {
      ...memory,
      signals,
      runs: [{ id: run.id, at: run.at }, ...memory.runs].slice(0, REMEMBERED_RUNS),
    },
    ...changes(memory.signals, signals),
  };
}

function isCounting(episode: Episode | undefined): boolean {
  return episode !== undefined && !isOpen(episode) && episode.runs > 0;
}

function moved(
  signal: SignalMemory,
  judged: Judged,
  run: RunFacts,
  { recoverAfter, blindAfter }: CountRules,
  key: string,
): SignalMemory {
  const failing = advance(
    signal.failing,
    failingSpeech(judged),
    {
      ...occasionOf(run, judged.since, key),
      findings: newsTo(signal.failing, judged.findings),
      because: {
        opened: `failing in ${ofRuns(judged.failAfter)}${run.isConfirmation ? ', the last to confirm it' : ''}`,
        over: ({ since }) => `ok in ${ofRuns(recoverAfter)}, after ${formatDuration(run.checkedAt - since)}`,
      },
    },
    { after: judged.failAfter, clearAfter: recoverAfter },
  );
  const blind = advance(
    signal.blind,
    blindSpeech(judged),
    {
      ...occasionOf(run, null, `${key}/blind`),
      findings: [],
      because: {
        opened: `not observable in ${ofRuns(blindAfter)}`,
        over: ({ since }) =>
          `observed in ${ofRuns(recoverAfter)}, after ${formatDuration(run.checkedAt - since)}`,
      },
    },
    { after: blindAfter, clearAfter: recoverAfter },
  );
  const { plane, severity } = judged;
  return { plane, severity, ...(failing ? { failing } : {}), ...(blind ? { blind } : {}) };
}

/** Could not look is neither: the counts stay as they are. */
function failingSpeech({ verdict }: Judged): Speech {
  if (verdict === 'unknown') return 'nothing';
  return verdict === 'failing' ? 'for' : 'against';
}

function blindSpeech({ verdict, isPending }: Judged): Speech {
  if (verdict !== 'unknown') return 'against';
  return isPending ? 'nothing' : 'for';
}

function occasionOf({ checkedAt }: RunFacts, since: number | null, key: string) {
  return { at: checkedAt, since: Math.min(since ?? checkedAt, checkedAt), key };
}

function ofRuns(count: number): string {
  return count === 1 ? '1 run' : `${count} of ${count} runs`;
}

/** What opened is closed by name, the rest forgotten. */
function unwatched(signal: SignalMemory, { checkedAt }: RunFacts): SignalMemory {
  return mapTracks(signal, (episode) => {
    if (!episode.opened) return undefined;
    if (episode.over) return { ...episode, runs: 0 };
    const because = `no longer in the configuration; it had been open since ${instant(new Date(episode.since).toISOString())}`;
    return { ...episode, runs: 0, over: { at: checkedAt, how: 'unwatched', because } };
  });
}

/** The key of what opens in a run by itself. */
export function ownKey(cluster: string, at: number): string {
  return `${cluster}/${new Date(at).toISOString()}`;
}

/** What opens joins the youngest open incident of the cluster, unless that is older or would not wake anyone. */
function incidentKeys(cluster: string, { signals }: ClusterMemory, { at, checkedAt }: RunFacts) {
  const open = Object.values(signals).flatMap(({ failing, severity }) =>
    isOpen(failing) && checkedAt - failing.opened.at <= JOINS_MS ? [{ ...failing.opened, severity }] : [],
  );
  open.sort((a, b) => b.at - a.at);
  const own = ownKey(cluster, at);
  return (severity: Severity): string => {
    const joined = open.find((one) => severity === 'warning' || one.severity === 'critical');
    return joined?.key ?? own;
  };
}

function changes(before: ClusterMemory['signals'], after: ClusterMemory['signals']) {
  const episodeOf = (signals: ClusterMemory['signals'], name: string, track: Track) =>
    Object.hasOwn(signals, name) ? signals[name]?.[track] : undefined;
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const openings = (track: Track) =>
    names.filter((name) => isOpen(episodeOf(after, name, track)) && !isOpen(episodeOf(before, name, track)));
  const opened = openings('failing');
  return {
    opened,
    turned: [...new Set([...opened, ...openings('blind')])],
    ended: names.filter(
      (name) => isOpen(episodeOf(before, name, 'failing')) && !isOpen(episodeOf(after, name, 'failing')),
    ),
    newlyFailing: names.filter((name) => {
      const now = episodeOf(after, name, 'failing');
      return isCounting(now) && now?.runs === 1 && !isCounting(episodeOf(before, name, 'failing'));
    }),
  };
}
