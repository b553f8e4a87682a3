/** A stretch of time in milliseconds since the epoch: `from` inclusive, `to` exclusive, Infinity where it has no end. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Something that is on or off. Times may be told in any order; of two at one time the later told wins. */
export interface Switch {
  readonly on: (at: number) => void;
  readonly off: (at: number) => void;
  /** When it is on: ascending, disjoint. */
  readonly spans: () => readonly Span[];
}

/** A switch that is on from `since` (ms) on. */
export function createSwitch(since: number): Switch {
  const turns = new Map([[since, true]]);
  return {
    on: (at) => void turns.set(at, true),
    off: (at) => void turns.set(at, false),
    spans: () => spansOf([...turns].sort(([left], [right]) => left - right)),
  };
}

function spansOf(turns: readonly (readonly [at: number, on: boolean])[]): readonly Span[] {
  return turns.flatMap(([at, on], index) => {
    const span = { from: at, to: turns[index + 1]?.[0] ?? Infinity };
    return on ? [span] : [];
  });
}

/** The time that is in both lists. Spans that touch stay apart. */
export function intersect(left: readonly Span[], right: readonly Span[]): readonly Span[] {
  return left.flatMap((one) =>
    right
      .map((other) => ({ from: Math.max(one.from, other.from), to: Math.min(one.to, other.to) }))
      .filter(({ from, to }) => from < to),
  );
}
