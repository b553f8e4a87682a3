import { expect, onTestFinished, test } from 'vitest';
import { lookAtNamespaces } from '../../lib/init/namespaces.ts';
import { isAlive } from '../../lib/init/seen.ts';
import { CREDENTIALS, openAccount } from '../../rehearsal/account.ts';
import { seen as steady } from '../../rehearsal/estate.ts';
import { steadyMetrics } from '../../rehearsal/metric-store.ts';
import { emptyWorld } from '../../rehearsal/world.ts';
import { HOUR, MINUTE, NOON, SINCE } from '../profiles/simulated-account.ts';
import { environment } from '../support/environment.ts';
import { fakeClock, testPorts } from '../support/ports.ts';
import { IDENTITY } from './looked.ts';

test('a namespace whose pods were replaced several times is alive by the last of them', async () => {
  const clock = fakeClock(NOON);
  const world = emptyWorld();
  const old = ['a', 'b', 'c', 'd', 'e'].map((pod) => ({
    ...steady(SINCE, 'Shop', 'process_cpu_seconds', { PodName: pod }),
    until: NOON - HOUR,
  }));
  const last = steady(NOON - HOUR, 'Shop', 'process_cpu_seconds', { PodName: 'z' });
  world.metrics.push(steadyMetrics([...old, last]));
  const account = await openAccount(world, { clock });
  onTestFinished(() => account.close());
  environment(account.environment, NOON);
  const ports = testPorts({ clock, credentials: () => async () => CREDENTIALS });
  const [shop] = await lookAtNamespaces({ identity: IDENTITY, ports, gaps: [] });
  expect(shop?.streams.map((one) => [one.metric, isAlive(one, NOON), one.gapMs])).toEqual([
    ['process_cpu_seconds', true, MINUTE],
  ]);
});
