import { randomUUID } from 'node:crypto';
import { relative } from 'node:path';
import { systemClock } from '../lib/clock.ts';
import { quote } from '../lib/config/problems.ts';
import type { Config } from '../lib/config/schema.ts';
import { formatDuration } from '../lib/duration.ts';
import { named } from '../lib/message.ts';
import { type ListedMute, listMutes } from '../lib/mutes/list.ts';
import { type MuteRequest, newMute, type Wording } from '../lib/mutes/request.ts';
import { momentText } from '../lib/mutes/time.ts';
import { printable } from '../lib/printable.ts';
import { json } from '../lib/report/json.ts';
import { parseState } from '../lib/stores/place.ts';
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

export interface MuteListOptions {
  readonly config: string;
  readonly format: 'text' | 'json';
}

const WORDING: Wording = {
  clusters: '--cluster NAME',
  signals: '--signal NAME',
  all: '--all',
  for: '--for',
  reason: '--reason',
};

/** Adds a mute to the store and prints its id, until when it holds and where it stands. Returns the exit code. */
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
    process.stdout.write(`${line(made.mute, now)} (recorded in ${placeOf(config)})\n`);
    return EXIT.ok;
  });
}

/** Prints the mutes that hold, or will. Returns the exit code. */
export async function muteList(options: MuteListOptions): Promise<number> {
  const config = await readConfig(options.config);
  if (!config) return EXIT.wrong;
  return withStore(config, async (store) => {
    const now = systemClock.now();
    const mutes = await mutesOf(config, store, now);
    process.stdout.write(options.format === 'json' ? mutesJson(mutes) : mutesText(mutes, now));
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
    const now = systemClock.now();
    const mutes = await mutesOf(config, store, now);
    const there = mutes.length === 0 ? 'nothing is muted\n' : `there are:\n${mutesText(mutes, now)}`;
    process.stderr.write(`plumbline: there is no mute ${quote(id)}; ${there}`);
    return EXIT.wrong;
  });
}

async function mutesOf({ alerts }: Config, store: Store, now: number): Promise<readonly ListedMute[]> {
  return listMutes(alerts.mutes, await store.mutes(now), now);
}

function mutesText(mutes: readonly ListedMute[], now: number): string {
  if (mutes.length === 0) return 'nothing is muted, and no mute is to come\n';
  return mutes.map((mute) => `${line(mute, now)}\n`).join('');
}

/** For scripts, in the order of the text: times are ISO, the id of a configured mute is null, empty lists mean all. */
function mutesJson(mutes: readonly ListedMute[]): string {
  const iso = (at: number) => new Date(at).toISOString();
  return json({
    version: 1,
    mutes: mutes.map(({ id, clusters, signals, from, until, reason }) => ({
      id,
      clusters,
      signals,
      from: iso(from),
      until: iso(until),
      reason,
    })),
  });
}

/** `./state`, `/var/lib/plumbline` or `the table plumbline-live-state` */
function placeOf({ state = '' }: Config): string {
  const place = parseState(state);
  if ('problem' in place) return printable(state);
  if (place.kind === 'dynamodb') return `the table ${place.table}`;
  const below = relative('.', place.path);
  return printable(below === '' || below.startsWith('..') ? place.path : `./${below}`);
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
