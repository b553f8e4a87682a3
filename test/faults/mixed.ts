import fc from 'fast-check';
import { type Fault, faults } from '../../rehearsal/faults.ts';
import { services } from './estates.ts';
import type { Cell } from './planes.ts';

/** These take as long as patience does. */
export const SLOW: ReadonlySet<Fault> = new Set(['drip', 'silence', 'huge']);

export const everyFault = Object.keys(faults) as Fault[];

/** Two or three APIs of one account, each broken in its own way. */
export function mixture(ways: readonly Fault[]): fc.Arbitrary<readonly Cell[]> {
  return fc.uniqueArray(
    fc.record({ service: fc.constantFrom(...services), fault: fc.constantFrom(...ways) }),
    { minLength: 2, maxLength: 3, selector: ({ service }) => service },
  );
}
