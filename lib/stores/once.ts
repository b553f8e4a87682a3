import { isDeepStrictEqual } from 'node:util';
import type { RunRecord } from '../history.ts';
import { printable } from '../printable.ts';
import { type RuntimeMute, StoreError } from './store.ts';

/** Throws where `mute` is not what is stored under its id; the same again is no trouble. */
export function refuseAnother(mute: RuntimeMute, stored: RuntimeMute | undefined): void {
  if (!stored || isDeepStrictEqual(stored, mute)) return;
  throw new StoreError(
    'rejected',
    `there is another mute ${printable(mute.id)} already; end it first, or take another id`,
  );
}

/** Mutes that are not over, oldest first. */
export function notOver(mutes: readonly RuntimeMute[], now: number): RuntimeMute[] {
  return mutes.filter(({ until }) => until > now).sort((left, right) => left.from - right.from);
}

/** Oldest first, and each run once, though it was added twice with times that differ. */
export function distinct(runs: readonly RunRecord[]): RunRecord[] {
  const seen = new Set<string>();
  return runs.toSorted((left, right) => left.at - right.at).filter(({ id }) => !seen.has(id) && seen.add(id));
}
