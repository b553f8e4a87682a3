import { isDeepStrictEqual } from 'node:util';
import type { RunRecord } from '../history.ts';
import { printable } from '../printable.ts';
import { PartOfRuns, type RuntimeMute, StoreError } from './store.ts';

/** Throws where `mute` is not what is stored under its id; the same again is no trouble. */
export function refuseAnother(mute: RuntimeMute, stored: RuntimeMute | undefined): void {
  if (!stored || isDeepStrictEqual(stored, mute)) return;
  throw new StoreError(
    'rejected',
    `there is another mute ${printable(mute.id)} already; end it first, or take another id`,
  );
}

/** What is read, or the trouble with it: one that cannot be read must not hide the others. */
export async function orTrouble<T>(read: () => T | Promise<T>): Promise<T | StoreError> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
}

/** Mutes that are not over, oldest first. */
export function notOver(mutes: readonly RuntimeMute[], now: number): RuntimeMute[] {
  return mutes.filter(({ until }) => until > now).sort((left, right) => left.from - right.from);
}

/** One thing that is read, or none where it cannot be read. */
export function readableOf<T>(read: () => T): T[] {
  try {
    return [read()];
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return [];
  }
}

/**
 * The runs at or after `from` of what is read one by one, as `distinct` has them. Throws a `PartOfRuns` where some cannot
 * be read: one of them must not hide the others.
 */
export function runsOf<T>(all: readonly T[], read: (one: T) => RunRecord, from: number): RunRecord[] {
  const troubles: StoreError[] = [];
  const runs = all.flatMap((one) => {
    try {
      return [read(one)];
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      troubles.push(error);
      return [];
    }
  });
  const readable = distinct(runs.filter(({ at }) => at >= from));
  const [first] = troubles;
  if (!first) return readable;
  const others = troubles.length === 1 ? '' : `${troubles.length} runs cannot be read, the first of them: `;
  throw new PartOfRuns(first.trouble, `${others}${first.message}`, readable);
}

/** Oldest first, and each run once, though it was added twice with times that differ. */
function distinct(runs: readonly RunRecord[]): RunRecord[] {
  const seen = new Set<string>();
  return runs.toSorted((left, right) => left.at - right.at).filter(({ id }) => !seen.has(id) && seen.add(id));
}
