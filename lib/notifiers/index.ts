import type { Channel, ChannelSettings, Notifier, Send } from './notifier.ts';
import { pagerduty } from './pagerduty.ts';
import { slack } from './slack.ts';
import { sns } from './sns.ts';
import { webhook } from './webhook.ts';

type Open = (target: string, settings: ChannelSettings) => Send;

/** Every kind of channel and how it is opened. */
const notifiers: Readonly<Record<Channel, Open>> = {
  sns: (target, { format }) => sns(target, format),
  slack,
  pagerduty: (target, { endpoint }) => pagerduty(target, endpoint),
  webhook: (target, { secret = '' }) => webhook(target, secret),
};

/** Opens the configured channels, in order; nothing is resolved, and no SDK loaded, before something is sent. */
export function openNotifiers(channels: readonly ChannelSettings[]): readonly Notifier[] {
  const kinds = Object.keys(notifiers) as Channel[];
  const used = new Set<string>();
  return channels.flatMap((settings) =>
    kinds.flatMap((channel): Notifier[] => {
      const target = settings[channel];
      if (target === undefined) return [];
      const base = `${channel}:${target}${settings.format === undefined ? '' : `:${settings.format}`}`;
      let key = base;
      for (let time = 2; used.has(key); time += 1) key = `${base}#${time}`;
      used.add(key);
      return [{ channel, key, only: settings.only, send: notifiers[channel](target, settings) }];
    }),
  );
}
