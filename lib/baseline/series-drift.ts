import type { Baseline } from './baseline.ts';
import type { SeriesDrift, Shape } from './shape.ts';

/** Shares of 0 to 1 by which the number of series may differ from what is usual. What is undefined is not judged. */
export interface SeriesTolerance {
  readonly drop?: number | undefined;
  readonly rise?: number | undefined;
}

/** How the number of live series drifted, of the signal and of its groups; empty while that is being learned. */
export function seriesDrift(
  _baseline: Baseline | undefined,
  _shape: Shape,
  _tolerance: SeriesTolerance,
): readonly SeriesDrift[] {
  return [];
}
