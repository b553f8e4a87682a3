import pLimit from 'p-limit';
import { compose } from './incidents/compose.ts';
import { isOpen } from './incidents/episode.ts';
import { isStormKey, placeOf, stormAmong } from './incidents/incident-states.ts';
import type { ClusterMemory } from './incidents/memory.ts';
import type { Occasion } from './incidents/occasion.ts';
import { tracks } from './incidents/owe.ts';
import { type Owed, owedTo, settle } from './incidents/settle.ts';
import { composeStorm } from './incidents/storm.ts';
import type { Message } from './message.ts';
import {
  type Channel,
  type Delivery,
  type Notifier,
  type NotifierPorts,
  undelivered,
} from './notifiers/notifier.ts';
import type { PlannedCluster } from './plan.ts';
import { printable } from './printable.ts';
import { isOneOf, streamPlanes } from './signal.ts';
import type { Report } from './report/report.ts';
import type { Store } from './stores/store.ts';

/** Channels take short bursts only; Slack about one message a second. */
const MESSAGES_IN_FLIGHT = 4;
/** More runs than these do not meet over one cluster within seconds. */
const SETTLE_TRIES = 8;

/** A cluster of which something is owed, as it was just written. */
export interface Claimed {
  readonly cluster: PlannedCluster;
  readonly report: Report['clusters'][number];
  readonly memory: ClusterMemory;
  readonly version: number;
  /** When it was looked at. Milliseconds since the epoch. */
  readonly checkedAt: number;
}

export interface AnnouncePorts {
  /** What a channel is told about one cluster, where that is not what signals are told as. */
  readonly compose?: (occasion: Occasion) => Message;
  readonly notifiers: readonly Notifier[];
  readonly sending: NotifierPorts;
  readonly store: Store;
  /** Who holds the claims. */
  readonly claimant: string;
  /** What every watched cluster remembers, by name; undefined where that cannot be read. Asked for storms only. */
  readonly everyone: () => Promise<ReadonlyMap<string, ClusterMemory | undefined>>;
  readonly onDefect: (error: unknown) => void;
  /** What went wrong with a cluster's memory. */
  readonly onTrouble: (cluster: string, error: unknown) => void;
  readonly onTold: (cluster: string, channel: Channel, message: Message) => void;
  readonly onUndelivered: (
    cluster: string,
    channel: Channel,
    why: Omit<Extract<Delivery, { delivered: false }>, 'delivered'>,
  ) => void;
}

/**
 * Tells every channel what it is owed about the claimed clusters, one message per cluster or storm, and records each
 * delivery as soon as it is made. Returns how many messages each cluster still owes. Nothing is thrown.
 */
export async function announce(
  claimed: readonly Claimed[],
  ports: AnnouncePorts,
): Promise<ReadonlyMap<string, number>> {
  const accounts = new Map(claimed.map((one) => [one.cluster.name, openAccount(one, ports)]));
  await Promise.all(
    ports.notifiers.map(async (notifier) => {
      const limit = pLimit(MESSAGES_IN_FLIGHT);
      const occasions = claimed.map(({ cluster, report, memory, checkedAt }): Occasion => ({
        cluster,
        report,
        memory,
        checkedAt,
        channel: notifier.key,
        owed: owedTo(memory, notifier.key),
      }));
      await Promise.all(
        grouped(occasions.filter(({ owed }) => owed.length > 0)).map((group) =>
          limit(() => tellGroup(group, notifier, accounts, ports)),
        ),
      );
      await Promise.all([...accounts.values()].map((account) => account.channelDone()));
    }),
  );
  return new Map([...accounts].map(([name, account]) => [name, account.undelivered()]));
}

/** Clusters whose news belongs to one storm are told together, the others each on their own. */
function grouped(occasions: readonly Occasion[]): Occasion[][] {
  const stormOf = ({ owed }: Occasion) => stormAmong(owed.map(({ episode }) => episode.opened.key));
  return [
    ...Map.groupBy(occasions, (occasion) => stormOf(occasion) ?? `cluster ${occasion.cluster.name}`).values(),
  ];
}

async function tellGroup(
  group: readonly Occasion[],
  notifier: Notifier,
  accounts: ReadonlyMap<string, Account>,
  ports: AnnouncePorts,
): Promise<void> {
  const { message, delivery } = await deliver(group, notifier, ports);
  await Promise.all(
    group.map(async ({ cluster, owed }) => {
      const account = accounts.get(cluster.name);
      if (delivery.delivered) {
        if (message) ports.onTold(cluster.name, notifier.channel, message);
        await account?.told(notifier.key, owed);
        return;
      }
      account?.failed();
      const { delivered: _delivered, ...why } = delivery;
      ports.onUndelivered(cluster.name, notifier.channel, why);
    }),
  );
}

async function deliver(
  group: readonly Occasion[],
  notifier: Notifier,
  ports: AnnouncePorts,
): Promise<{ readonly delivery: Delivery; readonly message?: Message }> {
  try {
    const message = await messageOf(group, ports);
    return { message, delivery: await notifier.send(message, ports.sending) };
  } catch (error) {
    ports.onDefect(error);
    return { delivery: undelivered('broken', false, 'Plumbline itself failed while sending') };
  }
}

async function messageOf(group: readonly Occasion[], ports: AnnouncePorts): Promise<Message> {
  const { everyone, compose: composed = compose } = ports;
  const messages = group.map(composed);
  const [only, ...more] = messages;
  if (!only) throw new Error('a message about no cluster');
  const storm = stormAmong(messages.flatMap(({ incidents }) => incidents.map(({ key }) => key)));
  if (storm === undefined) return only;
  const told = new Set(group.map(({ cluster }) => cluster.name));
  const others = [...(await everyone())].filter(([name]) => !told.has(name));
  const message =
    more.length === 0
      ? only
      : composeStorm(messages, {
          place: placeOf(storm),
          calm: others.flatMap(([name, memory]) => (isCalm(memory) ? [printable(name, 60)] : [])),
          working: workingIn(group),
        });
  const channel = group[0]?.channel ?? '';
  // A cluster whose memory cannot be read may still be in it.
  const isOver = (key: string) => others.every(([, memory]) => memory && isOverIn(memory, key, channel));
  const incidents = message.incidents.map((incident) =>
    incident.isOver && isStormKey(incident.key) ? { ...incident, isOver: isOver(incident.key) } : incident,
  );
  return { ...message, incidents };
}

/** Nothing of it is failing, not even for the first time. */
function isCalm(memory: ClusterMemory | undefined): boolean {
  return (
    memory !== undefined && Object.values(memory.signals).every(({ failing, blind }) => !failing && !blind)
  );
}

/** Whether the channel knows of nothing in the cluster that is still open under the key. */
function isOverIn({ signals }: ClusterMemory, key: string, channel: string): boolean {
  return Object.values(signals).every((signal) =>
    tracks.every((track) => {
      const episode = signal[track];
      return !(isOpen(episode) && episode.opened.key === key && episode.channels[channel]);
    }),
  );
}

/** Planes of streams that are entirely ok in all of the clusters. */
function workingIn(group: readonly Occasion[]): readonly string[] {
  const signals = group
    .flatMap(({ report }) => report.signals)
    .filter(({ plane, state }) => state !== 'idle' && isOneOf(streamPlanes, plane));
  return [...Map.groupBy(signals, ({ plane }) => plane)].flatMap(([plane, all]) =>
    all.every(({ verdict }) => verdict === 'ok') ? [plane] : [],
  );
}

interface Account {
  readonly told: (channel: string, owed: readonly Owed[]) => Promise<void>;
  readonly failed: () => void;
  /** To be called once per channel; the last one gives the claim back. */
  readonly channelDone: () => Promise<void>;
  readonly undelivered: () => number;
}

/** Records deliveries of one cluster one after the other. */
function openAccount({ cluster: { name }, ...claimed }: Claimed, ports: AnnouncePorts): Account {
  const { store, claimant, sending, notifiers, onTrouble } = ports;
  const oneByOne = pLimit(1);
  let current = { memory: claimed.memory, version: claimed.version };
  let failures = 0;
  let channelsLeft = notifiers.length;
  const change = (apply: (memory: ClusterMemory) => ClusterMemory) =>
    oneByOne(async () => {
      try {
        for (let tries = 0; tries < SETTLE_TRIES; tries += 1) {
          const memory = apply(current.memory);
          if (await store.write(name, memory, current.version)) {
            current = { memory, version: current.version + 1 };
            return;
          }
          current = await store.read(name);
        }
        throw new Error(`${name} was told, but other runs kept this one from remembering it`);
      } catch (error) {
        onTrouble(name, error);
      }
    });
  return {
    told: (channel, owed) => change((memory) => settle(memory, channel, owed, sending.clock.now())),
    failed: () => {
      failures += 1;
    },
    channelDone: async () => {
      channelsLeft -= 1;
      if (channelsLeft > 0) return;
      await change((memory) => {
        const { sending: claim, ...rest } = memory;
        return claim?.by === claimant ? rest : memory;
      });
    },
    undelivered: () => failures,
  };
}
