import { test } from 'vitest';
import { type Fault, faults } from '../../rehearsal/faults.ts';
import { services } from './estates.ts';
import { breakAll, type Cell } from './planes.ts';

const everyFault = Object.keys(faults) as Fault[];

test.each(services)('%s, broken in every way at the same time', async (service) => {
  await breakAll(
    everyFault.map((fault): readonly Cell[] => [{ service, fault }]),
    40_000,
  );
});

/** What another try mends is no trouble; the SDK and we try three times. */
const PASSING: readonly Fault[] = ['reset', 'throttled', 'internal error', 'bad gateway'];

test.each(PASSING)('%s, for one request', async (fault) => {
  await breakAll(
    services.map((service): readonly Cell[] => [{ service, fault, times: 1 }]),
    60_000,
  );
});
