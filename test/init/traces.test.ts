import { expect, onTestFinished, test } from 'vitest';
import { lookAtTraces } from '../../lib/init/traces.ts';
import { CREDENTIALS, openAccount } from '../../rehearsal/account.ts';
import type { SimulatedService } from '../../rehearsal/trace-world.ts';
import { emptyWorld } from '../../rehearsal/world.ts';
import { HOUR, MINUTE, NOON, SINCE } from '../profiles/simulated-account.ts';
import { environment } from '../support/environment.ts';
import { fakeClock, testPorts } from '../support/ports.ts';
import { IDENTITY } from './looked.ts';

/** The services that are seen, and whether they send all the time. */
async function steadyIn(destination: 'XRay' | 'CloudWatchLogs', services: readonly SimulatedService[]) {
  const clock = fakeClock(NOON);
  const world = emptyWorld();
  world.traces.destination = destination;
  world.traces.services = services;
  const account = await openAccount(world, { clock });
  onTestFinished(() => account.close());
  environment(account.environment, NOON);
  const ports = testPorts({ clock, credentials: () => async () => CREDENTIALS });
  const gaps: never[] = [];
  const seen = await lookAtTraces({ identity: IDENTITY, ports, gaps });
  expect(gaps).toEqual([]);
  return Object.fromEntries(seen.map(({ service, isSteady }) => [service, isSteady]));
}

test('what sends traces in every quarter of an hour is steady', async () => {
  const services = [
    { name: 'busy', everyMs: MINUTE, from: SINCE },
    { name: 'new', everyMs: MINUTE, from: NOON - 20 * MINUTE },
    { name: 'seldom', everyMs: 40 * MINUTE, from: SINCE },
  ];
  expect(await steadyIn('XRay', services)).toEqual({ busy: true, new: false, seldom: false });
});

test('with Transaction Search, of which X-Ray sees one trace in a hundred, what it sees in every hour is', async () => {
  const services = [
    { name: 'busy', everyMs: 20_000, from: SINCE },
    { name: 'by day', everyMs: 20_000, from: NOON - 4 * HOUR },
  ];
  expect(await steadyIn('CloudWatchLogs', services)).toEqual({ busy: true, 'by day': false });
});
