import { randomUUID } from 'node:crypto';
import { systemClock } from '../lib/clock.ts';
import { quote } from '../lib/config/problems.ts';
import type { Config } from '../lib/config/schema.ts';
import { formatDuration } from '../lib/duration.ts';
import { named } from '../lib/message.ts';
import { type ListedMute, listMutes } from '../lib/mutes/list.ts';
import { type MuteRequest, newMute, type Wording } from '../lib/mutes/request.ts';
import { momentText } from '../lib/mutes/time.ts';
import { printable } from '../lib/printable.ts';
import type { Store } from '../lib/stores/store.ts';
import { readConfig } from './config.ts';
import { EXIT } from './exit.ts';
import { withStore } from './store.ts';

export interface MuteAddOptions {
  readonly config: string;
  readonly cluster?: readonly string[];
  readonly signal?: readonly string[];
  readonly all?: boolean;
  readonly for: string;
  readonly reason: string;
}

const WORDING: Wording = {
  clusters: '--cluster NAME',
  signals: '--signal NAME',
  all: '--all',
  for: '--for',
  reason: '--reason',
};

/** Adds a mute to the store and prints its id and until when it holds. Returns the exit code. */
export async function muteAdd({ cluster = [], signal = [], all = false, ...options }: MuteAddOptions) {
  const config = await readConfig(options.config);
  if (!config) return EXIT.wrong;
  const request: MuteRequest = { ...options, clusters: cluster, signals: signal, all };
  const now = systemClock.now();
  const made = newMute(request, config, { id: randomUUID().slice(0, 8), now, wording: WORDING });
  if ('problems' in made) {
    for (const problem of made.problems) process.stderr.write(`plumbline: ${problem}\n`);
    return EXIT.wrong;
  }
  return withStore(config, async (store) => {
    await store.addMute(made.mute);
    process.stdout.write(`${line(made.mute, now)}\n`);
    return EXIT.ok;
  });
}

/** Prints the mutes that hold, or will. Returns the exit code. */
export async function muteList(options: { readonly config: string }): Promise<number> {
  const config = await readConfig(options.config);
  if (!config) return EXIT.wrong;
  return withStore(config, async (store) => {
    process.stdout.write(await listed(config, store));
    return EXIT.ok;
  });
}

/** Ends a mute before its time. Returns the exit code; where there is no such mute, those that there are are told. */
export async function muteEnd(id: string, options: { readonly config: string }): Promise<number> {
  const config = await readConfig(options.config);
  if (!config) return EXIT.wrong;
  return withStore(config, async (store) => {
    if (await store.endMute(id)) {
      process.stdout.write(`${printable(id, 60)} is over\n`);
      return EXIT.ok;
    }
    process.stderr.write(
      `plumbline: there is no mute ${quote(id)}; there are:\n${await listed(config, store)}`,
    );
    return EXIT.wrong;
  });
}

async function listed({ alerts }: Config, store: Store): Promise<string> {
  const now = systemClock.now();
  const mutes = await listMutes(alerts.mutes, await store.mutes(now), now);
  if (mutes.length === 0) return 'nothing is muted, and no mute is to come\n';
  return mutes.map((mute) => `${line(mute, now)}\n`).join('');
}

/** `3f9a1c20    up in prod-eu, until 2026-11-20 14:00:00Z, 2h left: upgrade of the nodes` */
function line(mute: ListedMute, now: number): string {
  const { id, from, until, reason } = mute;
  const name = id === null ? 'configured' : printable(id, 60);
  const times =
    from <= now
      ? `until ${momentText(until)}, ${formatDuration(until - now)} left`
      : `from ${momentText(from)} until ${momentText(until)}`;
  return `${name.padEnd(10)}  ${subject(mute)}, ${times}: ${printable(reason)}`;
}

function subject({ clusters, signals }: ListedMute): string {
  const names = (listed: readonly string[]) => named(listed.map((name) => printable(name, 60)));
  if (signals.length === 0) return clusters.length === 0 ? 'everything' : names(clusters);
  return clusters.length === 0 ? names(signals) : `${names(signals)} in ${names(clusters)}`;
}
