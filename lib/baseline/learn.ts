import type { Baseline } from './baseline.ts';
import type { Drift, Shape } from './shape.ts';

export interface Observation {
  /** Whether the run was ok: failing, unknown and drifting ones do not say what is usual. */
  readonly fed: boolean;
  /** Old and new generations overlap: counts say nothing now. */
  readonly rollout: boolean;
  /** What this run told of drift: its gains become normal a day after they were first told. */
  readonly drifts: readonly Drift[];
}

/** What is remembered after a run; the same object where nothing changed. */
export function learn(baseline: Baseline | undefined, _shape: Shape, _how: Observation): Baseline {
  return baseline ?? { values: new Map(), accepted: [] };
}

/** Whether this must be stored at once and not with the next hour: a gain began. */
export function isUrgent(_before: Baseline | undefined, _after: Baseline): boolean {
  return false;
}
