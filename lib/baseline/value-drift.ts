import { type Baseline, isReady, type Learned } from './baseline.ts';
import { type Counts, unlabelled, valueCounts } from './keys.ts';
import { MOST_DRIFTS } from './series-drift.ts';
import type { Shape, ValueDrift } from './shape.ts';
import { DAY_MS } from './time.ts';
import { isNew, isSteady, normalAt } from './track.ts';
import { isGeneration, looksTurning } from './turning.ts';

/** Labels of which people say whether their values turn over; of the others it is recognised. */
export interface TurnoverOverrides {
  readonly stable?: readonly string[] | undefined;
  readonly turning?: readonly string[] | undefined;
}

const NONE: Counts = new Map();

/** Which values of stable labels are gone or new; empty while they are being learned. */
export function valueDrift(
  baseline: Baseline | undefined,
  shape: Shape,
  overrides: TurnoverOverrides = {},
): readonly ValueDrift[] {
  const known = baseline?.values ?? new Map<string, Learned>();
  const lost = unlabelled(known.keys(), shape);
  const drifts = [
    ...[...(shape.values ?? [])].map(([label, values]) => [label, valueCounts(values)] as const),
    ...lost.map((label) => [label, NONE] as const),
  ].flatMap(([label, seen]) => {
    const part = known.get(label);
    if ((seen.size === 0 && seen !== NONE) || !isReady(part, shape.at)) return [];
    return isTurning(label, part, seen, overrides) ? [] : drifted(label, part, seen, shape.at);
  });
  return drifts.toSorted((a, b) => b.series - a.series).slice(0, MOST_DRIFTS);
}

/** Whether a label is compared by name only. */
export function isTurning(label: string, part: Learned, seen: Counts, overrides: TurnoverOverrides): boolean {
  if (overrides.stable?.includes(label)) return false;
  if (overrides.turning?.includes(label) || part.turns) return true;
  return looksTurning(label, part.tracks.keys()) || isGeneration(part, new Set(seen.keys()));
}

function drifted(label: string, part: Learned, seen: Counts, at: number): readonly ValueDrift[] {
  const gone = [...part.tracks].filter(([value, track]) => !seen.has(value) && isSteady(track, at));
  return [
    ...gone.map(([value, { last }]): ValueDrift => ({
      of: 'values',
      kind: 'gone',
      label,
      value,
      series: last,
      against: 'usual',
    })),
    ...[...seen].flatMap(([value, series]): ValueDrift[] => {
      const track = part.tracks.get(value);
      const normal = (track && normalAt(track)) ?? at + DAY_MS;
      if ((track && !isNew(track)) || at >= normal) return [];
      return [{ of: 'values', kind: 'new', label, value, series, against: 'usual', normalAt: normal }];
    }),
  ];
}
