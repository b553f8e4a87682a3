import type { Baseline } from './baseline.ts';
import type { Shape, ValueDrift } from './shape.ts';

/** Labels of which people say whether their values turn over; of the others it is recognised. */
export interface TurnoverOverrides {
  readonly stable?: readonly string[] | undefined;
  readonly turning?: readonly string[] | undefined;
}

/** Which values of stable labels are gone or new; empty while they are being learned. */
export function valueDrift(
  _baseline: Baseline | undefined,
  _shape: Shape,
  _overrides: TurnoverOverrides = {},
): readonly ValueDrift[] {
  return [];
}
