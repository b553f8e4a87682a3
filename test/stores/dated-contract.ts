import { describe, expect, test } from 'vitest';
import { HISTORY_MS } from '../../lib/history.ts';
import type { Place } from './contract.ts';
import { DAY, MINUTE, mute, NOW, run } from './memories.ts';

/** What every store must do with mutes. */
export function mutesContract(place: () => Promise<Place>): void {
  describe('mutes', () => {
    test('are given oldest first, until they are over', async () => {
      const { open } = await place();
      expect(await open().mutes(NOW)).toEqual([]);
      const later = mute({ id: 'later', from: NOW + MINUTE, until: NOW + 2 * DAY });
      const short = mute({ id: 'a/b 👩‍🚀', signals: ['__proto__'], until: NOW + 1 });
      const first = mute({ from: NOW - DAY });
      for (const one of [later, short, first]) await open().addMute(one);
      expect(await open().mutes(NOW)).toEqual([first, short, later]);
      expect(await open().mutes(NOW + 1)).toEqual([first, later]);
      expect(await open().mutes(NOW + DAY)).toEqual([later]);
      expect(await open().mutes(NOW + 3 * DAY)).toEqual([]);
      expect(await open().mutes(NOW)).toEqual([first, short, later]);
    });

    test('end when they are told to', async () => {
      const { open } = await place();
      await open().addMute(mute());
      await open().addMute(mute({ id: 'm2' }));
      await open().addMute(mute({ id: 'over', from: NOW - DAY, until: NOW - MINUTE }));
      expect(await open().endMute('m1')).toBe(true);
      expect(await open().endMute('m1')).toBe(false);
      expect(await open().endMute('over')).toBe(false);
      expect(await open().mutes(NOW)).toEqual([mute({ id: 'm2' })]);
    });

    test('of the same id are one, and another one is refused', async () => {
      const { open } = await place();
      await open().addMute(mute());
      await open().addMute(mute());
      await expect(open().addMute(mute({ reason: 'else' }))).rejects.toMatchObject({ trouble: 'rejected' });
      expect(await open().mutes(NOW)).toEqual([mute()]);
    });

    test('are all kept when many are added at once', async () => {
      const { open } = await place();
      const many = Array.from({ length: 60 }, (_, index) => mute({ id: `m${index}`, from: NOW + index }));
      const stores = [open(), open()];
      await Promise.all(many.map(async (one, index) => stores[index % 2]?.addMute(one)));
      expect(await open().mutes(NOW)).toEqual(many);
    });
  });
}

/** What every store must do with runs. */
export function runsContract(place: () => Promise<Place>): void {
  describe('runs', () => {
    test('are given oldest first, each once, of their cluster', async () => {
      const { open } = await place();
      const full = run({ failing: ['a'], unknown: ['__proto__'], opened: ['a'], ended: ['c'] });
      const runs = [
        run({ id: 'r3', at: NOW + 2 * MINUTE }),
        full,
        run({ id: 'r2', at: NOW + MINUTE }),
        full,
        run({ id: 'r2', at: NOW + 3 * MINUTE }),
        run({ id: 'else', cluster: 'Prod-EU' }),
        run({ id: 'more', cluster: 'prod-eu#r' }),
      ];
      for (const one of runs) await open().addRun(one);
      const ids = async (cluster: string, from: number) =>
        (await open().runs(cluster, from, NOW)).map(({ id }) => id);
      expect(await ids('prod-eu', 0)).toEqual(['r1', 'r2', 'r3']);
      expect(await ids('prod-eu', NOW + MINUTE)).toEqual(['r2', 'r3']);
      expect(await ids('prod-eu', NOW + DAY)).toEqual([]);
      expect(await ids('Prod-EU', 0)).toEqual(['else']);
      expect(await ids('nobody', 0)).toEqual([]);
      expect((await open().runs('prod-eu', 0, NOW))[0]).toEqual(full);
    });

    test('are kept for thirty days', async () => {
      const { open } = await place();
      const oldest = NOW - HISTORY_MS;
      for (const [id, at] of Object.entries({ over: oldest - 1, oldest, today: NOW })) {
        await open().addRun(run({ id, at }));
      }
      const ids = async (now: number) => (await open().runs('prod-eu', 0, now)).map(({ id }) => id);
      expect(await ids(NOW)).toEqual(['oldest', 'today']);
      expect(await ids(NOW + 1)).toEqual(['today']);
      expect(await ids(NOW + HISTORY_MS + 1)).toEqual([]);
    });

    test('are given by the thousand', async () => {
      const store = (await place()).open();
      const runs = Array.from({ length: 2000 }, (_, index) => run({ id: `r${index}`, at: NOW + index }));
      for (let index = 0; index < runs.length; index += 50) {
        await Promise.all(runs.slice(index, index + 50).map((one) => store.addRun(one)));
      }
      const read = await store.runs('prod-eu', NOW, NOW + DAY);
      expect(read.map(({ id }) => id)).toEqual(runs.map(({ id }) => id));
    }, 60_000);
  });
}
