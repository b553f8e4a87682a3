import type { Baseline } from './baseline.ts';
import type { NameDrift, Shape } from './shape.ts';

/** How label names (with `sets`: whole dimension sets) drifted; empty while they are being learned. */
export function nameDrift(
  _baseline: Baseline | undefined,
  _shape: Shape,
  _how: { readonly sets: boolean },
): readonly NameDrift[] {
  return [];
}
