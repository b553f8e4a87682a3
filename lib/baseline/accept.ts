import type { Baseline } from './baseline.ts';
import type { Shape } from './shape.ts';

/** What is seen now becomes usual, and the anchor too; who said so and why is kept. */
export function accept(
  baseline: Baseline,
  _shape: Shape,
  now: number,
  { by, why }: { readonly by: string; readonly why: string },
): Baseline {
  return { ...baseline, accepted: [...baseline.accepted, { at: now, by, why }] };
}
