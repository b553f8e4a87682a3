import { formatDuration } from '../duration.ts';
import { type Absent, type Evidence, found, type Unavailable, unavailable } from '../evidence.ts';
import type { ProbeAnswer, ProbeQuestion } from './question.ts';

/** What CloudWatch still reads by the minute. */
const LOOK_BACK_MS = 23 * 3_600_000;
/** A probe is over after this, or half of the time that is left: the other questions of the run wait for it. */
const LONGEST_MS = 10_000;
const MOST_REMEMBERED = 1000;

/** What became of a write. `overtaken`: the plane has a newer sample, so another writes the same series. */
export type Written =
  | { readonly kind: 'accepted'; readonly at: number }
  | { readonly kind: 'overtaken'; readonly words: string }
  | { readonly kind: 'refused'; readonly words: string }
  | Absent
  | Unavailable;

/** What was seen after a write. Times are milliseconds since the epoch, by the writer's clock. */
export interface Seen {
  readonly at: number;
  readonly newestReadable: number | null;
  /** The plane left something out: what was not seen may be there. */
  readonly partial: boolean;
  /** How coarsely the plane dates samples. Milliseconds. */
  readonly periodMs: number;
  readonly latencyMs: number | null;
}

/** When a probe must be over. */
export function probeDeadline({
  deadline,
  clock,
}: {
  readonly deadline: number;
  readonly clock: { now(): number };
}): number {
  const now = clock.now();
  return now + Math.min(LONGEST_MS, Math.max(0, (deadline - now) / 2));
}

/** How far back samples of its own are looked for, so that a pause is not taken for the very first run. Milliseconds. */
export function lookBackMs({ withinMs, everyMs }: ProbeQuestion): number {
  return Math.max(LOOK_BACK_MS, 2 * everyMs + withinMs);
}

/** Remembers that a sample was taken. */
export function remember(probes: Map<string, readonly number[]>, key: string, at: number): void {
  probes.set(key, [...(probes.get(key) ?? []), at].slice(-MOST_REMEMBERED));
}

/**
 * What a write and a look prove. Only a sample that this process saw accepted, and that should be readable by now, may
 * accuse: an old newest sample may as well mean that nobody wrote, in a pause or on a laptop.
 */
export function conclude(
  question: ProbeQuestion,
  written: Written,
  seen: Seen,
  accepted: readonly number[],
): Evidence<ProbeAnswer> {
  const { withinMs, everyMs } = question;
  const { at, newestReadable, partial, periodMs, latencyMs } = seen;
  const answer = (value: ProbeAnswer): Evidence<ProbeAnswer> => ({ ...found(value, at), partial });
  const newestDue = accepted.findLast((one) => at - one >= withinMs + periodMs);
  // What was written before the look back begins cannot be seen, wherever it is.
  const isInSight = newestDue !== undefined && at - newestDue < lookBackMs(question) - periodMs;
  const due = isInSight ? newestDue : undefined;
  const isRecent = newestReadable !== null && at - newestReadable <= everyMs + withinMs + periodMs;
  const isDueThere = due === undefined ? isRecent : newestReadable !== null && newestReadable >= due;
  if (isDueThere) return answer({ newestReadable, latencyMs });
  if (written.kind === 'overtaken') {
    const words = `another writer of the same probe is ahead, so that clocks differ: ${written.words}`;
    return unavailable('clock', words);
  }
  if (due !== undefined) return answer({ missing: due, newestReadable, latencyMs: null });
  if (newestReadable === null || accepted.length > 1) {
    const words = `a sample of its own was written and cannot be read yet; a later run tells after ${formatDuration(withinMs + periodMs)}`;
    return unavailable('not-listed-yet', words);
  }
  const age = formatDuration(at - newestReadable);
  return unavailable(
    'incomplete',
    `the newest sample of its own that can be read was written ${age} ago, and nobody here knows whether one was written since`,
  );
}

/** What a write tells on its own that nobody looked for. */
export function notTaken(written: Written, at: number): Evidence<ProbeAnswer> {
  if (written.kind === 'unavailable' || written.kind === 'absent') return written;
  if (written.kind !== 'refused') return unavailable('timeout', 'no time was left to look for the sample');
  const value = { refused: written.words, newestReadable: null, latencyMs: null };
  return found(value, at);
}
