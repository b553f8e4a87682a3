import { expect, onTestFinished, test, vi } from 'vitest';
import { configKeeper } from '../../functions/kept-config.ts';
import { StoreError, type StoreTrouble } from '../../lib/stores/store.ts';
import { memoryStore } from '../support/memory-store.ts';

const PLACE = 's3://config/plumbline.json';
const good = (version: string) => ({ version, text: `{"version":1,"as":${version}}` });

/** A keeper whose store fails as often as it says, and what is remembered, and how often it failed. */
function keeping(trouble: readonly StoreTrouble[]) {
  vi.stubEnv('PLUMBLINE_CONFIG', PLACE);
  onTestFinished(() => void vi.unstubAllEnvs());
  const kept = memoryStore();
  const left = [...trouble];
  let writes = 0;
  const store = {
    ...kept,
    keepConfig: async (...args: Parameters<typeof kept.keepConfig>) => {
      writes += 1;
      const next = left.shift();
      if (next) throw new StoreError(next, next);
      return kept.keepConfig(...args);
    },
  };
  const failed: string[] = [];
  const keep = configKeeper();
  return {
    failed,
    writes: () => writes,
    remembered: async () => (await kept.keptConfig(PLACE))?.version,
    tick: (found?: string, isRemote = true) =>
      keep({ good: found === undefined ? undefined : good(found), isRemote }, store).catch(
        (error: unknown) => void failed.push(error instanceof StoreError ? error.trouble : String(error)),
      ),
  };
}

test('a good configuration is remembered once, though it is found good again and again', async () => {
  const { tick, writes, remembered } = keeping([]);
  await tick('1');
  await tick('1');
  await tick();
  expect([writes(), await remembered()]).toEqual([1, '1']);
  await tick('2');
  expect([writes(), await remembered()]).toEqual([2, '2']);
});

test('one that could not be remembered is tried again by the next ticks, which do not find it anew', async () => {
  const { tick, failed, remembered } = keeping(['throttled', 'unreachable']);
  await tick('1');
  await tick();
  expect([failed, await remembered()]).toEqual([['throttled', 'unreachable'], undefined]);
  await tick();
  expect(await remembered()).toBe('1');
});

test('a newer one takes its place', async () => {
  const { tick, remembered } = keeping(['throttled']);
  await tick('1');
  await tick('2');
  expect(await remembered()).toBe('2');
});

test('one that is too large is told once: it would be compressed for nothing each minute', async () => {
  const { tick, writes, failed } = keeping(['too-large']);
  await tick('1');
  await tick();
  await tick('1');
  expect([writes(), failed]).toEqual([1, ['too-large']]);
});

test('one that is packed with the functions is not remembered', async () => {
  const { tick, writes } = keeping([]);
  await tick('1', false);
  expect(writes()).toBe(0);
});
