import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../lib/clock.ts';

/** A clock that runs like the machine's but starts elsewhere, and jumps forward when told to. */
export interface SimulatedClock extends Clock {
  jump(milliseconds: number): void;
}

/** A clock that now shows `start` (milliseconds since the epoch). */
export function simulatedClock(start: number): SimulatedClock {
  let offset = start - Date.now();
  return {
    now: () => Date.now() + offset,
    jump: (milliseconds) => {
      offset += milliseconds;
    },
    sleep: async (milliseconds, signal) => {
      await setTimeout(milliseconds, undefined, signal ? { signal } : {});
    },
  };
}
