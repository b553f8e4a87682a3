import { describe, expect, test } from 'vitest';
import { NOTHING } from '../../lib/incidents/memory.ts';
import { PartOfRuns, type Store } from '../../lib/stores/store.ts';
import { baselinesContract } from './baselines-contract.ts';
import { mutesContract, runsContract } from './dated-contract.ts';
import { dispatchContract } from './dispatch-contract.ts';
import { HOSTILE } from './hostile-names.ts';
import { memory, mute, NOW, outage, run, signalMemory } from './memories.ts';

/** One of the things that stand in a store: of the cluster `prod-eu`, the mute `m1`, the run `r1` at `NOW`, or the
 * baseline of the signal `canary`. */
export type Kept = 'cluster' | 'mute' | 'run' | 'baseline';

/** A place where things are kept, empty at first. */
export interface Place {
  /** A store on it; many may be open, as in several processes. */
  readonly open: () => Store;
  /** What stands there, byte for byte. */
  readonly raw: (what: Kept) => Promise<string>;
  /** Breaks what stands there, or raises its format number. */
  readonly spoil: (what: Kept, how: 'unreadable' | 'newer') => Promise<void>;
  /** How errors must call it. */
  readonly called: string;
}

/** What every store must do, wherever it keeps things. */
export function storeContract(place: () => Promise<Place>): void {
  describe('a cluster’s memory', () => {
    test('is nothing at version 0 at first', async () => {
      const store = (await place()).open();
      expect(await store.read('prod-eu')).toEqual({ memory: NOTHING, version: 0 });
      expect(await store.clusters()).toEqual([]);
    });

    test('is read as it was written, one version later', async () => {
      const { open } = await place();
      expect(await open().write('prod-eu', memory(), 0)).toBe(true);
      expect(await open().read('prod-eu')).toEqual({ memory: memory(), version: 1 });
      expect(await open().write('prod-eu', NOTHING, 1)).toBe(true);
      expect(await open().read('prod-eu')).toEqual({ memory: NOTHING, version: 2 });
      expect(await open().read('staging')).toEqual({ memory: NOTHING, version: 0 });
    });

    test('is written twice by one run, which knows the version', async () => {
      const store = (await place()).open();
      const { version } = await store.read('prod-eu');
      expect(await store.write('prod-eu', memory(), version)).toBe(true);
      expect(await store.write('prod-eu', memory({ runs: [] }), version + 1)).toBe(true);
      expect(await store.read('prod-eu')).toEqual({ memory: memory({ runs: [] }), version: 2 });
    });

    test.each([0, 1, 2])(
      'of two that read version %i one writes, and the other changes nothing',
      async (at) => {
        const { open, raw } = await place();
        for (let version = 0; version < at; version += 1) await open().write('prod-eu', NOTHING, version);
        const stores = [open(), open()];
        await Promise.all(stores.map((store) => store.read('prod-eu')));
        const mine = (id: string) => memory({ runs: [{ id, at: NOW }] });
        const wrote = await Promise.all(
          stores.map((store, index) => store.write('prod-eu', mine(`${index}`), at)),
        );
        expect(wrote.filter(Boolean)).toHaveLength(1);
        const after = await raw('cluster');
        const winner = `${wrote.indexOf(true)}`;
        expect(await open().read('prod-eu')).toEqual({ memory: mine(winner), version: at + 1 });
        for (const version of [0, 1, 2, 7].filter((other) => other !== at + 1)) {
          for (const store of [...stores, open()]) {
            expect(await store.write('prod-eu', NOTHING, version)).toBe(false);
            expect(await store.forget('prod-eu', version)).toBe(false);
          }
        }
        expect(await raw('cluster')).toBe(after);
      },
    );

    test('is read with all others, whatever their names', async () => {
      const { open } = await place();
      expect(await open().readAll()).toEqual(new Map());
      for (const name of HOSTILE) await open().write(name, memory(), 0);
      await open().write('forgotten', memory(), 0);
      await open().forget('forgotten', 1);
      const all = await open().readAll();
      expect([...all.keys()].sort()).toEqual([...HOSTILE].sort());
      expect(new Set(all.values())).toEqual(new Set(HOSTILE.map(() => memory())));
    });

    test('is forgotten at the version that was read, and may begin anew', async () => {
      const { open } = await place();
      await open().write('prod-eu', memory(), 0);
      await open().write('staging', memory(), 0);
      expect(await open().forget('prod-eu', 2)).toBe(false);
      expect(await open().clusters()).toHaveLength(2);
      expect(await open().forget('prod-eu', 1)).toBe(true);
      expect(await open().forget('prod-eu', 1)).toBe(false);
      expect(await open().clusters()).toEqual(['staging']);
      expect(await open().read('prod-eu')).toEqual({ memory: NOTHING, version: 0 });
      expect(await open().write('prod-eu', memory(), 0)).toBe(true);
      expect(await open().read('prod-eu')).toEqual({ memory: memory(), version: 1 });
    });

    test('is kept apart by name, whatever the name', async () => {
      const { open } = await place();
      const of = (name: string) =>
        memory({ runs: [{ id: name, at: NOW }], signals: { [name]: signalMemory() } });
      for (const name of HOSTILE) expect(await open().write(name, of(name), 0), name).toBe(true);
      for (const name of HOSTILE) {
        const { memory: read, version } = await open().read(name);
        expect([version, read.runs[0]?.id, Object.keys(read.signals)]).toEqual([1, name, [name]]);
        expect(read).toEqual(of(name));
      }
      expect((await open().clusters()).toSorted()).toEqual(HOSTILE.toSorted());
    });

    test('holds signals of any name', async () => {
      const { open } = await place();
      const names = [...HOSTILE, '\ud800', '', 'a\u0000b\n'];
      const written = memory({
        signals: Object.fromEntries(names.map((name) => [name, signalMemory({ plane: name })])),
      });
      await open().write('prod-eu', written, 0);
      const { signals } = (await open().read('prod-eu')).memory;
      expect(Object.entries(signals).map(([name, { plane }]) => [name, plane])).toEqual(
        names.map((name) => [name, name]),
      );
      expect(signals).toEqual(written.signals);
    });

    test('has room for 2,000 failing signals', async () => {
      const { open } = await place();
      const written = outage(2000);
      expect(await open().write('prod-eu', written, 0)).toBe(true);
      expect((await open().read('prod-eu')).memory).toEqual(written);
    });

    test('is refused where it is too large, and what was there stays', async () => {
      const { open, called } = await place();
      await open().write('prod-eu', memory(), 0);
      await expect(open().write('prod-eu', outage(15_000), 1)).rejects.toMatchObject({
        name: 'StoreError',
        trouble: 'too-large',
        message: expect.stringContaining(called) as string,
      });
      expect(await open().read('prod-eu')).toEqual({ memory: memory(), version: 1 });
    });
  });

  describe.each(['unreadable', 'newer'] as const)('what is %s', (how) => {
    const trouble = (called: string) => ({
      name: 'StoreError',
      trouble: how,
      message: expect.stringMatching(
        new RegExp(`${called}.*left as it is; ${how === 'newer' ? 'upgrade' : 'docs/stores.md'}`),
      ) as string,
    });

    test('of a cluster is told, and never overwritten', async () => {
      const { open, raw, spoil, called } = await place();
      const reader = open();
      await reader.write('prod-eu', memory(), 0);
      await spoil('cluster', how);
      const before = await raw('cluster');
      await expect(reader.read('prod-eu')).rejects.toMatchObject(trouble(called));
      for (const store of [reader, open()]) {
        for (const version of [0, 1, 2, 3]) {
          await store.write('prod-eu', NOTHING, version).catch((error: unknown) => {
            expect(error).toMatchObject(trouble(called));
          });
          await store.forget('prod-eu', version).catch((error: unknown) => {
            expect(error).toMatchObject(trouble(called));
          });
        }
      }
      expect(await raw('cluster')).toBe(before);
      expect(await open().clusters()).toEqual(['prod-eu']);
      await open().write('staging', memory(), 0);
      const all = await open().readAll();
      expect([all.get('prod-eu'), all.get('staging')]).toEqual([
        expect.objectContaining(trouble(called)),
        memory(),
      ]);
      expect(await open().read('staging')).toEqual({ memory: memory(), version: 1 });
    });

    test('of mutes is told, and never overwritten', async () => {
      const { open, raw, spoil, called } = await place();
      await open().addMute(mute());
      await spoil('mute', how);
      const before = await raw('mute');
      await expect(open().mutes(NOW)).rejects.toMatchObject(trouble(called));
      await expect(open().addMute(mute())).rejects.toMatchObject(trouble(called));
      expect(await raw('mute')).toBe(before);
    });

    test('of runs does not hide the others', async () => {
      const { open, spoil, called } = await place();
      await open().addRun(run());
      await spoil('run', how);
      const later = run({ id: 'later', at: NOW + 1 });
      await open().addRun(later);
      const error: unknown = await open()
        .runs('prod-eu', 0, NOW)
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(PartOfRuns);
      expect(error).toMatchObject({ ...trouble(called), runs: [later] });
    });

    test('of runs is told, and never overwritten', async () => {
      const { open, raw, spoil, called } = await place();
      await open().addRun(run());
      await spoil('run', how);
      const before = await raw('run');
      await expect(open().runs('prod-eu', 0, NOW)).rejects.toMatchObject(trouble(called));
      await open().addRun(run());
      expect(await raw('run')).toContain(before.trimEnd());
    });
  });

  dispatchContract(place);
  describe('what comparisons have told', () => {
    test('is nothing at version 0 at first, and read as it was written', async () => {
      const { open } = await place();
      expect(await open().told()).toEqual({ told: [], version: 0 });
      const many = Array.from({ length: 5000 }, (_, index) => `${index}`.padStart(22, 'a'));
      expect(await open().writeTold(many, 0)).toBe(true);
      expect(await open().told()).toEqual({ told: many, version: 1 });
      expect(await open().writeTold([], 1)).toBe(true);
      expect(await open().told()).toEqual({ told: [], version: 2 });
    });

    test('is written by one of two that read the same version', async () => {
      const { open } = await place();
      for (const version of [0, 1]) {
        const wrote = await Promise.all(['a', 'b'].map((key) => open().writeTold([key], version)));
        expect(wrote.filter(Boolean)).toHaveLength(1);
        expect(await open().told()).toEqual({ told: [wrote[0] ? 'a' : 'b'], version: version + 1 });
      }
      expect(await open().writeTold(['c'], 0)).toBe(false);
    });

    test('is no cluster’s memory', async () => {
      const { open } = await place();
      await open().writeTold(['a'], 0);
      expect(await open().clusters()).toEqual([]);
    });
  });

  baselinesContract(place);
  mutesContract(place);
  runsContract(place);
}
