import { type Change, changeWords } from '../change.ts';
import type { Marker } from '../expectation.ts';
import { printable } from '../printable.ts';

/** A piece of the machinery, and the states that it was seen in, oldest first. */
export interface Piece {
  /** With its kind: `add-on prod-eu/adot`. */
  readonly of: string;
  /** What was done to it when it changed. */
  readonly did: Marker['did'];
  readonly states: readonly PieceState[];
}

export interface PieceState {
  readonly version?: string;
  /** When it came to be so. Milliseconds since the epoch. */
  readonly at: number;
  /** `at` is only when it was first seen so. */
  readonly isSeen?: boolean;
}

/** The pieces of a cluster that are remembered, and of each the states: a roll-back and what was before it. */
const MOST_PIECES = 50;
const MOST_STATES = 3;
/** A change without a version to compare the next one with is of no use to what breaks later. */
const KEPT_MS = 7 * 86_400_000;
/** APIs date a change anew as it proceeds: an add-on when its update begins, and when it ends. */
const ONE_CHANGE_MS = 30 * 60_000;
const LONGEST_NAME = 160;
const LONGEST_VERSION = 80;

/**
 * The pieces after one more run showed `markers` at `now` (milliseconds since the epoch). What is older than what is known
 * already comes from a memory of the process, and counts for nothing.
 */
export function withMarkers(
  pieces: readonly Piece[],
  markers: readonly Marker[],
  now: number,
): readonly Piece[] {
  const known = new Map(pieces.map((piece) => [piece.of, piece]));
  for (const marker of markers) {
    const of = printable(marker.of, LONGEST_NAME);
    const states = next(known.get(of)?.states ?? [], stateOf(marker, now));
    known.set(of, { of, did: marker.did, states });
  }
  return [...known.values()]
    .filter(({ states }) => states.at(-1)?.version !== undefined || lastChange(states) >= now - KEPT_MS)
    .sort((a, b) => lastChange(b.states) - lastChange(a.states))
    .slice(0, MOST_PIECES);
}

function stateOf({ version, at }: Marker, now: number): PieceState {
  return {
    ...(version === undefined ? {} : { version: printable(version, LONGEST_VERSION) }),
    ...(at === undefined ? { at: now, isSeen: true } : { at }),
  };
}

function next(states: readonly PieceState[], state: PieceState): readonly PieceState[] {
  const last = states.at(-1);
  if (!last) return [state];
  const isSame = state.version === last.version;
  if (state.at <= last.at || (isSame && (state.isSeen || state.at - last.at <= ONE_CHANGE_MS))) return states;
  return [...states, state].slice(-MOST_STATES);
}

function lastChange(states: readonly PieceState[]): number {
  return states.at(-1)?.at ?? 0;
}

/** What is known to have changed; a piece that was only seen has not. */
export function changesOf(pieces: readonly Piece[]): readonly Change[] {
  return pieces.flatMap(({ of, did, states }) =>
    states.flatMap(({ version, at, isSeen }, index): Change[] => {
      const before = states[index - 1];
      if (before?.version !== undefined && version !== undefined && before.version !== version) {
        const how = isSeen ? ', first seen' : '';
        return [{ what: `${of} went from ${before.version} to ${version}${how}`, at }];
      }
      if (isSeen) return [];
      return [{ what: changeWords({ of, did, version }), at }];
    }),
  );
}
