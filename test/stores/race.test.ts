import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../lib/clock.ts';
import { openStore } from '../../lib/stores/index.ts';
import type { Store } from '../../lib/stores/store.ts';
import { startDynamoDB } from '../../rehearsal/dynamodb.ts';
import { COMPILED } from '../support/process.ts';
import { CREDENTIALS, memory, NOW, run } from './memories.ts';

const TIMES = 100;
const SCRIPT = new URL('increments.ts', import.meta.url).pathname;

interface Shared {
  readonly state: string;
  readonly env: Readonly<Record<string, string>>;
}

async function sharedDirectory(): Promise<Shared> {
  const directory = await mkdtemp(join(tmpdir(), 'plumbline-race-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return { state: `file:${directory}`, env: {} };
}

async function sharedTable(): Promise<Shared> {
  const common = { clock: systemClock, region: 'eu-west-1', credentials: [CREDENTIALS], table: 'state' };
  const dynamoDB = await startDynamoDB(common);
  onTestFinished(() => dynamoDB.close());
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', dynamoDB.url);
  onTestFinished(() => void vi.unstubAllEnvs());
  return { state: 'dynamodb:state', env: { AWS_ENDPOINT_URL_DYNAMODB: dynamoDB.url } };
}

function counting({ state, env }: Shared, times: number): ChildProcess {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [SCRIPT, state, String(times)], {
    env: { PATH, NODE_COMPILE_CACHE: COMPILED, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

function open({ state }: Shared): Store {
  const credentials = () => async () => CREDENTIALS;
  const store = openStore(state, { clock: systemClock, region: 'eu-west-1', credentials });
  onTestFinished(() => store.close());
  return store;
}

const counted = async (store: Store) => {
  const { memory: read, version } = await store.read('prod-eu');
  return [read.signals['canary']?.failing?.clear, version];
};

describe.each([
  ['a directory', sharedDirectory],
  ['a table', sharedTable],
])('two processes on %s', (_, share) => {
  test('lose no write to each other', async () => {
    const shared = await share();
    const children = [counting(shared, TIMES), counting(shared, TIMES)];
    const codes = await Promise.all(children.map((child) => once(child, 'exit')));
    expect(codes).toEqual([
      [0, null],
      [0, null],
    ]);
    expect(await counted(open(shared))).toEqual([2 * TIMES, 2 * TIMES]);
  }, 60_000);

  test('are not stopped by one that is killed in the middle of its writes', async () => {
    const shared = await share();
    for (let killed = 0; killed < 3; killed += 1) {
      const child = counting(shared, 100_000);
      if (child.stdout) await once(child.stdout, 'data');
      await systemClock.sleep(killed * 12);
      child.kill('SIGKILL');
      await once(child, 'exit');
      const store = open(shared);
      const [clear, version] = await counted(store);
      expect(clear).toBe(version);
      expect(await store.write('staging', memory(), killed)).toBe(true);
      await store.addRun(run({ id: `r${killed}` }));
    }
    expect(await open(shared).runs('prod-eu', 0, NOW)).toHaveLength(3);
  }, 60_000);
});
