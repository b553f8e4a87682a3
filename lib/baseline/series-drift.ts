import { type Baseline, isReady, type Learned } from './baseline.ts';
import { type Counts, groupCounts, groupOf } from './keys.ts';
import type { SeriesDrift, Shape } from './shape.ts';
import { DAY_MS } from './time.ts';
import { anchoredAt, isNew, isSteady, normalAt, type Range, type Track, usualAt } from './track.ts';
import { isGeneration } from './turning.ts';

/** Shares of 0 to 1 by which the number of series may differ from what is usual. What is undefined is not judged. */
export interface SeriesTolerance {
  readonly drop?: number | undefined;
  readonly rise?: number | undefined;
}

/** The key of series that have none of the labels; where there are no others it is the whole. */
const NO_LABELS = '[]';
/** Changes of fewer series say nothing. */
const SMALL = 3;
/** The most that are told of one run. */
export const MOST_DRIFTS = 50;
/** What concerns more groups, or more than half of them, is told of the whole signal. */
const FEW_GROUPS = 10;

/**
 * How the number of live series drifted, of the signal and of its groups, the largest change first; empty while that is
 * being learned. Where few groups explain what happened to the whole, or the whole what happened to all, it is told once.
 */
export function seriesDrift(
  baseline: Baseline | undefined,
  shape: Shape,
  tolerance: SeriesTolerance,
): readonly SeriesDrift[] {
  const part = baseline?.groups;
  if (!shape.groups || !isReady(part, shape.at)) return [];
  const seen = groupCounts(shape.groups, part.without ?? []);
  const total = shape.groups.reduce((sum, { series }) => sum + series, 0);
  const whole = part.total && countDrift(part.total, total, shape.at, tolerance);
  const groups = total === 0 ? [] : groupDrifts(part, seen, shape.at, tolerance);
  const few = Math.min(FEW_GROUPS, Math.max(1, part.tracks.size / 2));
  return told(whole, groups, few).slice(0, MOST_DRIFTS);
}

function told(
  whole: SeriesDrift | undefined,
  groups: readonly SeriesDrift[],
  few: number,
): readonly SeriesDrift[] {
  const sorted = groups.toSorted((a, b) => distance(b) - distance(a));
  if (!whole) return sorted;
  const explained = groups.reduce((sum, drift) => sum + Math.sign(sizeOf(drift)) * distance(drift), 0);
  const left = whole.observed - explained;
  const isUsual = whole.kind === 'drop' ? left >= whole.usual.from : left <= whole.usual.to;
  if (isUsual && groups.length <= few) return sorted;
  return [whole, ...sorted.filter(({ kind }) => kind !== whole.kind)];
}

function sizeOf({ observed, usual }: SeriesDrift): number {
  return observed < usual.from ? -1 : 1;
}

/** How many series there are more or fewer than would have been usual. */
function distance({ observed, usual }: SeriesDrift): number {
  return Math.max(usual.from - observed, observed - usual.to, 0);
}

function groupDrifts(
  part: Learned,
  seen: Counts,
  at: number,
  tolerance: SeriesTolerance,
): readonly SeriesDrift[] {
  if (part.turns || isGeneration(part, new Set(seen.keys()))) return [];
  const isDivided = [...seen.keys(), ...part.tracks.keys()].some((key) => key !== NO_LABELS);
  if (!isDivided) return [];
  const { drop, rise } = tolerance;
  const gone = [...part.tracks].filter(
    ([key, track]) => drop !== undefined && !seen.has(key) && isSteady(track, at),
  );
  return [
    ...gone.map(([key, track]): SeriesDrift => {
      const { low, high } = usualAt(track, at);
      return drift('gone', key, 0, { from: low, to: high });
    }),
    ...[...seen].flatMap(([key, series]): SeriesDrift[] => {
      const track = part.tracks.get(key);
      if (track && !isNew(track)) {
        const found = at - track.firstAt < DAY_MS ? undefined : countDrift(track, series, at, tolerance);
        return found ? [{ ...found, group: groupOf(key) }] : [];
      }
      const normal = (track && normalAt(track)) ?? at + DAY_MS;
      if (rise === undefined || at >= normal) return [];
      return [{ ...drift('new', key, series, { from: 0, to: 0 }), normalAt: normal }];
    }),
  ];
}

function drift(
  kind: SeriesDrift['kind'],
  key: string,
  observed: number,
  usual: SeriesDrift['usual'],
): SeriesDrift {
  return { of: 'series', kind, group: groupOf(key), observed, usual, against: 'usual' };
}

/** What is usual; that it comes back to how it was before, after quiet days, is no rise. */
function returning(track: Track, at: number): Range {
  const usual = usualAt(track, at);
  return { low: usual.low, high: Math.max(usual.high, anchoredAt(track, at)?.high ?? 0) };
}

function countDrift(
  track: Track,
  observed: number,
  at: number,
  { drop, rise }: SeriesTolerance,
): SeriesDrift | undefined {
  for (const against of ['usual', 'anchor'] as const) {
    const level = against === 'usual' ? returning(track, at) : anchoredAt(track, at);
    if (!level) continue;
    const from = Math.ceil(level.low * (1 - (drop ?? 0)));
    const to = Math.floor(level.high * (1 + (rise ?? 0)));
    const of = { of: 'series', group: undefined, observed, against, usual: { from, to } } as const;
    if (drop !== undefined && observed < from && level.low - observed >= SMALL)
      return { ...of, kind: 'drop' };
    if (against === 'anchor' && track.anchor?.renewAt !== undefined) continue;
    if (track.gain?.isTold === false) continue;
    const normal = normalAt(track) ?? at + DAY_MS;
    if (rise !== undefined && observed > to && observed - level.high >= SMALL && at < normal) {
      return { ...of, kind: 'rise', normalAt: normal };
    }
  }
  return undefined;
}
