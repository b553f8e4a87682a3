import type { PublishedTarget, Publisher } from './publisher.ts';

/** Targets of a publisher that are alike, as they come and go; no name comes twice. */
export interface Replicas {
  readonly names: () => readonly string[];
  /** So many more begin. Their names. */
  readonly start: (count: number, at: number) => readonly string[];
  readonly stop: (names: readonly string[], at: number) => void;
  /** As many others take their place, so long after. */
  readonly replace: (at: number, gapMs: number) => void;
  /** Until there are so many: more begin, or those that came last end. The names of those that are new. */
  readonly scale: (count: number, at: number) => readonly string[];
}

/** The replicas of one thing, made by `create` from a number that no other has. */
export function replicasOf(
  { addTarget, stopTarget }: Pick<Publisher, 'addTarget' | 'stopTarget'>,
  create: (number: number) => PublishedTarget,
): Replicas {
  let born = 0;
  let alive: readonly string[] = [];
  const begin = (count: number, at: number): readonly string[] =>
    Array.from({ length: Math.max(0, count) }, () => {
      const target = create((born += 1));
      addTarget(target, at);
      return target.name;
    });
  const end = (names: readonly string[], at: number): void => {
    for (const name of names) stopTarget(name, at);
  };
  return {
    names: () => alive,
    start: (count, at) => {
      const names = begin(count, at);
      alive = [...alive, ...names];
      return names;
    },
    stop: (names, at) => {
      end(names, at);
      alive = alive.filter((name) => !names.includes(name));
    },
    replace: (at, gapMs) => {
      end(alive, at);
      alive = begin(alive.length, at + gapMs);
    },
    scale: (count, at) => {
      end(alive.slice(count), at);
      const names = begin(count - alive.length, at);
      alive = [...alive.slice(0, count), ...names];
      return names;
    },
  };
}
