import type { Message } from '../message.ts';
import type { Channel, Notifier, NotifierPorts, Undelivered } from '../notifiers/notifier.ts';
import type { Store } from '../stores/store.ts';
import type { Comparison } from './compare.ts';
import { differenceMessage } from './difference-message.ts';
import { thingsOf } from './things.ts';
import { isUnseenKey, seenAgain } from './unseen.ts';

export interface TellPorts {
  readonly store: Pick<Store, 'told' | 'writeTold'>;
  readonly notifiers: readonly Notifier[];
  readonly sending: NotifierPorts;
  readonly onTold: (channel: Channel, message: Message) => void;
  readonly onUndelivered: (channel: Channel, why: Undelivered) => void;
}

/**
 * Tells each channel, in one message, what is new since it was told last, and remembers what it was told as long as that
 * holds. What could not be looked at is told too, and when it is seen again; what it hides is taken to hold. What is sent is remembered afterwards: a crash between the two
 * repeats that message, with the same id, and loses none. Returns how many channels did not take it; rejects with a
 * StoreError.
 */
export async function tellDifferences(comparison: Comparison, ports: TellPorts): Promise<number> {
  const { store, notifiers, sending } = ports;
  const { told, version } = await store.told();
  const before = new Set(told);
  const things = thingsOf(comparison);
  const remembered = new Set(comparison.unseen.length > 0 ? told.filter((key) => !isUnseenKey(key)) : []);
  let failed = 0;
  for (const notifier of notifiers.filter(isInterested)) {
    const { key: channel } = notifier;
    const news = things.filter(({ keyFor }) => !before.has(keyFor(channel)));
    const { places, untold } = seenAgain(channel, told, comparison);
    const message = differenceMessage({ channel, news, seenAgain: places }, sending.clock.now());
    const isTold = (news.length === 0 && places.size === 0) || (await send(message, notifier, ports));
    if (!isTold) failed += 1;
    for (const { keyFor } of isTold ? things : things.filter((one) => !news.includes(one)))
      remembered.add(keyFor(channel));
    for (const key of isTold ? untold : [...untold, ...places.keys()]) remembered.add(key);
  }
  const after = [...remembered].sort();
  if (after.join() !== told.toSorted().join()) await store.writeTold(after, version);
  return failed;
}

/** What a channel is limited to are incidents; this is about no signal that it may name. */
function isInterested({ only }: Notifier): boolean {
  return !only || (!only.clusters && !only.signals && only.severities?.includes('warning') === true);
}

async function send(
  message: Message,
  { channel, send: deliver }: Notifier,
  { sending, onTold, onUndelivered }: TellPorts,
): Promise<boolean> {
  const delivery = await deliver(message, sending);
  if (delivery.delivered) onTold(channel, message);
  else onUndelivered(channel, delivery);
  return delivery.delivered;
}
