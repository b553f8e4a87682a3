import { expect, test } from 'vitest';
import { countedRuns, WRITES } from '../../bench/counted.ts';
import { quotas } from '../../bench/quotas.ts';

test('the simulation of scale asks what a run asks', async () => {
  const [first] = await countedRuns(1);
  const counted = quotas.filter(({ isCounted }) => isCounted);
  expect(counted.length).toBeGreaterThan(5);
  for (const { what, perRun } of counted) expect([what, first?.get(what)]).toEqual([what, perRun]);
  const writes = quotas.find(({ what }) => what === WRITES);
  expect(first?.get(WRITES)).toBeLessThanOrEqual(writes?.perRun ?? 0);
});
