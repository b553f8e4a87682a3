import { type Baseline, isReady, type Learned } from './baseline.ts';
import { type Counts, nameCounts, namesOf, without } from './keys.ts';
import { type Move, moves } from './name-moves.ts';
import { paired } from './pairing.ts';
import { MOST_DRIFTS } from './series-drift.ts';
import type { NameDrift, Shape } from './shape.ts';
import { DAY_MS } from './time.ts';
import { isNew, isSteady, normalAt } from './track.ts';

/**
 * How label names (with `sets`: whole dimension sets) drifted, what concerns most series first; empty while they are
 * being learned. Series that have one name less and another more had it renamed.
 */
export function nameDrift(
  baseline: Baseline | undefined,
  shape: Shape,
  { sets }: { readonly sets: boolean },
): readonly NameDrift[] {
  const part = baseline?.keySets;
  if (!shape.keySets || !isReady(part, shape.at)) return [];
  const seen = nameCounts(shape.keySets);
  if (seen.size === 0) return [];
  const moved = moves(part, seen, shape.at);
  const changes = sets
    ? setChanges(part, seen, shape.at, moved)
    : withVanished(labelChanges(part, seen, shape.at, moved), part, seen, shape.at);
  const shares = sharesOf(part, seen, sets);
  return merged(changes)
    .map((change) => ({ ...change, of: 'names' as const, against: 'usual' as const, ...shares(change) }))
    .toSorted((a, b) => b.series - a.series)
    .slice(0, MOST_DRIFTS);
}

type NameChange = Pick<NameDrift, 'kind' | 'names' | 'now' | 'series' | 'normalAt'>;

/** When an addition becomes normal; undefined where it is already. */
function pendingUntil(part: Learned, key: string, at: number): number | undefined {
  const track = part.tracks.get(key);
  if (track && !isNew(track)) return undefined;
  const normal = (track && normalAt(track)) ?? at + DAY_MS;
  return at < normal ? normal : undefined;
}

function setChanges(part: Learned, seen: Counts, at: number, moved: readonly Move[]): readonly NameChange[] {
  const renamed = moved.map(({ from, to, series }): NameChange => ({
    kind: 'renamed',
    names: namesOf(from),
    now: namesOf(to),
    series,
  }));
  const from = new Set(moved.map((move) => move.from));
  const to = new Set(moved.map((move) => move.to));
  const lost = [...part.tracks].flatMap(([key, track]): NameChange[] =>
    seen.has(key) || from.has(key) || !isSteady(track, at)
      ? []
      : [{ kind: 'lost', names: namesOf(key), series: track.last }],
  );
  const added = [...seen].flatMap(([key, series]): NameChange[] => {
    const normal = to.has(key) ? undefined : pendingUntil(part, key, at);
    return normal === undefined ? [] : [{ kind: 'new', names: namesOf(key), series, normalAt: normal }];
  });
  return [...renamed, ...lost, ...added];
}

function labelChanges(
  part: Learned,
  seen: Counts,
  at: number,
  moved: readonly Move[],
): readonly NameChange[] {
  const known = new Set([...part.tracks].flatMap(([key, track]) => (isNew(track) ? [] : namesOf(key))));
  const ofMoves = moved.flatMap(({ from, to, series }): NameChange[] => {
    const [before, after] = [namesOf(from), namesOf(to)];
    const { renamed, lost, added } = paired(without(before, after), without(after, before));
    const normal = pendingUntil(part, to, at);
    return [
      ...renamed.map(([name, now]): NameChange => ({ kind: 'renamed', names: [name], now: [now], series })),
      ...lost.map((name): NameChange => ({ kind: 'lost', names: [name], series })),
      ...(normal === undefined ? [] : added).map((name): NameChange => ({
        kind: 'new',
        names: [name],
        series,
        normalAt: normal,
      })),
    ];
  });
  const to = new Set(moved.map((move) => move.to));
  const additions = [...seen].flatMap(([key, series]): NameChange[] => {
    const normal = to.has(key) ? undefined : pendingUntil(part, key, at);
    if (normal === undefined) return [];
    const names = namesOf(key).filter((name) => !known.has(name));
    return names.map((name) => ({ kind: 'new', names: [name], series, normalAt: normal }));
  });
  return [...ofMoves, ...additions];
}

/** With the names that series always had and none has now, where no move tells it. */
function withVanished(
  changes: readonly NameChange[],
  part: Learned,
  seen: Counts,
  at: number,
): readonly NameChange[] {
  const there = new Set([...seen.keys()].flatMap(namesOf));
  const told = new Set(changes.filter(({ kind }) => kind !== 'new').flatMap(({ names }) => names));
  const vanished = [...part.tracks].flatMap(([key, track]): NameChange[] => {
    if (!isSteady(track, at) || seen.has(key)) return [];
    const gone = namesOf(key).filter((name) => !there.has(name) && !told.has(name));
    return gone.map((name) => ({ kind: 'lost', names: [name], series: track.last }));
  });
  return [...changes, ...vanished];
}

/** One change for each name. */
function merged(changes: readonly NameChange[]): readonly NameChange[] {
  const all = new Map<string, NameChange>();
  for (const change of changes) {
    const key = JSON.stringify([change.kind, change.names, change.now]);
    const before = all.get(key);
    all.set(key, before ? { ...before, series: before.series + change.series } : change);
  }
  return [...all.values()];
}

function sharesOf(part: Learned, seen: Counts, sets: boolean) {
  const usual = new Map(
    [...part.tracks].filter(([, track]) => !isNew(track)).map(([key, track]) => [key, track.last]),
  );
  const share = (counts: Counts, names: readonly string[]): number => {
    let [all, carrying] = [0, 0];
    for (const [key, series] of counts) {
      const has = namesOf(key);
      all += series;
      const carries = sets ? String(has) === String(names) : names.every((name) => has.includes(name));
      if (carries) carrying += series;
    }
    return all === 0 ? 0 : carrying / all;
  };
  return ({ names }: NameChange) => ({ before: share(usual, names), after: share(seen, names) });
}
