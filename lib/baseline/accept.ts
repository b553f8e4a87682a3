import type { Acceptance, Baseline, Learned } from './baseline.ts';
import { type Counts, groupCounts, nameCounts, unlabelled, valueCounts } from './keys.ts';
import type { Shape } from './shape.ts';
import { anchorOf, firstTrack, isNew, type Range, type Track, usualAt } from './track.ts';

/** The newest acceptances that are kept. */
const MOST_ACCEPTED = 20;

/** Who decided what, with one more decision. */
export function withAcceptance(accepted: readonly Acceptance[], one: Acceptance): readonly Acceptance[] {
  return [...accepted, one].slice(-MOST_ACCEPTED);
}

/**
 * What is seen now becomes usual, and the anchor too; who said so and why is kept. What is gone is forgotten, and where
 * there are more or fewer series than usual, the ups and downs of the day and the week are scaled to what there is.
 */
export function accept(
  baseline: Baseline,
  shape: Shape,
  now: number,
  { by, why }: { readonly by: string; readonly why: string },
): Baseline {
  const { groups, keySets, values, accepted } = baseline;
  const lost = new Set(unlabelled(values.keys(), shape));
  const total = shape.groups?.reduce((sum, { series }) => sum + series, 0);
  return {
    groups:
      groups && shape.groups
        ? acceptPart(groups, groupCounts(shape.groups, groups.without ?? []), now, total)
        : groups,
    keySets: keySets && shape.keySets ? acceptPart(keySets, nameCounts(shape.keySets), now) : keySets,
    values: new Map(
      [...values].flatMap(([label, part]): [string, Learned][] => {
        const seen = shape.values?.get(label);
        if (lost.has(label)) return [];
        return [[label, seen ? acceptPart(part, valueCounts(seen), now) : part]];
      }),
    ),
    accepted: withAcceptance(accepted, { at: now, by, why }),
  };
}

function acceptPart(part: Learned, seen: Counts, now: number, total?: number): Learned {
  const tracks = [...seen].flatMap(([key, series]): [string, Track][] => {
    if (part.turns && part.total) return [];
    const track = part.tracks.get(key);
    return [[key, track && !isNew(track) ? accepted(track, series, now) : known(series, part, now)]];
  });
  return {
    ...part,
    ...(part.total && total !== undefined ? { total: accepted(part.total, total, now) } : {}),
    tracks: new Map(tracks),
  };
}

/** As if it had been there from the beginning. */
function known(series: number, { firstAt }: Learned, now: number): Track {
  return { ...firstTrack(series, firstAt, false), lastAt: now };
}

function accepted(track: Track, series: number, now: number): Track {
  const { low, high } = usualAt(track, now);
  const bound = series < low ? low : high;
  const factor = series >= low && series <= high ? 1 : series / Math.max(1, bound);
  const scaled = (count: number): number => (count < 0 ? count : Math.round(count * factor));
  const range = ({ low, high }: Range): Range => ({ low: scaled(low), high: scaled(high) });
  const next: Track = {
    firstAt: track.firstAt,
    lastAt: now,
    last: series,
    range: range(track.range),
    before: track.before && range(track.before),
    today: track.today && range(track.today),
    rhythm: track.rhythm?.map(scaled),
  };
  return track.anchor ? { ...next, anchor: anchorOf(next, now) } : next;
}
