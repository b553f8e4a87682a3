import fc from 'fast-check';
import { test } from 'vitest';
import { faultNames } from './expected.ts';
import { mixture } from './mixed.ts';
import { breakAll } from './planes.ts';

test('two hundred accounts, each with several APIs broken at once', async () => {
  const accounts = fc.array(mixture(faultNames), { minLength: 25, maxLength: 25 });
  const property = fc.asyncProperty(accounts, (each) => breakAll(each, 50_000));
  await fc.assert(property, { numRuns: 8, endOnFailure: true });
}, 3_600_000);
