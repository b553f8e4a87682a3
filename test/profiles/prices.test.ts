import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkWithCost } from '../../lib/cost/check.ts';
import { pipelines } from '../../rehearsal/pipelines/index.ts';
import { emptyWorld } from '../../rehearsal/world.ts';
import { NOON, opened, profileSignals, shippedProfiles, SINCE } from './simulated-account.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

test('each profile has its pipeline in the simulated account', () => {
  expect(Object.keys(pipelines).toSorted()).toEqual(shippedProfiles.toSorted());
});

test.each(Object.entries(pipelines))(
  '%s costs what the README says, for a cluster at five minutes',
  async (name, start) => {
    const world = emptyWorld();
    start(world, { since: SINCE });
    const { url, portsAt } = await opened(world);
    const cluster = await profileSignals(name, name === 'local-prometheus' ? { url } : {});
    const { memory: _memory, ...ports } = portsAt(NOON);
    const { verdict, cost } = await checkWithCost([cluster], {
      ...ports,
      everyMs: () => 300_000,
      toolVersion: '0.0.0',
    });
    expect(verdict).toBe('ok');
    const [counted] = cost?.clusters ?? [];
    const requests = counted?.requests.reduce((sum, one) => sum + one.requestsPerRun, 0);
    const dollars = counted?.dollarsPerMonth ?? Number.NaN;
    expect(dollars).toBeLessThanOrEqual(1.5);
    expect(readme).toContain(
      `| \`${name}\` | ${cluster.signals.length} | ${requests} | $${dollars.toFixed(2)} |`,
    );
  },
);
