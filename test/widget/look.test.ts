import pLimit from 'p-limit';
import { expect, test } from 'vitest';
import type { ClusterMemory } from '../../lib/incidents/memory.ts';
import { PartOfRuns, type Store, StoreError } from '../../lib/stores/store.ts';
import { lookAt, watchedClusters } from '../../lib/widget/look.ts';
import { load } from '../config/loading.ts';
import { episode } from '../stores/memories.ts';
import { cluster, MINUTE, NOW, ran, remembering } from './gallery.ts';

/** Few clusters are read one by one. */
const readAll = () => expect.unreachable();

const ports = (store: Pick<Store, 'read' | 'runs'> & Partial<Store>, over: object = {}) => ({
  store: { readAll, ...store },
  clock: { now: () => NOW },
  deadline: NOW + 10_000,
  limit: pLimit(16),
  ...over,
});

type Asked = Pick<Store, 'read' | 'readAll' | 'runs'>;

test('a thousand clusters: all memories are read at once, the runs of those alone that are drawn', async () => {
  const failing = { canary: { plane: 'amp', severity: 'critical' as const, failing: episode() } };
  const clusters = Array.from({ length: 1000 }, (_, index) => cluster(`c-${index}`));
  const memories = new Map<string, ClusterMemory | StoreError>(
    clusters.map(({ name }) => [name, remembering()]),
  );
  memories.set('c-700', remembering(failing));
  memories.set('c-800', new StoreError('unreadable', 'it is not JSON'));
  memories.delete('c-900');
  const asked: string[] = [];
  const store: Asked = {
    read: () => expect.unreachable(),
    readAll: async () => {
      asked.push('all');
      return memories;
    },
    runs: async (name, from, now) => {
      asked.push(name);
      expect([now, from]).toEqual([NOW, NOW - 60 * MINUTE]);
      return [ran(name, name === 'c-700' ? { failing: ['canary'] } : { ok: ['canary'] })];
    },
  };
  const health = await lookAt(clusters, 40, ports(store));
  expect(health).toHaveLength(1000);
  expect(health[0]).toMatchObject({ cluster: 'c-700', state: 'failing' });
  // c-900 has run, as its history tells, though nothing is remembered of it: it was forgotten, or is verified anew.
  expect(health[1]).toMatchObject({ cluster: 'c-800', state: 'unknown', problem: 'it is not JSON' });
  expect(health.slice(2).every(({ state }) => state === 'ok')).toBe(true);
  expect(asked.filter((what) => what === 'all')).toHaveLength(1);
  expect(asked.filter((what) => what !== 'all')).toHaveLength(39);
  expect(asked).toContain('c-700');
});

test('where nothing at all can be read, that is told of every cluster', async () => {
  const store: Asked = {
    read: () => expect.unreachable(),
    readAll: () => Promise.reject(new StoreError('denied', 'no')),
    runs: () => expect.unreachable(),
  };
  const health = await lookAt(
    Array.from({ length: 20 }, (_, index) => cluster(`c-${index}`)),
    40,
    ports(store),
  );
  expect(new Set(health.map(({ state, problem }) => `${state}: ${problem}`))).toEqual(
    new Set(['unknown: no']),
  );
});

test('what the runs say differently from the memory counts', async () => {
  const store = {
    read: async () => ({ memory: remembering(), version: 1 }),
    runs: async () => [ran('a', { unknown: ['canary'] })],
  };
  expect(await lookAt([cluster('a')], 1, ports(store))).toMatchObject([{ state: 'unknown' }]);
});

test('a memory that cannot be read hides no other', async () => {
  const store = {
    read: async (name: string) => {
      if (name === 'a') throw new StoreError('unreadable', 'it is not JSON');
      return { memory: remembering(), version: 1 };
    },
    runs: async (name: string) => [ran(name, { ok: ['canary'] })],
  };
  expect(await lookAt([cluster('b'), cluster('a')], 5, ports(store))).toMatchObject([
    { cluster: 'a', state: 'unknown', problem: 'it is not JSON' },
    { cluster: 'b', state: 'ok', problem: undefined },
  ]);
});

test('of runs that can be read in part the others count; where none can, nothing is called ok', async () => {
  const read = async () => ({ memory: remembering(), version: 1 });
  const some = {
    read,
    runs: () => Promise.reject(new PartOfRuns('unreadable', 'one run', [ran('a', { ok: ['canary'] })])),
  };
  const none = { read, runs: () => Promise.reject(new StoreError('denied', 'no')) };
  const verdicts = async (store: typeof some) =>
    (await lookAt([cluster('a')], 1, ports(store))).map(({ problem, signals }) => [
      problem,
      signals[0]?.verdict,
    ]);
  expect(await verdicts(some)).toEqual([['one run', 'ok']]);
  expect(await verdicts(none)).toEqual([['no', 'unjudged']]);
});

test('what is no trouble of the store is thrown', async () => {
  const store = { read: () => Promise.reject(new TypeError('x')), runs: async () => [] };
  await expect(lookAt([cluster('a')], 1, ports(store))).rejects.toThrow(TypeError);
});

test('when time is up nothing more is asked, and that is told', async () => {
  const store = { read: () => expect.unreachable(), runs: () => expect.unreachable() };
  const health = await lookAt([cluster('a')], 1, ports(store, { deadline: NOW }));
  expect(health).toMatchObject([{ state: 'unknown', problem: 'no time was left to read it' }]);
});

test('clusters are those of the configuration of which anything is judged, or those that are named', async () => {
  const loaded = await load(`
version: 1
clusters:
  - { name: a, region: eu-west-1, every: 10m, signals: [{ name: s, amp: ws-1, metric: up }] }
  - { name: b, region: eu-west-1, signals: [{ name: s, amp: ws-1, metric: up }] }
  - { name: off, region: eu-west-1, signals: [{ name: s, amp: ws-1, metric: up, off: true }] }
`);
  if (!('config' in loaded)) return expect.unreachable();
  const named = (names: readonly string[]) =>
    watchedClusters(loaded.config, names).map(({ name, everyMs }) => [name, everyMs]);
  expect(named([])).toEqual([
    ['a', 10 * MINUTE],
    ['b', 5 * MINUTE],
  ]);
  expect(named(['b'])).toEqual([['b', 5 * MINUTE]]);
});
