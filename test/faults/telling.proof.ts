import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Fault } from '../../rehearsal/faults.ts';
import { backends } from './backends.ts';
import { faultNames } from './expected.ts';
import { type Cell, live } from './life.ts';
import { problemsOf } from './lived.ts';
import { deployedStack } from './stack.ts';

const deployed = deployedStack();
const HOUR_MS = 3_600_000;
/** What may happen to one request among others that are well. */
const MIDWAY: readonly Fault[] = [
  'reset',
  'cut',
  'throttled',
  'empty object',
  'denied',
  'made-up conflict',
  'conflict of a transaction',
];

/** One life after the other in one account; what was wrong with any of them. */
async function liveAll(all: readonly (readonly Cell[])[]): Promise<readonly string[]> {
  const stack = await deployed.start();
  await stack.minute();
  const problems: string[] = [];
  for (const cells of all) problems.push(...problemsOf(await live(stack, cells), cells));
  await stack.close();
  return problems;
}

test.concurrent.each(backends)(
  '%s, broken in every way',
  async (backend) => {
    expect(await liveAll(faultNames.map((fault) => [{ backend, fault }]))).toEqual([]);
  },
  HOUR_MS,
);

test.concurrent.each([2, 5, 9, 14])(
  'DYNAMODB, broken after %i requests',
  async (after) => {
    expect(await liveAll(MIDWAY.map((fault) => [{ backend: 'DYNAMODB', fault, after }]))).toEqual([]);
  },
  HOUR_MS,
);

test(
  'several backends, broken at once',
  async () => {
    const cell = fc.record({ backend: fc.constantFrom(...backends), fault: fc.constantFrom(...faultNames) });
    const mixture = fc.uniqueArray(cell, { minLength: 2, maxLength: 4, selector: ({ backend }) => backend });
    const lives = fc.array(mixture, { minLength: 5, maxLength: 5 });
    const property = fc.asyncProperty(lives, async (all) => {
      expect(await liveAll(all)).toEqual([]);
    });
    await fc.assert(property, { numRuns: 5, endOnFailure: true });
  },
  HOUR_MS,
);
