import { expect, test } from 'vitest';
import { systemClock } from '../../lib/clock.ts';
import { type Fault, faults } from '../../rehearsal/faults.ts';
import { services, startEstates } from './estates.ts';
import { breakAll, type Cell, verifyAll } from './planes.ts';

const LATE: readonly Fault[] = ['drip', 'silence'];
const early = (Object.keys(faults) as Fault[]).filter((fault) => !LATE.includes(fault));
const cell = (fault: Fault, index: number): Cell => ({
  fault,
  service: services[index % services.length] ?? 'AMP',
});

test('each way to break, and each API: unknown with its reason, and nobody else is touched', async () => {
  await breakAll(early.map(cell), 30_000);
}, 60_000);

test('what does not come until the deadline: the report comes without it', async () => {
  await breakAll(
    LATE.flatMap((fault) => [cell(fault, 1), cell(fault, 3)]),
    3000,
  );
}, 60_000);

test('a machine whose clock is ten minutes off sees nothing, and says so', async () => {
  const estates = await startEstates(['eu-west-1']);
  for (const offMs of [-600_000, 600_000]) {
    const clock = { ...systemClock, now: () => systemClock.now() + offMs };
    const [verdict] = await verifyAll(estates, 30_000, { clock });
    for (const { signal, verdict: judged, unavailable } of verdict?.signals ?? []) {
      expect([signal.name, judged, ...new Set(unavailable.map(({ reason }) => reason))]).toEqual([
        signal.name,
        'unknown',
        'clock',
      ]);
    }
  }
}, 60_000);
