export interface StaleMarkers {
  /** Whether what stops says so, by a stale marker on each of its series. */
  readonly staleMarkers: boolean;
}

/** When something runs. Times are milliseconds since the epoch, in any order; of two at one time the later told wins. */
export interface Timeline {
  start(at: number): void;
  stop(at: number, how: StaleMarkers): void;
  runsAt(at: number): boolean;
  /** Whether it stands still at `at` after a stop that leaves stale markers. */
  stoppedWithMarkers(at: number): boolean;
}

interface Turn {
  readonly at: number;
  readonly running: boolean;
  readonly staleMarkers: boolean;
}

/** A timeline of something that has been running since `since`. */
export function createTimeline(since: number): Timeline {
  const turns: Turn[] = [{ at: since, running: true, staleMarkers: false }];
  let known = { from: Infinity, to: -Infinity, turn: turns[0] };
  const add = (turn: Turn) => {
    turns.splice(countUntil(turns, turn.at), 0, turn);
    known = { from: Infinity, to: -Infinity, turn };
  };
  /** Each sample that is computed asks, and most lie between the same two turns as the one before. */
  const latest = (at: number) => {
    if (at >= known.from && at < known.to) return known.turn;
    const next = countUntil(turns, at);
    const turn = turns[next - 1];
    known = { from: turn?.at ?? -Infinity, to: turns[next]?.at ?? Infinity, turn };
    return turn;
  };
  return {
    start: (at) => add({ at, running: true, staleMarkers: false }),
    stop: (at, { staleMarkers }) => add({ at, running: false, staleMarkers }),
    runsAt: (at) => latest(at)?.running ?? false,
    stoppedWithMarkers: (at) => latest(at)?.staleMarkers ?? false,
  };
}

/** How many turns are not later than `at`, by halves. */
function countUntil(turns: readonly Turn[], at: number): number {
  let low = 0;
  let high = turns.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((turns[middle]?.at ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
