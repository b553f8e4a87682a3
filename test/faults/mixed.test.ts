import fc from 'fast-check';
import { test } from 'vitest';
import { everyFault, mixture, SLOW } from './mixed.ts';
import { breakAll } from './planes.ts';

const quick = everyFault.filter((fault) => !SLOW.has(fault));

test('several APIs of one cluster, broken at once: each signal says why, and the other cluster is well', async () => {
  const accounts = fc.array(mixture(quick), { minLength: 3, maxLength: 3 });
  const property = fc.asyncProperty(accounts, (each) => breakAll(each, 110_000));
  await fc.assert(property, { numRuns: 1 });
}, 120_000);
