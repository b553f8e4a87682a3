import type { RuntimeMute } from '../stores/store.ts';
import type { MuteSettings } from './settings.ts';
import { openWindows } from './windows.ts';

/** A mute that holds, or will; a configured one has no id. */
export interface ListedMute extends Omit<RuntimeMute, 'id'> {
  readonly id: string | null;
}

/**
 * The mutes that hold at `now`, the first to end first, and then the next time of each configured one that does not, in
 * the order in which they come. Times are milliseconds since the epoch.
 */
export async function listMutes(
  settings: readonly MuteSettings[],
  runtime: readonly RuntimeMute[],
  now: number,
): Promise<readonly ListedMute[]> {
  const windows = await openWindows(settings);
  const configured = settings.flatMap(({ clusters = [], signals = [], reason }, index): ListedMute[] => {
    const span = windows[index]?.at(now) ?? windows[index]?.after(now);
    return span ? [{ id: null, clusters, signals, ...span, reason }] : [];
  });
  const all = [...runtime, ...configured];
  return [
    ...all.filter(({ from }) => from <= now).sort((a, b) => a.until - b.until),
    ...all.filter(({ from }) => from > now).sort((a, b) => a.from - b.from),
  ];
}
