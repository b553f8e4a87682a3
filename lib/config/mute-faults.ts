import { DEFAULT_TIME_ZONE } from '../mutes/settings.ts';
import type { Crons } from '../mutes/cron.ts';
import { spanOf } from '../mutes/time.ts';
import type { DraftConfig } from './draft.ts';
import type { Fault, Path } from './problems.ts';

type DraftMute = NonNullable<NonNullable<NonNullable<DraftConfig['alerts']>['mutes']>[number]>;

/** How long a mute may be over before it is told that it only clutters the file. */
const CLUTTER_MS = 7 * 24 * 3600_000;

/**
 * What is wrong with the times of `alerts.mutes` beyond their form: a cron that never comes, a mute that never ends, or
 * one that is long over at `now` (milliseconds since the epoch; undefined where that is not to be told).
 */
export function muteFaults(
  { alerts }: DraftConfig,
  crons: Crons | undefined,
  now: number | undefined,
): Fault[] {
  return (alerts?.mutes ?? []).flatMap((mute, index) => {
    if (!mute) return [];
    const path = ['alerts', 'mutes', index];
    return [...cronFaults(mute, crons, path), ...pastFaults(mute, now, path)];
  });
}

function cronFaults({ cron, for: forMs }: DraftMute, crons: Crons | undefined, path: Path): Fault[] {
  const oddity = cron === undefined ? undefined : crons?.oddity(cron, forMs ?? 0);
  if (oddity === 'never') {
    const says = 'never comes, because none of its months has such a day; write another day';
    return [{ path: [...path, 'cron'], on: 'value', level: 'error', says }];
  }
  if (oddity !== 'endless') return [];
  const says =
    'lasts until the mute begins anew, so that it never ends; write a shorter time, or switch the signals off: off: true';
  return [{ path: [...path, 'for'], on: 'value', level: 'warning', says }];
}

function pastFaults(
  { from, until, timeZone = DEFAULT_TIME_ZONE }: DraftMute,
  now: number | undefined,
  path: Path,
) {
  const span = from && until ? spanOf(from, until, timeZone) : undefined;
  if (!span || now === undefined || now - span.until < CLUTTER_MS) return [];
  const says = 'is long over; remove the mute';
  return [{ path: [...path, 'until'], on: 'value', level: 'warning', says } satisfies Fault];
}
