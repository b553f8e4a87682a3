import { type Baseline, isReady, type Learned } from './baseline.ts';
import { namesOf } from './keys.ts';
import type { SeriesTolerance } from './series-drift.ts';
import { isNew, isSteady, rangeOf } from './track.ts';
import { looksTurning } from './turning.ts';

/** The explicit expectations that a baseline stands for; a part that it says nothing about is undefined. */
export interface Pin {
  readonly series?: { readonly min?: number | undefined; readonly max?: number | undefined } | undefined;
  /** `require`: on every live series. `values`: of stable labels, which must exist. */
  readonly labels?:
    | {
        readonly require: readonly string[];
        readonly values: ReadonlyMap<string, readonly string[]>;
      }
    | undefined;
  /** Sets of names that are always there. */
  readonly dimensions?: readonly (readonly string[])[] | undefined;
}

/**
 * What `baseline pin` writes into the configuration: all that was seen in a week or two, widened by the tolerance of the
 * drift that it stands in for. What is still being learned is not in it.
 */
export function pinOf(baseline: Baseline, now: number, tolerance: SeriesTolerance): Pin {
  const { groups, keySets, values } = baseline;
  const require = isReady(keySets, now) ? everywhere(keySets) : [];
  const stable = [...values].flatMap(([label, part]): [string, readonly string[]][] => {
    if (!isReady(part, now) || part.turns || looksTurning(label, part.tracks.keys())) return [];
    const steady = steadyKeys(part, now);
    return steady.length === 0 ? [] : [[label, steady]];
  });
  return {
    ...(isReady(groups, now) && groups.total ? { series: bounds(rangeOf(groups.total), tolerance) } : {}),
    ...(require.length + stable.length > 0 ? { labels: { require, values: new Map(stable) } } : {}),
    ...(isReady(keySets, now) ? { dimensions: steadyKeys(keySets, now).map(namesOf) } : {}),
  };
}

function bounds({ low, high }: { low: number; high: number }, { drop, rise }: SeriesTolerance) {
  return {
    min: drop === undefined ? undefined : Math.max(1, Math.ceil(low * (1 - drop))),
    max: rise === undefined ? undefined : Math.floor(high * (1 + rise)),
  };
}

function steadyKeys(part: Learned, now: number): readonly string[] {
  return [...part.tracks].flatMap(([key, track]) => (isSteady(track, now) ? [key] : [])).sort();
}

/** The names that every set has. */
function everywhere({ tracks }: Learned): readonly string[] {
  const usual = [...tracks].flatMap(([key, track]) => (isNew(track) ? [] : [namesOf(key)]));
  const [first = [], ...others] = usual;
  return first.filter((name) => others.every((names) => names.includes(name)));
}
