import { expect, test } from 'vitest';
import { systemClock } from '../../lib/clock.ts';
import { startEstates } from './estates.ts';
import { breakAll, type Cell, verifyAll } from './planes.ts';

/** The long form breaks every API in every way. */
const cells: readonly Cell[] = [
  { service: 'AMP', fault: 'cut' },
  { service: 'CLOUDWATCH', fault: 'empty object' },
  { service: 'CLOUDWATCH_LOGS', fault: 'page' },
  { service: 'XRAY', fault: 'huge' },
  { service: 'ECS', fault: 'clock ahead' },
  { service: 'STS', fault: 'denied' },
];

test('each way to break, and each API: unknown with its reason, and nobody else is touched', async () => {
  await breakAll(
    cells.map((cell) => [cell]),
    110_000,
  );
}, 120_000);

test('what does not come until the deadline: the report comes without it', async () => {
  await breakAll([[{ service: 'CLOUDWATCH', fault: 'drip' }], [{ service: 'XRAY', fault: 'silence' }]], 6000);
}, 60_000);

test('a machine whose clock is ten minutes off sees nothing, and says so', async () => {
  const estates = await startEstates(['eu-west-1']);
  for (const offMs of [-600_000, 600_000]) {
    const clock = { ...systemClock, now: () => systemClock.now() + offMs };
    const [verdict] = await verifyAll(estates, 100_000, { clock });
    for (const { signal, verdict: judged, unavailable } of verdict?.signals ?? []) {
      expect([signal.name, judged, ...new Set(unavailable.map(({ reason }) => reason))]).toEqual([
        signal.name,
        'unknown',
        'clock',
      ]);
    }
  }
}, 120_000);
