import type { Baseline, Learned } from './baseline.ts';
import { groupCounts, groupKey, nameCounts, unlabelled, valueCounts } from './keys.ts';
import { learnPart, mayLearn } from './learn-part.ts';
import { withSources } from './name-moves.ts';
import type { Drift, Shape } from './shape.ts';
import { looksTurning } from './turning.ts';

/** The most that is remembered. */
const MOST_GROUPS = 10_000;
const MOST_KEY_SETS = 500;
const MOST_LABELS = 100;
const MOST_VALUES = 100;

export interface Observation {
  /** Whether the run was ok: failing, unknown and drifting ones do not say what is usual. */
  readonly fed: boolean;
  /** Old and new generations overlap: counts say nothing now. */
  readonly rollout: boolean;
  /** What this run told of drift: its gains become normal a day after they were first told. */
  readonly drifts: readonly Drift[];
}

/** What is remembered after a run; the same object where nothing changed. A run that comes late changes nothing. */
export function learn(baseline: Baseline | undefined, shape: Shape, how: Observation): Baseline {
  const before: Baseline = baseline ?? { values: new Map(), accepted: [] };
  const groups = shape.groups ? learnGroups(before.groups, shape, how) : before.groups;
  const keySets = shape.keySets ? learnKeySets(before.keySets, shape, how) : before.keySets;
  const values = learnValues(before.values, shape, how);
  if (groups === before.groups && keySets === before.keySets && values === before.values) return before;
  return { ...before, groups, keySets, values };
}

/** Whether this must be stored at once and not with the next hour: a gain began. */
export function isUrgent(before: Baseline | undefined, after: Baseline): boolean {
  return gainsIn(after) > gainsIn(before);
}

function gainsIn(baseline: Baseline | undefined): number {
  if (!baseline) return 0;
  const parts = [baseline.groups, baseline.keySets, ...baseline.values.values()];
  return parts.reduce((sum, part) => sum + gains(part), 0);
}

function gains(part: Learned | undefined): number {
  let count = part?.total?.gain ? 1 : 0;
  for (const { gain } of part?.tracks.values() ?? []) if (gain) count += 1;
  return count;
}

function learnGroups(
  part: Learned | undefined,
  { at, groups = [] }: Shape,
  how: Observation,
): Learned | undefined {
  const total = groups.reduce((sum, { series }) => sum + series, 0);
  const gains = how.drifts.filter((drift) => drift.of === 'series' && drift.normalAt !== undefined);
  const step = { at, fed: how.fed && !how.rollout && total > 0, gained: gains.length > 0 };
  if (!mayLearn(part, step)) return part;
  const without = part ? (part.without ?? []) : turningLabels(groups);
  const seen = groupCounts(groups, without);
  const told = new Set(
    gains.map((drift) => (drift.of === 'series' && drift.group ? groupKey(drift.group) : undefined)),
  );
  const learned = learnPart(part, seen, { ...step, told, total, most: MOST_GROUPS, mayTurn: true });
  return learned && learned !== part && without.length > 0 ? { ...learned, without } : learned;
}

function turningLabels(groups: NonNullable<Shape['groups']>): string[] {
  const values = new Map<string, Set<string>>();
  for (const { group } of groups) {
    for (const [label, value] of group) values.set(label, (values.get(label) ?? new Set()).add(value));
  }
  return [...values].filter(([label, all]) => looksTurning(label, all)).map(([label]) => label);
}

function learnKeySets(
  part: Learned | undefined,
  { at, keySets = [] }: Shape,
  how: Observation,
): Learned | undefined {
  const gained = how.drifts.some((drift) => drift.of === 'names');
  const step = { at, fed: how.fed && !how.rollout && keySets.length > 0, gained };
  if (!mayLearn(part, step)) return part;
  const seen = nameCounts(keySets);
  const learned = learnPart(part, seen, { ...step, most: MOST_KEY_SETS, mayTurn: false });
  return learned && gained ? withSources(learned, seen, at) : learned;
}

function learnValues(
  before: ReadonlyMap<string, Learned>,
  shape: Shape,
  { fed, drifts }: Observation,
): ReadonlyMap<string, Learned> {
  const { at, values } = shape;
  const absent = unlabelled(before.keys(), shape).flatMap((label): [string, Learned][] => {
    const part = before.get(label);
    const learned = learnPart(part, new Map(), { at, fed, gained: false, most: MOST_VALUES, mayTurn: false });
    return learned && learned !== part ? [[label, learned]] : [];
  });
  const seen = [...(values ?? [])].flatMap(([label, counts]): [string, Learned][] => {
    const part = before.get(label);
    if (!part && before.size >= MOST_LABELS) return [];
    const counted = valueCounts(counts);
    const gained = drifts.some(
      (drift) => drift.of === 'values' && drift.label === label && drift.kind === 'new',
    );
    const learned = learnPart(part, counted, {
      at,
      fed: fed && counted.size > 0,
      gained,
      most: MOST_VALUES,
      mayTurn: true,
    });
    return learned && learned !== part ? [[label, learned]] : [];
  });
  const changed = [...absent, ...seen];
  return changed.length === 0 ? before : new Map([...before, ...changed]);
}
