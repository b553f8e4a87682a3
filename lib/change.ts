import type { Marker } from './expectation.ts';
import { instant } from './instant.ts';
import { named } from './message.ts';

/** A change of the machinery in words for people: `add-on prod-eu/adot went from v0.33.0 to v0.35.0`. */
export interface Change {
  readonly what: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** `add-on prod-eu/adot v0.35.0 was changed` */
export function changeWords({
  of,
  version,
  did,
}: Pick<Marker, 'of' | 'did'> & { version: string | undefined }): string {
  return `${of}${version === undefined ? '' : ` ${version}`} was ${did}`;
}

/** The markers that say when something changed. */
export function datedChanges(markers: readonly Marker[]): readonly Change[] {
  return markers.flatMap(({ of, version, did, at }) =>
    at === undefined ? [] : [{ what: changeWords({ of, version, did }), at }],
  );
}

/** What old targets are still live for, a rollout that goes node by node, a list that comes late: so long after a change may a break show. */
const SHOWS_AFTER_MS = 3_600_000;
/** So long before its time: an update ends after it began to break, points of CloudWatch come late, clocks differ. */
const SHOWS_BEFORE_MS = 15 * 60_000;
/** A clock that is ahead by more is wrong. */
const AHEAD_MS = 5 * 60_000;

/** The changes that lie where they may have to do with what began at one of the times, nearest first. Milliseconds since the epoch. */
export function coinciding<T extends Pick<Change, 'at'>>(
  changes: readonly T[],
  since: readonly number[],
  now: number,
): readonly T[] {
  const distance = (change: T): number =>
    Math.min(
      ...since
        .filter((began) => change.at >= began - SHOWS_AFTER_MS && change.at <= began + SHOWS_BEFORE_MS)
        .map((began) => Math.abs(change.at - began)),
    );
  return changes
    .filter((change) => change.at <= now + AHEAD_MS && Number.isFinite(distance(change)))
    .sort((a, b) => distance(a) - distance(b));
}

const MOST_TOLD = 3;

/** One sentence for a message; none without a change. It names a coincidence, not a cause. */
export function coincidence(changes: readonly string[]): readonly string[] {
  return changes.length === 0
    ? []
    : [`Changed about then, which need not be the cause: ${named(changes, MOST_TOLD)}.`];
}

export function changeText({ what, at }: Change): string {
  return `${what} at ${instant(at)}`;
}
