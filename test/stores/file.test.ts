import { appendFile, copyFile, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../lib/clock.ts';
import { HISTORY_MS } from '../../lib/history.ts';
import { FORMAT } from '../../lib/stores/wire.ts';
import { underClaim } from '../../lib/stores/file-claim.ts';
import { fileStore } from '../../lib/stores/file.ts';
import { fakeClock } from '../support/ports.ts';
import { type Kept, type Place, storeContract } from './contract.ts';
import { DAY, memory, MINUTE, mute, NOW, run } from './memories.ts';

const FILES: Readonly<Record<Kept, string>> = {
  cluster: 'clusters/prod-eu.json',
  mute: 'mutes.json',
  baseline: 'baselines/prod-eu/canary.json',
  run: 'runs/prod-eu/2026-11-20.jsonl',
};

async function emptyDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'plumbline-store-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return join(directory, 'state');
}

async function place(): Promise<Place & { directory: string }> {
  const directory = await emptyDirectory();
  const fileOf = (what: Kept) => join(directory, FILES[what]);
  return {
    directory,
    called: directory,
    open: () => fileStore(directory, { clock: { ...systemClock, now: () => NOW } }),
    raw: (what) => readFile(fileOf(what), 'utf8'),
    spoil: async (what, how) => {
      const text = await readFile(fileOf(what), 'utf8');
      const newer = text.replace(/"format":\d+|^\[\d+,/, (one) => one.replace(/\d+/, String(FORMAT + 1)));
      await writeFile(fileOf(what), how === 'newer' ? newer : text.replaceAll('{', '<'));
    },
  };
}

storeContract(place);

describe('a claim', () => {
  const claims = (directory: string) => readdir(join(directory, 'claims'));

  test('is gone after each write, and after each that was refused', async () => {
    const { open, directory } = await place();
    const store = open();
    await store.write('prod-eu', memory(), 0);
    await store.write('prod-eu', memory(), 0);
    await store.addMute(mute());
    await store.endMute('nobody');
    await store.forget('prod-eu', 1);
    expect(await claims(directory)).toEqual([]);
  });

  test.each([-6, 6])('that a killed process left %i seconds from now is removed', async (seconds) => {
    const { open, directory } = await place();
    await open().write('prod-eu', memory(), 0);
    const left = join(directory, 'claims', 'left');
    await writeFile(left, '{"format":1,"ver');
    const at = Date.now() / 1000 + seconds;
    await utimes(left, at, at);
    const writers = Array.from({ length: 8 }, async () => open().write('prod-eu', memory(), 1));
    expect((await Promise.all(writers)).filter(Boolean)).toHaveLength(1);
    expect(await claims(directory)).toEqual([]);
  });

  test('of a process that is at work is waited for, and the wait is told', async () => {
    const { open, directory } = await place();
    await open().write('prod-eu', memory(), 0);
    const claim = join(directory, 'claims', 'working');
    const later = Date.now() / 1000 + 3;
    await writeFile(claim, '');
    await utimes(claim, later, later);
    const impatient = fileStore(directory, { clock: fakeClock(NOW) });
    await expect(impatient.write('prod-eu', memory(), 1)).rejects.toMatchObject({
      trouble: 'timeout',
      message: expect.stringContaining(directory) as string,
    });
    await rm(claim);
    expect(await open().write('prod-eu', memory(), 1)).toBe(true);
  });

  test('that was taken for left loses, and its owner begins anew', async () => {
    const { directory } = await place();
    const target = join(directory, 'counter');
    let tries = 0;
    await underClaim(join(directory, 'claims'), fakeClock(NOW), async (commit) => {
      tries += 1;
      if (tries < 3) {
        // Asleep for so long that another process removed the claim, wrote, and is done.
        for (const name of await claims(directory)) await rm(join(directory, 'claims', name));
        await writeFile(target, `another's ${tries}`);
      }
      await commit(target, `${tries === 3 ? await readFile(target, 'utf8') : 'stale'}, then mine`);
    });
    expect(await readFile(target, 'utf8')).toBe("another's 2, then mine");
  });
});

describe('runs', () => {
  const linesOf = (directory: string) => readFile(join(directory, FILES.run), 'utf8');

  test('that a crash cut short lose only themselves', async () => {
    const { open, directory } = await place();
    await open().addRun(run());
    const whole = await linesOf(directory);
    for (const length of [1, 20, whole.length - 1]) {
      await appendFile(join(directory, FILES.run), whole.slice(0, length));
      const torn = await open().runs('prod-eu', 0, NOW);
      await open().addRun(run({ id: `after-${length}`, at: NOW + length }));
      const after = await open().runs('prod-eu', 0, NOW);
      expect(after).toEqual([...torn, run({ id: `after-${length}`, at: NOW + length })]);
    }
    expect(await open().runs('prod-eu', 0, NOW)).toHaveLength(4);
  });

  test('of many at once are all kept', async () => {
    const { open } = await place();
    const runs = Array.from({ length: 200 }, (_, index) => run({ id: `r${index}`, at: NOW + index }));
    const stores = [open(), open(), open()];
    await Promise.all(runs.map(async (one, index) => stores[index % 3]?.addRun(one)));
    expect(await open().runs('prod-eu', 0, NOW)).toEqual(runs);
  });

  test('that are over are removed when a day begins', async () => {
    const { open, directory } = await place();
    const days = async () => (await readdir(join(directory, 'runs/prod-eu'))).toSorted();
    await open().addRun(run({ id: 'over', at: NOW - HISTORY_MS - DAY }));
    await open().addRun(run({ id: 'last', at: NOW - HISTORY_MS + MINUTE }));
    await open().addRun(run());
    expect(await days()).toEqual(['2026-10-21.jsonl', '2026-11-20.jsonl']);
  });

  test('of a cluster that departed are removed while others add theirs, by one store each day anew', async () => {
    const { directory } = await place();
    const clock = fakeClock(NOW);
    const store = fileStore(directory, { clock });
    const days = async () => (await readdir(join(directory, 'runs/departed'))).toSorted();
    await store.addRun(run({ cluster: 'departed' }));
    await store.addRun(run({ cluster: 'departed', at: NOW + DAY }));
    await writeFile(join(directory, 'runs', '.DS_Store'), '');
    clock.advance(HISTORY_MS + DAY);
    await store.addRun(run({ at: clock.now() }));
    expect(await days()).toEqual(['2026-11-21.jsonl']);
    clock.advance(DAY);
    await store.addRun(run({ at: clock.now() }));
    expect(await days()).toEqual([]);
  });
});

describe('the directory', () => {
  test('is made by the first write, not by reading', async () => {
    const { open, directory } = await place();
    await open().read('prod-eu');
    await open().runs('prod-eu', 0, NOW);
    await open().mutes(NOW);
    await expect(readdir(directory)).rejects.toMatchObject({ code: 'ENOENT' });
    await open().write('prod-eu', memory(), 0);
    expect((await readdir(directory)).toSorted()).toEqual(['claims', 'clusters']);
  });

  test('that is none is told', async () => {
    const { open, directory } = await place();
    await writeFile(directory, '');
    const missing = {
      name: 'StoreError',
      trouble: 'missing',
      message: expect.stringContaining(directory) as string,
    };
    await expect(open().read('prod-eu')).rejects.toMatchObject(missing);
    await expect(open().write('prod-eu', memory(), 0)).rejects.toMatchObject(missing);
    await expect(open().addRun(run())).rejects.toMatchObject(missing);
  });

  test('holds no file outside itself, whatever a cluster is called', async () => {
    const { open, directory } = await place();
    for (const name of ['../../outside', '/etc/outside', '..', 'nul\0']) {
      await open().write(name, memory(), 0);
      await open().addRun(run({ cluster: name }));
    }
    expect(await readdir(join(directory, '..'))).toEqual(['state']);
    expect(await readdir(join(directory, 'clusters'))).toHaveLength(4);
  });

  test('is read by people: a cluster is a file of JSON', async () => {
    const { open, directory } = await place();
    await open().write('prod-eu', memory(), 0);
    const text = await readFile(join(directory, FILES.cluster), 'utf8');
    expect(JSON.parse(text)).toMatchObject({ format: FORMAT, version: 1, cluster: 'prod-eu' });
  });

  test('tells a file of another cluster', async () => {
    const { open, directory } = await place();
    await open().write('prod-eu', memory(), 0);
    await copyFile(join(directory, FILES.cluster), join(directory, 'clusters/staging.json'));
    await expect(open().read('staging')).rejects.toMatchObject({ trouble: 'unreadable' });
  });

  test('ends mutes that are over when another is added', async () => {
    const { open, directory } = await place();
    await open().addMute(mute({ id: 'over', from: NOW - DAY, until: NOW - 1 }));
    await open().addMute(mute());
    expect(await readFile(join(directory, FILES.mute), 'utf8')).not.toContain('over');
  });
});
