import { openWindows } from './mutes/windows.ts';
import type { MuteSettings } from './mutes/settings.ts';
import { momentText } from './mutes/time.ts';
import { printable } from './printable.ts';
import type { RuntimeMute } from './stores/store.ts';

/** The mutes that hold at one moment. */
export interface ActiveMutes {
  /** What holds messages about a signal back, in words for people; undefined where nothing does. */
  readonly heldBy: (cluster: string, signal: string) => string | undefined;
}

/** Longer reasons, which no door of Plumbline takes, are cut. */
const LONGEST_REASON = 300;

/**
 * The mutes that hold at `now` (milliseconds since the epoch) of those configured and those added while running, each
 * from its beginning up to, but without, its end. Where several hold a signal, the words are those of the last to end.
 */
export async function mutesAt(
  settings: readonly MuteSettings[],
  runtime: readonly RuntimeMute[],
  now: number,
): Promise<ActiveMutes> {
  const windows = await openWindows(settings);
  const configured = settings.flatMap((mute, index) => {
    const span = windows[index]?.at(now);
    return span ? [{ ...mute, ...span }] : [];
  });
  const active = [...configured, ...runtime.filter(({ from, until }) => from <= now && now < until)]
    .sort((a, b) => b.until - a.until)
    .map(({ clusters, signals, until, reason }) => ({
      covers: covers({ clusters, signals }),
      words: `mute until ${momentText(until)}: ${printable(reason, LONGEST_REASON)}`,
    }));
  return {
    heldBy: (cluster, signal) => active.find(({ covers }) => covers(cluster, signal))?.words,
  };
}

/** No names, or an empty list of them, means all. */
function covers(mute: {
  readonly clusters?: readonly string[] | undefined;
  readonly signals?: readonly string[] | undefined;
}): (cluster: string, signal: string) => boolean {
  const [clusters, signals] = [new Set(mute.clusters), new Set(mute.signals)];
  return (cluster, signal) =>
    (clusters.size === 0 || clusters.has(cluster)) && (signals.size === 0 || signals.has(signal));
}
