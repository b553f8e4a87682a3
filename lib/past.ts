import { historyOf, judgements, type RunRecord, type SignalHistory } from './history.ts';
import type { Verdict } from './verify.ts';

/** How many columns show a signal's past: three hours each in a week. */
const MOST_COLUMNS = 56;

/** Below this a signal that is judged seldom may have been judged by confirmations of one run alone. */
const BURST_MS = 3_600_000;
/** A signal is hardly ever judged less often than this. */
const SELDOM_MS = 24 * 3_600_000;

/**
 * A signal's history with what it takes to draw it. `goneAt` is also the first run of the cluster after `lastAt` where the
 * newer ones judged it no more for twice as long as they ever paused.
 */
export interface SignalPast extends SignalHistory {
  /** The first and the last run that judged it. Milliseconds. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** The worst verdict in each column of the window, oldest first; null where no run judged the signal. */
  readonly columns: readonly (Verdict | null)[];
}

/** What was recorded of some clusters in a window of time. Milliseconds. */
export interface Past {
  readonly from: number;
  readonly to: number;
  readonly runs: number;
  /** How much time one column of every signal stands for. */
  readonly columnMs: number;
  readonly signals: readonly SignalPast[];
}

const RANK = { ok: 1, unknown: 2, failing: 3 } as const;

/**
 * The runs of a window, for showing: signals that are not ok now come first, then the least available, then those that
 * turned most, and at last those that are judged no more. Where less was recorded the window begins with its first run; it has so few columns that runs on a schedule
 * fill all of them.
 */
export function pastOf(
  runs: readonly RunRecord[],
  window: { readonly from: number; readonly to: number },
): Past {
  const within = runs.filter(({ at }) => at >= window.from && at <= window.to);
  const from = beginning(within, window);
  const count = columnCount(within);
  const columnMs = Math.max(1, (window.to - from) / count);
  const drawn = new Map<string, Line>();
  const times = new Map<string, number[]>();
  for (const run of within.toSorted((a, b) => a.at - b.at)) {
    const before = times.get(run.cluster);
    if (before) before.push(run.at);
    else times.set(run.cluster, [run.at]);
    const column = Math.min(count - 1, Math.floor((run.at - from) / columnMs));
    for (const [signal, verdict] of judgements(run)) {
      const key = JSON.stringify([run.cluster, signal]);
      const line = drawn.get(key) ?? {
        firstAt: run.at,
        lastAt: run.at,
        longestPauseMs: 0,
        columns: Array.from({ length: count }, () => null),
      };
      drawn.set(key, line);
      line.longestPauseMs = Math.max(line.longestPauseMs, run.at - line.lastAt);
      line.lastAt = run.at;
      const before = line.columns[column] ?? null;
      if (before === null || RANK[verdict] > RANK[before]) line.columns[column] = verdict;
    }
  }
  const signals = historyOf(within).flatMap((history): SignalPast[] => {
    const line = drawn.get(JSON.stringify([history.cluster, history.signal]));
    if (!line) return [];
    const { longestPauseMs: _, ...shown } = line;
    const goneAt = history.goneAt ?? goneSince(line, times.get(history.cluster) ?? []);
    const spells = history.spells.map((spell) => ({ ...spell, to: spell.to ?? goneAt }));
    return [{ ...history, ...shown, spells, goneAt }];
  });
  return { from, to: window.to, runs: within.length, columnMs, signals: signals.sort(worstFirst) };
}

interface Line {
  readonly firstAt: number;
  lastAt: number;
  longestPauseMs: number;
  readonly columns: (Verdict | null)[];
}

/** The first of the cluster's runs after those that judged a signal; null where it may only be judged seldom. */
function goneSince({ firstAt, lastAt, longestPauseMs }: Line, times: readonly number[]): number | null {
  const seldomMs = lastAt - firstAt < BURST_MS ? SELDOM_MS : 0;
  const silentMs = (times.at(-1) ?? lastAt) - lastAt;
  if (silentMs <= 2 * Math.max(longestPauseMs, seldomMs)) return null;
  return times.find((at) => at > lastAt) ?? null;
}

/** The verdict of the last run that judged the signal. What is not judged any more has none, and counts as ok. */
export function verdictNow({ spells }: SignalHistory): Verdict {
  const last = spells.at(-1);
  return last?.to === null ? last.verdict : 'ok';
}

/** A share of 0 to 1 for people, never rounded up: `100%` is all of them. `not seen` where it is null. */
export function formatShare(share: number | null): string {
  return share === null
    ? 'not seen'
    : `${(Math.floor(share * 10_000 + 1e-9) / 100).toFixed(2).replace(/\.?0+$/, '')}%`;
}

function beginning(runs: readonly RunRecord[], { from, to }: { readonly from: number; readonly to: number }) {
  const first = runs.reduce((first, { at }) => Math.min(first, at), to);
  return runs.length === 0 || first - from < (to - from) / MOST_COLUMNS ? from : first;
}

/** The share of its runs that could observe a signal, 0 to 1. */
export function seenShare({ runs, spells }: SignalHistory): number {
  const blind = spells.reduce((sum, spell) => sum + (spell.verdict === 'unknown' ? spell.runs : 0), 0);
  return (runs - blind) / runs;
}

function columnCount(runs: readonly RunRecord[]): number {
  const perCluster = new Map<string, number>();
  for (const { cluster } of runs) perCluster.set(cluster, (perCluster.get(cluster) ?? 0) + 1);
  return Math.max(1, Math.min(MOST_COLUMNS, Math.floor(Math.max(0, ...perCluster.values()) / 2)));
}

function worstFirst(a: SignalPast, b: SignalPast): number {
  return (
    Number(a.goneAt !== null) - Number(b.goneAt !== null) ||
    RANK[verdictNow(b)] - RANK[verdictNow(a)] ||
    (a.availability ?? 0) - (b.availability ?? 0) ||
    b.turns - a.turns ||
    b.spells.length - a.spells.length
  );
}
