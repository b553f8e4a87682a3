import type { Trouble } from './faults.ts';
import type { Random } from '../../rehearsal/random.ts';

const SECOND_MS = 1000;

/** What becomes of the run of one tick. */
export interface Fate {
  /** Nobody starts it; or it is delivered with the next one only. */
  readonly comes: 'in time' | 'never' | 'late';
  readonly afterMs: number;
  /** Delivered once, once more afterwards, or twice at the same time. */
  readonly copies: 'one' | 'repeated' | 'at once';
  /** In a new process, which remembers nothing of the planes. */
  readonly isCold: boolean;
  readonly trouble: Trouble | undefined;
  /** Troubled runs are near, and nothing else goes wrong. */
  readonly isCalm: boolean;
}

export const UNDISTURBED: Fate = {
  comes: 'in time',
  afterMs: 2 * SECOND_MS,
  copies: 'one',
  isCold: false,
  trouble: undefined,
  isCalm: false,
};

/** Runs with trouble are at most two in a row: three would be blindness, and worth a message. */
const MOST_TROUBLED = 2;
const CALM_TICKS = 4;

/** The fates of so many ticks. */
export function fatesOf(ticks: number, random: Random): readonly Fate[] {
  const fates = drawn(ticks, random);
  return fates.map((fate, tick) => {
    const near = fates.slice(Math.max(0, tick - CALM_TICKS), tick + CALM_TICKS + 1);
    return { ...fate, isCalm: !fate.trouble && near.some(({ trouble }) => trouble) };
  });
}

function drawn(ticks: number, random: Random): readonly Omit<Fate, 'isCalm'>[] {
  let troubled: { readonly trouble: Trouble; left: number } | undefined;
  let quiet = 0;
  let last: Fate['comes'] = 'in time';
  return Array.from({ length: ticks }, (): Omit<Fate, 'isCalm'> => {
    if (!troubled && quiet === 0 && random.chance(0.02)) {
      troubled = { trouble: anyTrouble(random), left: random.whole(1, MOST_TROUBLED) };
    }
    const trouble = troubled?.trouble;
    if (troubled) {
      troubled.left -= 1;
      if (troubled.left === 0) {
        troubled = undefined;
        quiet = CALM_TICKS;
      }
    } else quiet = Math.max(0, quiet - 1);
    const isOdd = last === 'in time' && random.chance(0.015);
    last = isOdd ? random.pick(['never', 'late'] as const) : 'in time';
    return {
      comes: last,
      afterMs: random.chance(0.01) ? random.between(60, 180) * SECOND_MS : random.between(1, 25) * SECOND_MS,
      copies: random.chance(0.04) ? random.pick(['repeated', 'at once'] as const) : 'one',
      isCold: random.chance(0.02),
      trouble,
    };
  });
}

function anyTrouble(random: Random): Trouble {
  const plane = random.pick(['amp', 'amp', 'cloudwatch'] as const);
  // Throttled requests are what the SDK waits longest for, in real time.
  return plane === 'amp'
    ? { plane, how: random.pick(['throttled', 'broken', 'late', 'reset', 'silent'] as const) }
    : { plane, how: random.pick(['broken', 'silent', 'silent'] as const) };
}
