import { describe, expect, test } from 'vitest';
import type { Run } from '../lib/incidents/facts.ts';
import type { Message } from '../lib/message.ts';
import type { Notifier } from '../lib/notifiers/notifier.ts';
import type { PlannedCluster } from '../lib/plan.ts';
import type { StreamSignal } from '../lib/signal.ts';
import { StoreError } from '../lib/stores/store.ts';
import type { LogLine } from '../lib/trouble.ts';
import { watch, type WatchPorts } from '../lib/watch.ts';
import { together, troubleOf } from '../lib/watched.ts';
import { serve, vector } from './support/http.ts';
import { type MemoryStore, memoryStore } from './support/memory-store.ts';
import { fakeClock, testPorts } from './support/ports.ts';
import { signal } from './support/world.ts';

const MINUTE_MS = 60_000;
const NOON = Date.parse('2026-11-20T12:00:00Z');

type Told = [channel: string, message: Message];

/** Clusters of one signal each on a Prometheus where the named ones are silent, watched every five minutes. */
async function service(names: readonly string[], over: Partial<WatchPorts> = {}) {
  const silent = new Set<string>();
  const denied = new Set<string>();
  const versions = new Map<string, string>();
  const { url } = await serve(({ path }, response) => {
    const cluster = path.split('/')[1] ?? '';
    if (denied.has(cluster)) response.writeHead(403).end('forbidden');
    else {
      const version = versions.get(cluster);
      const labels = version === undefined ? {} : { otel_scope_version: version };
      response.end(vector(silent.has(cluster) ? [] : [[labels, '3']]));
    }
  });
  const clusterOf = (name: string, bent: Partial<StreamSignal> = {}): PlannedCluster => ({
    name,
    region: 'eu-west-1',
    signals: [{ judged: true, signal: signal({ address: `${url}/${name}`, ...bent }) }],
  });
  const clock = fakeClock(NOON);
  const store: MemoryStore = memoryStore();
  const told: Told[] = [];
  const log: LogLine[] = [];
  const emitted: Record<string, unknown>[] = [];
  const confirmed: { clusters: readonly string[]; run: string }[] = [];
  const notifier = (key: string, bent: Partial<Notifier> = {}): Notifier => ({
    channel: 'slack',
    key,
    only: undefined,
    send: async (message) => {
      told.push([key, message]);
      return { delivered: true };
    },
    ...bent,
  });
  const all = names.map((name) => clusterOf(name));
  const ports: WatchPorts = {
    ...testPorts({ clock }),
    clock,
    toolVersion: 'test',
    alerts: { failAfter: 2, recoverAfter: 2, blindAfter: 3, remindEvery: 240 * MINUTE_MS, mutes: [] },
    notifiers: [notifier('chat')],
    store,
    watched: all,
    sending: { ...testPorts({ clock }), resolve: async (value) => ({ value }) },
    confirm: async (clusters, run) => void confirmed.push({ clusters, run: run.id }),
    log: (line) => log.push(line),
    stage: 'live',
    emit: (line) => emitted.push(JSON.parse(line) as Record<string, unknown>),
    ...over,
  };
  let count = 0;
  const run = async (
    clusters = ports.watched,
    bent: Partial<Run> = {},
    instead: Partial<WatchPorts> = {},
  ) => {
    clock.advance(5 * MINUTE_MS);
    count += 1;
    const now = clock.now();
    const deadlines = { deadline: now + 30_000, sending: { ...ports.sending, deadline: now + MINUTE_MS } };
    const identity = { id: `run ${count}`, at: now, isConfirmation: false, ...bent };
    return watch(clusters, identity, { ...ports, ...deadlines, ...instead });
  };
  const titles = () => told.map(([channel, { title }]) => `${channel}: ${title}`);
  return {
    run,
    silent,
    denied,
    versions,
    store,
    told,
    titles,
    log,
    emitted,
    confirmed,
    notifier,
    clusterOf,
    ports,
  };
}

describe('a scheduled run', () => {
  test('tells every channel of a cluster that fails twice, once, and of its recovery', async () => {
    const { run, silent, titles, ports, notifier } = await service(['a', 'b']);
    const channels = { notifiers: [notifier('chat'), notifier('mail')] };
    silent.add('a');
    for (let times = 0; times < 4; times += 1) await run(ports.watched, {}, channels);
    expect(titles().toSorted()).toEqual([
      'chat: a: canary failing (prometheus)',
      'mail: a: canary failing (prometheus)',
    ]);
    silent.delete('a');
    await run(ports.watched, {}, channels);
    await run(ports.watched, {}, channels);
    expect(titles().filter((title) => title.includes('recovered'))).toEqual([
      'chat: a: canary recovered after 25m (prometheus)',
      'mail: a: canary recovered after 25m (prometheus)',
    ]);
  });

  test('names what it saw change about when a signal broke, with what it was before', async () => {
    const { run, silent, told, versions, clusterOf } = await service(['a']);
    const clusters = [clusterOf('a', { by: ['otel_scope_version'] })];
    const instead = { watched: clusters };
    for (const version of ['0.33.0', '0.35.0']) {
      versions.set('a', version);
      await run(clusters, {}, instead);
    }
    silent.add('a');
    await run(clusters, {}, instead);
    await run(clusters, {}, instead);
    expect(told.map(([, { story }]) => story[1])).toEqual([
      'Changed about then, which need not be the cause: otel_scope_version of m went from 0.33.0 to 0.35.0, first seen at 2026-11-20 12:10:00Z.',
    ]);
  });

  test('keeps one line of history per run and cluster, with what opened and ended', async () => {
    const { run, silent, store } = await service(['a']);
    silent.add('a');
    await run();
    await run();
    silent.clear();
    await run();
    await run();
    expect(store.recorded.map(({ ok, failing, opened, ended }) => ({ ok, failing, opened, ended }))).toEqual([
      { ok: [], failing: ['canary'], opened: [], ended: [] },
      { ok: [], failing: ['canary'], opened: ['canary'], ended: [] },
      { ok: ['canary'], failing: [], opened: [], ended: [] },
      { ok: ['canary'], failing: [], opened: [], ended: ['canary'] },
    ]);
  });

  test('that comes twice counts once, and tells nobody twice', async () => {
    const { run, silent, titles, store } = await service(['a']);
    silent.add('a');
    await run(undefined, { id: 'tick' });
    await run(undefined, { id: 'tick' });
    expect(titles()).toEqual([]);
    expect(store.recorded).toHaveLength(1);
    await run();
    expect(titles()).toHaveLength(1);
  });

  test('asks for a second look at what newly fails, once', async () => {
    const { run, silent, confirmed, titles, ports } = await service(['a', 'b', 'c']);
    silent.add('a').add('c');
    await run();
    expect(confirmed).toEqual([{ clusters: ['a', 'c'], run: 'run 1' }]);
    await run(ports.watched.slice(0, 1), { id: 'run 1+confirm', isConfirmation: true });
    expect(titles()).toEqual(['chat: a: canary failing (prometheus)']);
    await run();
    expect(confirmed).toHaveLength(1);
  });

  test('asks for none where the plane is slow, or one run is enough', async () => {
    const { run, silent, confirmed, clusterOf } = await service(['a']);
    silent.add('a');
    await run([clusterOf('a', { failAfter: 1 })]);
    expect(confirmed).toEqual([]);
  });

  test('asks for none where CloudWatch shows samples only minutes later', async () => {
    const credentials = () => async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' });
    const { run, silent, confirmed, store, clusterOf } = await service(['a'], { credentials });
    silent.add('a');
    const [{ signal: plain } = { signal: signal() }] = clusterOf('a').signals;
    await run([clusterOf('a', { plane: 'cloudwatchPromql', endpoint: plain.address })]);
    expect(store.recorded).toMatchObject([{ failing: ['canary'] }]);
    expect(confirmed).toEqual([]);
  });
});

describe('only', () => {
  test('limits a channel to clusters, signals and severities', async () => {
    const { run, silent, titles, notifier, ports } = await service(['a', 'b']);
    silent.add('a').add('b');
    const notifiers = [
      notifier('a', { only: { clusters: ['a'] } }),
      notifier('others', { only: { signals: ['other'] } }),
      notifier('warnings', { only: { severities: ['warning'] } }),
      notifier('critical', { only: { clusters: ['b'], severities: ['critical'] } }),
    ];
    await run(ports.watched, {}, { notifiers });
    await run(ports.watched, {}, { notifiers });
    expect(titles().toSorted()).toEqual([
      'a: a: canary failing (prometheus)',
      'critical: b: canary failing (prometheus)',
    ]);
  });

  test('leaves what a channel is not told about out of its titles', async () => {
    const { run, silent, titles, notifier, clusterOf } = await service(['a']);
    const [planned] = clusterOf('a').signals;
    if (!planned) throw new Error('no signal');
    const b = { ...planned, signal: { ...planned.signal, name: 'b', severity: 'warning' as const } };
    const watched = [{ ...clusterOf('a'), signals: [planned, b] }];
    silent.add('a');
    const notifiers = [notifier('critical', { only: { severities: ['critical'] } })];
    await run(watched, {}, { notifiers, watched });
    await run(watched, {}, { notifiers, watched });
    expect(titles()).toEqual(['critical: a: canary failing (prometheus)']);
  });

  test('that is narrowed later still hears that what it was told is over', async () => {
    const { run, silent, titles, notifier, ports } = await service(['a']);
    silent.add('a');
    await run();
    await run();
    silent.clear();
    const notifiers = [notifier('chat', { only: { severities: ['warning'] } })];
    await run(ports.watched, {}, { notifiers });
    await run(ports.watched, {}, { notifiers });
    expect(titles().at(-1)).toBe('chat: a: canary recovered after 15m (prometheus)');
  });
});

describe('a storm', () => {
  const many = Array.from({ length: 6 }, (_, index) => `c${index}`);

  test('is one message with the list, and one when it is over', async () => {
    const { run, silent, told, titles } = await service([...many, 'fine']);
    for (const name of many) silent.add(name);
    await run();
    await run();
    expect(titles()).toEqual(['chat: 6 clusters are failing (region eu-west-1)']);
    expect(told[0]?.[1]).toMatchObject({
      clusters: many,
      ok: ['fine'],
      incidents: [{ isOver: false, summary: '6 clusters are failing (region eu-west-1)' }],
      entries: many.map((name) => ({ name, about: '1 signal: canary' })),
    });
    silent.clear();
    await run();
    await run();
    expect(titles()).toEqual([expect.anything(), 'chat: 6 clusters have recovered (region eu-west-1)']);
    expect(told[1]?.[1].incidents).toMatchObject([{ isOver: true }]);
    expect(told[1]?.[1].incidents[0]?.key).toBe(told[0]?.[1].incidents[0]?.key);
  });

  test('is over for those who count incidents when the last of its clusters is', async () => {
    const { run, silent, told } = await service(many);
    for (const name of many) silent.add(name);
    await run();
    await run();
    for (const name of many.slice(1)) silent.delete(name);
    await run();
    await run();
    expect(told[1]?.[1]).toMatchObject({ reason: 'recovered', incidents: [{ isOver: false }] });
    silent.clear();
    await run();
    await run();
    expect(told[2]?.[1]).toMatchObject({ clusters: ['c0'], incidents: [{ isOver: true }] });
  });

  test('is not over while a cluster that this run does not look at, or cannot read, is in it', async () => {
    const { run, silent, told, store, ports } = await service(many);
    for (const name of many) silent.add(name);
    await run();
    await run();
    silent.delete('c0');
    await run(ports.watched.slice(0, 1));
    await run(ports.watched.slice(0, 1));
    expect(told[1]?.[1]).toMatchObject({ reason: 'recovered', incidents: [{ isOver: false }] });
    silent.clear();
    silent.add('c5');
    const unreadable: Partial<WatchPorts> = {
      store: {
        ...store,
        read: async (name) => {
          if (name === 'c5') throw new StoreError('throttled', 'slow down');
          return store.read(name);
        },
      },
    };
    await run(ports.watched, {}, unreadable);
    await run(ports.watched, {}, unreadable);
    expect(told[2]?.[1]).toMatchObject({ reason: 'recovered', incidents: [{ isOver: false }] });
  });

  test('is over for a channel when all that it knows of it is', async () => {
    const { run, silent, told, notifier, ports } = await service(many);
    const notifiers = [notifier('c0', { only: { clusters: ['c0'] } }), notifier('all')];
    const go = () => run(ports.watched, {}, { notifiers });
    for (const name of many) silent.add(name);
    await go();
    await go();
    silent.delete('c0');
    await go();
    await go();
    const last = (channel: string) => told.findLast(([key]) => key === channel)?.[1];
    expect(last('c0')).toMatchObject({ reason: 'recovered', incidents: [{ isOver: true }] });
    expect(last('all')).toMatchObject({ reason: 'recovered', incidents: [{ isOver: false }] });
  });

  test('that is over does not call its own clusters unaffected', async () => {
    const { run, silent, told } = await service([...many, 'fine']);
    for (const name of many) silent.add(name);
    await run();
    await run();
    silent.clear();
    await run();
    await run();
    expect(told[1]?.[1].story).toEqual(['They share region eu-west-1.', 'Not affected: fine.']);
  });

  test('told by a second look knows who is not affected', async () => {
    const { run, silent, told, ports } = await service([...many, 'fine']);
    for (const name of many) silent.add(name);
    await run();
    await run(ports.watched.slice(0, many.length), { isConfirmation: true });
    expect(told[0]?.[1]).toMatchObject({ reason: 'opened', ok: ['fine'] });
  });

  test('is none where fewer than three, or fewer than half of a place, turn', async () => {
    const { run, silent, titles } = await service([...many, 'd', 'e', 'f']);
    for (const name of ['c0', 'c1', 'c2', 'c3']) silent.add(name);
    await run();
    await run();
    expect(titles()).toHaveLength(4);
  });
});

describe('a cluster that leaves the configuration', () => {
  test('is told as no longer watched, and forgotten', async () => {
    const { run, silent, titles, store, ports } = await service(['a', 'b']);
    silent.add('b');
    await run();
    await run();
    const watched = ports.watched.slice(0, 1);
    await run(watched, {}, { watched });
    expect(titles().at(-1)).toBe('chat: b: canary no longer watched');
    expect(await store.clusters()).toEqual(['a']);
  });

  test('is not one that a run of other clusters does not name', async () => {
    const { run, silent, titles, ports } = await service(['a', 'b']);
    silent.add('b');
    await run();
    await run();
    await run(ports.watched.slice(0, 1));
    expect(titles()).toHaveLength(1);
  });
});

describe('nothing that breaks stops the others', () => {
  test('a channel that throws', async () => {
    const { run, silent, titles, notifier, emitted, log, ports } = await service(['a']);
    silent.add('a');
    const broken = notifier('broken', { send: () => Promise.reject(new Error('a mistake of ours')) });
    const channels = { notifiers: [broken, notifier('fine')] };
    await run(ports.watched, {}, channels);
    const result = await run(ports.watched, {}, channels);
    expect(titles()).toEqual(['fine: a: canary failing (prometheus)']);
    expect(result).toMatchObject({ undelivered: 1, defects: 1 });
    expect(log.map(({ what }) => what)).toContain('undelivered');
    expect(emitted.slice(-2)).toMatchObject([
      { UndeliveredMessages: 1 },
      { Runs: 1, Defects: 1, UndeliveredMessages: 1 },
    ]);
    await run();
    expect(titles()).toHaveLength(2);
  });

  test('a cluster that cannot even be asked', async () => {
    const { run, clusterOf } = await service(['a']);
    const result = await run([clusterOf('x', { address: 'no address' }), clusterOf('a')]);
    expect(result).toMatchObject({
      clusters: [
        { cluster: 'x', verdict: 'broken' },
        { cluster: 'a', verdict: 'ok' },
      ],
      defects: 1,
    });
  });

  test('a memory that cannot be read: its cluster is verified, told to nobody, and said so', async () => {
    const { run, silent, titles, log, emitted, store, ports } = await service(['a', 'b']);
    silent.add('a').add('b');
    const unreadable: Partial<WatchPorts> = {
      store: {
        ...store,
        read: async (cluster) => {
          if (cluster === 'a') throw new StoreError('newer', 'written by a newer version');
          return store.read(cluster);
        },
      },
    };
    await run(ports.watched, {}, unreadable);
    const result = await run(ports.watched, {}, unreadable);
    expect(titles()).toEqual(['chat: b: canary failing (prometheus)']);
    expect(result).toMatchObject({ forgotten: 1, defects: 0, clusters: [{ verdict: 'failing' }, {}] });
    expect(log).toContainEqual(expect.objectContaining({ what: 'forgetful', cluster: 'a' }));
    expect(emitted.at(-1)).toMatchObject({ MemoryErrors: 1 });
  });

  test('mutes that cannot be read hold nothing back', async () => {
    const { run, silent, titles, store, ports } = await service(['a']);
    silent.add('a');
    const mutes = () => Promise.reject(new StoreError('throttled', 'slow down'));
    await run(ports.watched, {}, { store: { ...store, mutes } });
    const result = await run(ports.watched, {}, { store: { ...store, mutes } });
    expect(titles()).toHaveLength(1);
    expect(result.forgotten).toBe(1);
  });
});

test('a mute added while running holds messages back until it ends', async () => {
  const { run, silent, titles, told, log, store } = await service(['a']);
  const mute = { id: 'm', clusters: ['a'], signals: [], reason: 'migration' };
  await store.addMute({ ...mute, from: NOON, until: NOON + 22 * MINUTE_MS });
  silent.add('a');
  for (let times = 0; times < 4; times += 1) await run();
  expect(titles()).toEqual([]);
  const by = 'mute until 2026-11-20 12:22:00Z: migration';
  expect(log).toContainEqual({ what: 'held', cluster: 'a', signals: ['canary'], by });
  await run();
  expect(titles()).toEqual(['chat: a: canary failing (prometheus)']);
  expect(told[0]?.[1].entries[0]?.why).toBe(`open for 15m, held back by a ${by}`);
});

test('what broke is the reason for an error at the end', () => {
  const fine = { clusters: [], undelivered: 0, forgotten: 0, defects: 0 };
  expect(troubleOf(fine, [])).toBeUndefined();
  const both = together([
    { ...fine, undelivered: 1, forgotten: 2 },
    { ...fine, undelivered: 1, defects: 1 },
  ]);
  expect(troubleOf(both, ['no such cluster'])).toBe(
    'the event cannot be run: no such cluster; plumbline itself broke 1 time; its memory could not be used 2 times; 2 messages not delivered; the log says more',
  );
});
