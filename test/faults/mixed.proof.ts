import fc from 'fast-check';
import { test } from 'vitest';
import { everyFault, mixture } from './mixed.ts';
import { breakAll } from './planes.ts';

test('three hundred accounts, each with several APIs broken at once', async () => {
  const accounts = fc.array(mixture(everyFault), { minLength: 20, maxLength: 20 });
  const property = fc.asyncProperty(accounts, (each) => breakAll(each, 60_000));
  await fc.assert(property, { numRuns: 15, endOnFailure: true });
}, 3_600_000);
