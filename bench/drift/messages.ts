import type { Drift } from '../../lib/baseline/shape.ts';

/** What people are told: at the second failing run in a row, and then of what is new. */
export interface Message {
  readonly at: number;
  readonly drifts: readonly Drift[];
  /** Of gains only: told once, as a warning. */
  readonly isWarning: boolean;
}

const FAIL_AFTER = 2;
const RECOVER_AFTER = 2;

/** What is told of findings, one run after the other; keys that were told are not told again before all is well. */
export function telling(): (
  at: number,
  drifts: readonly (readonly [string, Drift])[],
) => Message | undefined {
  let [failing, clear, isOpen] = [0, 0, false];
  const told = new Set<string>();
  return (at, drifts) => {
    failing = drifts.length > 0 ? failing + 1 : 0;
    clear = drifts.length > 0 ? 0 : clear + 1;
    if (clear >= RECOVER_AFTER && isOpen) {
      isOpen = false;
      // A gain keeps its key while it is the same gain: it is told once, also when it comes and goes.
      for (const key of told) if (!key.includes('normalAt')) told.delete(key);
    }
    isOpen ||= failing >= FAIL_AFTER;
    const news = isOpen ? drifts.filter(([key]) => !told.has(key)) : [];
    if (news.length === 0) return undefined;
    for (const [key] of news) told.add(key);
    const all = news.map(([, drift]) => drift);
    return { at, drifts: all, isWarning: all.every(({ normalAt }) => normalAt !== undefined) };
  };
}

/** What a finding is known by: what drifted and how, not by how much. */
export function keyOf(drift: Drift): string {
  const { of, kind, normalAt } = drift;
  const subject =
    drift.of === 'series'
      ? drift.group && [...drift.group]
      : drift.of === 'names'
        ? [drift.names, drift.now]
        : [drift.label, drift.value];
  return JSON.stringify({ of, kind, subject, normalAt });
}
