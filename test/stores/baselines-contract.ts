import { describe, expect, test } from 'vitest';
import type { Baseline } from '../../lib/baseline/baseline.ts';
import { learn } from '../../lib/baseline/learn.ts';
import type { Store } from '../../lib/stores/store.ts';
import type { Place } from './contract.ts';
import { HOSTILE } from './hostile-names.ts';
import { NOW } from './memories.ts';

/** What was learned of so many groups, with labels that try to be more than text. */
function learned(groups: number, value = '__proto__'): Baseline {
  const shape = {
    at: NOW,
    groups: Array.from({ length: groups }, (_, index) => ({
      group: new Map([
        ['__proto__', value],
        ['job', `job-${index}`],
      ]),
      series: index + 1,
    })),
    keySets: [{ names: ['__proto__', 'job'], series: 3 }],
    values: new Map([['job', new Map([['constructor', 2]])]]),
  };
  return learn(undefined, shape, { fed: true, rollout: false, drifts: [] });
}

/** What every store must do with baselines, wherever it keeps them. */
export function baselinesContract(place: () => Promise<Place>): void {
  const read = async (store: Store, cluster = 'prod-eu') =>
    Object.fromEntries(await store.baselines(cluster));

  describe('a baseline', () => {
    test('is not there at first, and is read as it was written', async () => {
      const { open } = await place();
      expect(await read(open())).toEqual({});
      expect(await open().writeBaseline('prod-eu', 'canary', learned(3), 0)).toBe(true);
      expect(await read(open())).toEqual({ canary: { baseline: learned(3), version: 1 } });
      expect(await open().writeBaseline('prod-eu', 'canary', learned(5), 1)).toBe(true);
      expect(await read(open())).toEqual({ canary: { baseline: learned(5), version: 2 } });
      expect(await read(open(), 'staging')).toEqual({});
      expect(await open().clusters()).toEqual([]);
    });

    test('is written by one of two that read the same version', async () => {
      const { open, raw } = await place();
      for (const version of [0, 1]) {
        const wrote = await Promise.all(
          [3, 4].map((groups) => open().writeBaseline('prod-eu', 'canary', learned(groups), version)),
        );
        expect(wrote.filter(Boolean)).toHaveLength(1);
        const winner = learned(wrote[0] ? 3 : 4);
        expect(await read(open())).toEqual({ canary: { baseline: winner, version: version + 1 } });
      }
      const after = await raw('baseline');
      for (const version of [0, 1, 7])
        expect(await open().writeBaseline('prod-eu', 'canary', learned(9), version)).toBe(false);
      expect(await raw('baseline')).toBe(after);
    });

    test('is kept apart by cluster and signal, whatever their names', async () => {
      const { open } = await place();
      for (const name of HOSTILE) {
        expect(await open().writeBaseline('prod-eu', name, learned(1, name), 0), name).toBe(true);
        expect(await open().writeBaseline(name, 'canary', learned(2, name), 0)).toBe(true);
      }
      const all = await open().baselines('prod-eu');
      expect([...all.keys()].toSorted()).toEqual([...HOSTILE, 'canary'].toSorted());
      for (const name of HOSTILE) {
        expect(all.get(name)).toEqual({ baseline: learned(1, name), version: 1 });
        expect((await open().baselines(name)).get('canary')).toEqual({
          baseline: learned(2, name),
          version: 1,
        });
      }
    });

    test('is forgotten alone, and may begin anew', async () => {
      const { open } = await place();
      await open().writeBaseline('prod-eu', 'canary', learned(3), 0);
      await open().writeBaseline('prod-eu', 'logs', learned(4), 0);
      await open().forgetBaseline('prod-eu', 'canary');
      await open().forgetBaseline('prod-eu', 'nobody');
      expect(Object.keys(await read(open()))).toEqual(['logs']);
      expect(await open().writeBaseline('prod-eu', 'canary', learned(3), 1)).toBe(false);
      expect(await open().writeBaseline('prod-eu', 'canary', learned(3), 0)).toBe(true);
    });

    test.each(['unreadable', 'newer'] as const)(
      'that is %s hides no other, and is not overwritten',
      async (how) => {
        const { open, raw, spoil, called } = await place();
        await open().writeBaseline('prod-eu', 'canary', learned(3), 0);
        await open().writeBaseline('prod-eu', 'logs', learned(4), 0);
        await spoil('baseline', how);
        const before = await raw('baseline');
        const all = await read(open());
        expect(all).toMatchObject({
          canary: { name: 'StoreError', trouble: how, message: expect.stringContaining(called) as string },
          logs: { baseline: learned(4), version: 1 },
        });
        await open()
          .writeBaseline('prod-eu', 'canary', learned(5), how === 'newer' ? 1 : 0)
          .then((isWritten) => expect(isWritten).toBe(false))
          .catch((error: unknown) => expect(error).toMatchObject({ trouble: how }));
        expect(await raw('baseline')).toBe(before);
        await open().forgetBaseline('prod-eu', 'canary');
        expect(Object.keys(await read(open()))).toEqual(['logs']);
      },
    );
  });
}
