import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { requestsInFlight } from '../lib/in-flight.ts';

/** A clock whose sleeps end when the test says so. */
function sleepers() {
  const asleep = new Set<() => void>();
  return {
    wake: () => {
      for (const wake of asleep) wake();
    },
    sleep: (_milliseconds: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        asleep.add(resolve);
        signal?.addEventListener('abort', () => {
          asleep.delete(resolve);
          reject(new Error('aborted'));
        });
      }),
    asleep,
  };
}

const never = new Promise<never>(() => {});

test('sixteen requests are in flight, others wait for their answers', async () => {
  const limit = requestsInFlight(sleepers());
  const answers: ((value: number) => void)[] = [];
  const sent = Array.from({ length: 20 }, () =>
    limit(() => new Promise<number>((resolve) => answers.push(resolve))),
  );
  await setImmediate();
  expect(answers).toHaveLength(16);
  answers[3]?.(7);
  expect(await sent[3]).toBe(7);
  await setImmediate();
  expect(answers).toHaveLength(17);
});

test('those that hang hold nobody up for longer than they are slow', async () => {
  const clock = sleepers();
  const limit = requestsInFlight(clock);
  for (let index = 0; index < 16; index += 1) void limit(() => never);
  const last = limit(async () => 'asked');
  await setImmediate();
  clock.wake();
  expect(await last).toBe('asked');
});

test('what is rejected is rejected, and leaves no timer behind', async () => {
  const clock = sleepers();
  const limit = requestsInFlight(clock);
  await expect(limit(() => Promise.reject(new Error('reset')))).rejects.toThrow('reset');
  expect(clock.asleep.size).toBe(0);
});
