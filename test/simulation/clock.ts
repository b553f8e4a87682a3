import type { Clock } from '../../lib/clock.ts';

export interface SimulatedClock extends Clock {
  /** Never goes back. */
  moveTo(at: number): void;
}

/** A clock that moves when told to or slept on; an abortable sleep ends once it has moved that far, or is aborted. */
export function simulatedClock(start: number): SimulatedClock {
  let now = start;
  const sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();
  const moveTo = (at: number): void => {
    now = Math.max(now, at);
    for (const sleeper of sleepers) {
      if (sleeper.until <= now) sleeper.wake();
    }
  };
  return {
    now: () => now,
    moveTo,
    sleep: async (milliseconds, signal) => {
      if (!signal) moveTo(now + milliseconds);
      if (!signal || milliseconds <= 0) return;
      await new Promise<void>((resolve, reject) => {
        const sleeper = { until: now + milliseconds, wake: () => done(resolve) };
        const done = (end: () => void): void => {
          sleepers.delete(sleeper);
          end();
        };
        sleepers.add(sleeper);
        signal.addEventListener('abort', () => done(() => reject(new Error('aborted'))), { once: true });
      });
    },
  };
}
