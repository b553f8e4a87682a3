import { expect, onTestFinished, test } from 'vitest';
import { lookAtLogGroups } from '../../lib/init/log-groups.ts';
import { boundFor } from '../../lib/init/arrivals.ts';
import { CREDENTIALS, openAccount } from '../../rehearsal/account.ts';
import { emptyWorld } from '../../rehearsal/world.ts';
import { HOUR, NOON, SINCE } from '../profiles/simulated-account.ts';
import { environment } from '../support/environment.ts';
import { fakeClock, testPorts } from '../support/ports.ts';
import { IDENTITY } from './looked.ts';

test('a log group that was silent all weekend gets no bound of minutes on Monday; a new one does', async () => {
  const clock = fakeClock(NOON);
  const world = emptyWorld();
  const since = NOON - 4 * HOUR;
  const streams = [{ name: 'a', since }];
  world.groups.set('/app/always', { streams: [{ name: 'a', since: SINCE }], createdAt: SINCE });
  world.groups.set('/app/new', { streams, createdAt: since });
  world.groups.set('/app/office', { streams, createdAt: SINCE });
  const account = await openAccount(world, { clock });
  onTestFinished(() => account.close());
  environment(account.environment, NOON);
  const ports = testPorts({ clock, credentials: () => async () => CREDENTIALS });
  const seen = await lookAtLogGroups({ identity: IDENTITY, ports, gaps: [] });
  expect(seen.map(({ name, gapMs }) => [name, boundFor(gapMs)])).toEqual([
    ['/app/always', '15m'],
    ['/app/new', '15m'],
    ['/app/office', undefined],
  ]);
});
