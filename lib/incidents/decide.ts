import { formatDuration } from '../duration.ts';
import { instant } from '../instant.ts';
import { advance, isOpen, type Speech } from './episode.ts';
import { answersAtOnce } from '../signal.ts';
import type { Judged, RunFacts } from './judged.ts';
import { type ClusterMemory, type Episode, type Severity, signalIn, type SignalMemory } from './memory.ts';
import { newsTo } from './news.ts';
import { mapSignals, mapTracks, type Track, withTracks } from './owe.ts';

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

/** As long as a group that was seen is expected. */
const AWAITED_MS = 24 * 3_600_000;
/** As long as a gain takes to become usual. */
const GAIN_LASTS_MS = 24 * 3_600_000;
const MOST_AWAITED_GROUPS = 1000;
const NOT_RETURNED =
  'what is silent has not been seen for a day and is no longer expected; list it under labels.values to be told for longer';

/** What opens within this of an incident's opening is part of it: planes notice the same break at different speeds. */
const JOINS_MS = 30 * 60_000;

/** Whether the run was counted before, or a later one was. A run that is dated in the future is no later one. */
export function isRepeated(
  { runs }: Pick<ClusterMemory, 'runs'>,
  { id, at, checkedAt }: Pick<RunFacts, 'id' | 'at' | 'checkedAt'>,
): boolean {
  return runs.some((run) => run.id === id || (run.at <= checkedAt && at <= run.at));
}

/** A second look leaves the order of the runs as it is: one that is under way may still be counted. */
function withRun({ runs }: ClusterMemory, { id, at, isConfirmation }: RunFacts): ClusterMemory['runs'] {
  const counted = isConfirmation ? Math.min(at, runs[0]?.at ?? at) : at;
  return [{ id, at: counted }, ...runs].slice(0, REMEMBERED_RUNS);
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
    if (!one || (run.isConfirmation && !isDoubtful(signal))) return signal;
    return moved(signal, one, run, rules, keyOf(one.severity));
  });
  return {
    memory: { ...memory, signals: withinBounds(signals), runs: withRun(memory, run) },
    ...changes(memory.signals, signals),
  };
}

/** What is waited for must not fill the memory: a signal beyond that recovers as if it waited for nothing. */
function withinBounds(signals: ClusterMemory['signals']): ClusterMemory['signals'] {
  let left = MOST_AWAITED_GROUPS;
  return mapSignals(signals, (signal) =>
    mapTracks(signal, (episode) => {
      const { awaited = [], ...rest } = episode;
      left -= awaited.length;
      return awaited.length > 0 && left < 0 ? rest : episode;
    }),
  );
}

function isCounting(episode: Episode | undefined): boolean {
  return episode !== undefined && !isOpen(episode) && episode.runs > 0;
}

/** A second look moves only what failed for the first time on a plane that answers within seconds. */
function isDoubtful(signal: SignalMemory): boolean {
  return isCounting(signal.failing) && signal.failing?.runs === 1 && answersAtOnce(signal.plane);
}

function moved(
  signal: SignalMemory,
  judged: Judged,
  run: RunFacts,
  { recoverAfter, blindAfter }: CountRules,
  key: string,
): SignalMemory {
  const { checkedAt, isConfirmation } = run;
  const { plane, severity, failAfter } = judged;
  const isLapsed = hasLapsed(signal.failing, judged, checkedAt);
  const failing = advance(
    signal.failing,
    isLapsed ? 'against' : failingSpeech(judged),
    {
      at: checkedAt,
      since: Math.min(judged.since ?? checkedAt, checkedAt),
      key,
      findings: newsTo(signal.failing, judged.findings),
      awaited: judged.missing,
      because: `failing in ${ofRuns(failAfter)}${isConfirmation ? ', the last to confirm it' : ''}`,
      over: ({ since }) =>
        isLapsed
          ? { how: 'unwatched', because: NOT_RETURNED }
          : {
              how: 'recovered',
              because: `ok in ${ofRuns(recoverAfter)}, after ${formatDuration(checkedAt - since)}`,
            },
    },
    { after: failAfter, clearAfter: recoverAfter },
  );
  const blind = advance(
    signal.blind,
    isConfirmation ? 'nothing' : blindSpeech(judged),
    {
      at: checkedAt,
      since: checkedAt,
      key: `${key}/blind`,
      findings: [],
      awaited: [],
      because: `not observable in ${ofRuns(blindAfter)}`,
      over: ({ since }) => ({
        how: 'recovered',
        because: `observed in ${ofRuns(recoverAfter)}, after ${formatDuration(checkedAt - since)}`,
      }),
    },
    { after: blindAfter, clearAfter: recoverAfter },
  );
  const gain = advance(
    signal.gain,
    gainSpeech(signal.gain, judged, run),
    {
      at: checkedAt,
      since: checkedAt,
      key: `${key}/gain`,
      findings: judged.gains,
      awaited: [],
      because: `seen in ${ofRuns(failAfter)}, told once`,
      over: () => ({ how: 'recovered', because: 'usual by now, or gone' }),
    },
    { after: failAfter, clearAfter: recoverAfter },
  );
  return withTracks(plane, severity, { failing, blind, gain });
}

/** A gain that comes and goes is one for a day: until then nothing that is told of it could be new. */
function gainSpeech(episode: Episode | undefined, judged: Judged, run: RunFacts): Speech {
  const { verdict, gains, isHeld } = judged;
  if (run.isConfirmation) return 'nothing';
  if (gains.length > 0) return 'for';
  if (verdict !== 'ok' || isHeld) return 'nothing';
  return isOpen(episode) && run.checkedAt - episode.opened.at < GAIN_LASTS_MS ? 'nothing' : 'against';
}

/** Groups that do not return are not waited for for ever: somebody may have removed them on purpose. */
function hasLapsed(episode: Episode | undefined, { onlyAwaits }: Judged, now: number): boolean {
  return onlyAwaits && isOpen(episode) && now - episode.since >= AWAITED_MS;
}

/** Could not look is neither, and what a rollout explains is held, not ok: the counts stay as they are. */
function failingSpeech({ verdict, isHeld }: Judged): Speech {
  if (verdict === 'unknown' || (verdict === 'ok' && isHeld)) return 'nothing';
  return verdict === 'failing' ? 'for' : 'against';
}

function blindSpeech({ verdict, isPending }: Judged): Speech {
  if (verdict !== 'unknown') return 'against';
  return isPending ? 'nothing' : 'for';
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

/** What opens soon after an incident did is part of it, unless that would not wake anyone who should be woken. */
function incidentKeys(cluster: string, { signals }: ClusterMemory, { at, checkedAt }: RunFacts) {
  const open = Object.values(signals).flatMap(({ failing, severity }) =>
    isOpen(failing) ? [{ ...failing.opened, severity }] : [],
  );
  const young = [...Map.groupBy(open, ({ key }) => key).values()]
    .map((members) => ({
      key: members[0]?.key,
      openedAt: Math.min(...members.map((member) => member.at)),
      isCritical: members.some(({ severity }) => severity === 'critical'),
    }))
    .filter(({ openedAt }) => checkedAt - openedAt <= JOINS_MS)
    .sort((a, b) => b.openedAt - a.openedAt);
  const own = ownKey(cluster, at);
  return (severity: Severity): string =>
    young.find(({ isCritical }) => severity === 'warning' || isCritical)?.key ?? own;
}

function changes(before: ClusterMemory['signals'], after: ClusterMemory['signals']) {
  const episodeOf = (signals: ClusterMemory['signals'], name: string, track: Track) =>
    signalIn({ signals }, name)?.[track];
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
