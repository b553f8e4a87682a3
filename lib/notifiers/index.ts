import type { Channel, ChannelSettings, Notifier } from './notifier.ts';
import { slack } from './slack.ts';
import { sns } from './sns.ts';

/** Every kind of channel and how it is opened. */
const notifiers: Readonly<Record<Channel, (target: string) => Notifier>> = { sns, slack };

/** Opens the configured channels; nothing is resolved, and no SDK loaded, before something is sent. */
export function openNotifiers(channels: readonly ChannelSettings[]): readonly Notifier[] {
  const kinds = Object.keys(notifiers) as Channel[];
  return channels.flatMap((settings) =>
    kinds.flatMap((kind) => {
      const target = settings[kind];
      return target === undefined ? [] : [notifiers[kind](target)];
    }),
  );
}
