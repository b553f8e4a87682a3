import pLimit from 'p-limit';
import type { Clock } from '../../lib/clock.ts';
import { sourceMemory, type SourcePorts } from '../../lib/sources/source.ts';

export interface FakeClock extends Clock {
  readonly slept: number[];
  advance(milliseconds: number): void;
}

/** One for all: thousands of sleeps end by it, and a stack takes time. */
const ABORTED = new Error('aborted');

/** A clock that moves only when told to or slept on, and remembers for how long. An abortable sleep lasts until then. */
export function fakeClock(start = 1_800_000_000_000): FakeClock {
  let now = start;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    advance: (milliseconds) => {
      now += milliseconds;
    },
    sleep: async (milliseconds, signal) => {
      if (signal) {
        await new Promise<void>((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(ABORTED), { once: true });
        });
        return;
      }
      slept.push(milliseconds);
      now += milliseconds;
    },
  };
}

/** Ports with a real fetch and a fake clock, half a minute before the deadline, and no credentials. */
export function testPorts(over: Partial<SourcePorts> = {}): SourcePorts & { clock: Clock } {
  const clock = over.clock ?? fakeClock();
  return {
    clock,
    fetch,
    deadline: clock.now() + 30_000,
    limit: pLimit(16),
    credentials: () => async () => {
      throw Object.assign(new Error('Could not load credentials from any providers'), {
        name: 'CredentialsProviderError',
      });
    },
    memory: sourceMemory(),
    ...over,
  };
}
