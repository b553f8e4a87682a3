import { expect, test } from 'vitest';
import { monthHolds } from './month-holds.ts';
import { startMonth } from './month.ts';
import type { Told } from './runs.ts';

monthHolds({ days: 2, outages: 3, clusters: ['prod-eu'] });

const CLUSTER = { cluster: 'prod-eu' };
const QUIET = { seed: 'quiet', isNoisy: false, days: 1, clusters: ['prod-eu'] } as const;

test('a channel that is down for six hours is told what is true then, and loses nothing', async () => {
  const month = await startMonth({
    ...QUIET,
    outages: [
      { ...CLUSTER, kind: 'log events are refused', hours: [1, 3] },
      { ...CLUSTER, kind: 'a listed job dies without a word', hours: [5, 8.95] },
    ],
  });
  month.down.add('chat');
  await month.watch(6);
  expect(told(month.told, 'chat')).toEqual([]);
  month.down.delete('chat');
  await month.watch(11);
  expect(told(month.told, 'chat')).toEqual([
    'opened scrape-canary nodes, recovered collector-emf, collector-memory',
    'recovered scrape-canary, nodes',
  ]);
  expect(month.told.find(({ channel }) => channel === 'chat')?.message.entries[0]?.why).toMatch(
    /open for 5\dm/,
  );
  expect(told(month.told, 'pager')).toEqual([
    'opened collector-emf collector-memory',
    'recovered collector-emf, collector-memory',
    'opened scrape-canary nodes',
    'recovered scrape-canary, nodes',
  ]);
  expect(await month.remembered()).toEqual([]);
});

test('a Plumbline that may not look for an hour says so once, and once that it may', async () => {
  const month = await startMonth({ ...QUIET, outages: [] });
  await month.watch(1);
  month.deny();
  await month.watch(2);
  month.allow();
  await month.watch(4);
  const all = 'scrape-canary, slow-jobs, pods, nodes, busy-storefront, namespaces, pushgateway';
  for (const channel of ['chat', 'pager']) {
    expect(told(month.told, channel)).toEqual(['blind', `sighted ${all}, collector-emf, collector-memory`]);
  }
  expect(await month.remembered()).toEqual([]);
});

/** What a channel was told, message by message. */
function told(all: readonly Told[], channel: string): string[] {
  return all
    .filter((one) => one.channel === channel)
    .map(({ message: { reason, entries, over } }) => {
      const names = entries.map(({ name }) => name);
      const ends = over.map(({ what, signals }) => `${what} ${signals}`);
      return [...(names.length > 0 || ends.length === 0 ? [[reason, ...names].join(' ')] : []), ...ends].join(
        ', ',
      );
    });
}
