import type { Verdict } from './verify.ts';

/** How long runs are kept. */
export const HISTORY_MS = 30 * 24 * 3_600_000;

/** What one run saw, kept compact. Every signal that was judged stands in exactly one of `ok`, `failing`, `unknown`. */
export interface RunRecord {
  readonly cluster: string;
  /** Unique among the cluster's runs. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly ok: readonly string[];
  readonly failing: readonly string[];
  readonly unknown: readonly string[];
  /** Signals of which an incident opened with this run, and of which one ended. */
  readonly opened: readonly string[];
  readonly ended: readonly string[];
}

const MISSED = '+missed';

/** The id of a run that was due and did not come. `at` is milliseconds since the epoch. */
export function missedId(at: number): string {
  return `${new Date(at).toISOString()}${MISSED}`;
}

/** Whether a run did not come: nothing was verified when it was due. */
export function isMissed({ id }: Pick<RunRecord, 'id'>): boolean {
  return id.endsWith(MISSED);
}

/** A time of one verdict, from the first run that gave it to the first that gave another, or judged no more. Milliseconds. */
export interface Spell {
  readonly verdict: 'failing' | 'unknown';
  readonly from: number;
  /** null while it lasts. */
  readonly to: number | null;
  readonly runs: number;
  /** Whether an incident was open in it, so that people were told. */
  readonly isIncident: boolean;
}

/** One signal's past. */
export interface SignalHistory {
  readonly cluster: string;
  readonly signal: string;
  /** How many runs judged it. */
  readonly runs: number;
  /** Share of the runs that could observe it in which it was ok, 0 to 1; null where none could. */
  readonly availability: number | null;
  /** Oldest first. */
  readonly spells: readonly Spell[];
  /** How many times it left ok. */
  readonly turns: number;
  /** The run that ended its incident because nobody watches the signal any more; null where none did, or it is judged again. */
  readonly goneAt: number | null;
}

/**
 * The past of every signal that any of the runs judged, by cluster and name, whatever order the runs come in. A run that
 * did not judge a signal says nothing about it, unless it ended its incident: only a signal that is watched no more is not
 * judged then. An incident that opened before the first run shows only once it ends.
 */
export function historyOf(runs: readonly RunRecord[]): SignalHistory[] {
  const tapes = new Map<string, Tape>();
  const tapeOf = (cluster: string, signal: string): Tape => {
    const key = JSON.stringify([cluster, signal]);
    const tape = tapes.get(key) ?? emptyTape(cluster, signal);
    tapes.set(key, tape);
    return tape;
  };
  for (const run of runs.toSorted((a, b) => a.at - b.at || compare(a.id, b.id))) {
    for (const signal of run.opened) open(tapeOf(run.cluster, signal));
    const judged = judgements(run);
    for (const [signal, verdict] of judged) judge(tapeOf(run.cluster, signal), verdict, run.at);
    const opened = new Set(run.opened);
    for (const signal of run.ended) {
      const tape = tapeOf(run.cluster, signal);
      end(tape, opened.has(signal));
      if (!judged.has(signal)) leave(tape, run.at);
    }
  }
  return [...tapes.values()]
    .filter(({ counts }) => counts.ok + counts.failing + counts.unknown > 0)
    .sort((a, b) => compare(a.cluster, b.cluster) || compare(a.signal, b.signal))
    .map(toHistory);
}

/** Every signal that a run judged, once, with its verdict. */
export function judgements(run: RunRecord): Map<string, Verdict> {
  return new Map([
    ...run.ok.map((signal) => [signal, 'ok'] as const),
    ...run.unknown.map((signal) => [signal, 'unknown'] as const),
    ...run.failing.map((signal) => [signal, 'failing'] as const),
  ]);
}

interface Tape {
  readonly cluster: string;
  readonly signal: string;
  readonly counts: Record<Verdict, number>;
  readonly spells: { -readonly [key in keyof Spell]: Spell[key] }[];
  turns: number;
  /** Undefined before the first verdict, and after the signal was left. */
  last: Verdict | undefined;
  goneAt: number | null;
  /** Whether an incident is open; undefined until the first one opens or ends. */
  isOpen: boolean | undefined;
}

function emptyTape(cluster: string, signal: string): Tape {
  return {
    cluster,
    signal,
    counts: { ok: 0, failing: 0, unknown: 0 },
    spells: [],
    turns: 0,
    last: undefined,
    goneAt: null,
    isOpen: undefined,
  };
}

function open(tape: Tape): void {
  tape.isOpen = true;
}

/** What ends without having opened was open from the beginning. */
function end(tape: Tape, isAnotherOpen: boolean): void {
  if (tape.isOpen === undefined) for (const spell of tape.spells) spell.isIncident = true;
  tape.isOpen = isAnotherOpen;
}

/** Nobody watches the signal any more: what it was last is over. */
function leave(tape: Tape, at: number): void {
  const spell = tape.spells.at(-1);
  if (spell?.to === null) spell.to = at;
  tape.last = undefined;
  tape.goneAt = at;
}

function judge(tape: Tape, verdict: Verdict, at: number): void {
  tape.counts[verdict] += 1;
  tape.goneAt = null;
  const spell = tape.spells.at(-1);
  const isOpen = tape.isOpen ?? false;
  if (verdict !== tape.last) {
    if (spell?.to === null) spell.to = at;
    if (tape.last === 'ok') tape.turns += 1;
    if (verdict !== 'ok') tape.spells.push({ verdict, from: at, to: null, runs: 1, isIncident: isOpen });
  } else if (spell && verdict !== 'ok') {
    spell.runs += 1;
    spell.isIncident ||= isOpen;
  }
  tape.last = verdict;
}

function toHistory({ cluster, signal, counts, spells, turns, goneAt }: Tape): SignalHistory {
  const observed = counts.ok + counts.failing;
  return {
    cluster,
    signal,
    runs: observed + counts.unknown,
    availability: observed === 0 ? null : counts.ok / observed,
    spells,
    turns,
    goneAt,
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
