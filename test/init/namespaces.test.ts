import { expect, onTestFinished, test } from 'vitest';
import { lookAtNamespaces } from '../../lib/init/namespaces.ts';
import { isAlive, type SeenNamespace } from '../../lib/init/seen.ts';
import { boundFor } from '../../lib/init/arrivals.ts';
import { CREDENTIALS, openAccount } from '../../rehearsal/account.ts';
import { seen as steady } from '../../rehearsal/estate.ts';
import { steadyMetrics } from '../../rehearsal/metric-store.ts';
import { emptyWorld, type World } from '../../rehearsal/world.ts';
import { HOUR, MINUTE, NOON, SINCE } from '../profiles/simulated-account.ts';
import { environment } from '../support/environment.ts';
import { fakeClock, testPorts } from '../support/ports.ts';
import { IDENTITY } from './looked.ts';

async function lookedAt(world: World): Promise<SeenNamespace | undefined> {
  const clock = fakeClock(NOON);
  const account = await openAccount(world, { clock });
  onTestFinished(() => account.close());
  environment(account.environment, NOON);
  const ports = testPorts({ clock, credentials: () => async () => CREDENTIALS });
  const [namespace] = await lookAtNamespaces({ identity: IDENTITY, ports, gaps: [] });
  return namespace;
}

test('a namespace whose pods were replaced several times is alive by the last of them', async () => {
  const world = emptyWorld();
  const old = ['a', 'b', 'c', 'd', 'e'].map((pod) => ({
    ...steady(SINCE, 'Shop', 'process_cpu_seconds', { PodName: pod }),
    until: NOON - HOUR,
  }));
  const last = steady(NOON - HOUR, 'Shop', 'process_cpu_seconds', { PodName: 'z' });
  world.metrics.push(steadyMetrics([...old, last]));
  const shop = await lookedAt(world);
  expect(shop?.streams.map((one) => [one.metric, isAlive(one, NOON), one.gapMs])).toEqual([
    ['process_cpu_seconds', true, 5 * MINUTE],
  ]);
});

test('what rests at night is not given the bound of its afternoon', async () => {
  const world = emptyWorld();
  const yesterday = { ...steady(SINCE, 'Shop', 'orders', { Shop: 'a' }), until: NOON - 14 * HOUR };
  const today = steady(NOON - 4 * HOUR, 'Shop', 'orders', { Shop: 'a' });
  world.metrics.push(steadyMetrics([yesterday, today]));
  const shop = await lookedAt(world);
  expect(shop?.streams.map((one) => [isAlive(one, NOON), one.gapMs, boundFor(one.gapMs)])).toEqual([
    [true, 10 * HOUR + 5 * MINUTE, '1d'],
  ]);
});
