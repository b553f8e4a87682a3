import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openStore, parseState } from '../../lib/stores/index.ts';
import { fakeClock } from '../support/ports.ts';
import { memory } from './memories.ts';

const ARN = 'arn:aws:dynamodb:eu-west-1:111122223333:table/plumbline-live-state';
const ports = {
  clock: fakeClock(),
  region: 'eu-west-1',
  credentials: () => async () => {
    throw new Error('asked for credentials');
  },
};

describe('a place', () => {
  test.each([
    ['dynamodb:plumbline-live-state', { kind: 'dynamodb', table: 'plumbline-live-state' }],
    ['dynamodb:a_B', { kind: 'dynamodb', table: 'a_B' }],
    [`dynamodb:${ARN}`, { kind: 'dynamodb', table: ARN }],
    ['file:.plumbline', { kind: 'file', path: '.plumbline' }],
    ['file:/var/lib/plumb line', { kind: 'file', path: '/var/lib/plumb line' }],
    ['file:C:\\plumbline', { kind: 'file', path: 'C:\\plumbline' }],
  ])('%s', (text, place) => {
    expect(parseState(text)).toEqual(place);
  });

  test.each([
    ['', 'is neither dynamodb:TABLE nor file:PATH'],
    ['plumbline', 'is neither'],
    ['s3:bucket', 'is neither'],
    ['Dynamodb:plumbline', 'is neither'],
    [' dynamodb:plumbline', 'is neither'],
    ['dynamodb:', 'names no table'],
    ['dynamodb:ab', 'names no table'],
    ['dynamodb:a b c', 'names no table'],
    [`dynamodb:${'a'.repeat(256)}`, 'names no table'],
    ['dynamodb:table\n', 'names no table'],
    [`dynamodb:${ARN}/index/x`, 'names no table'],
    ['file:', 'names no directory'],
    ['file:a\0b', 'names no directory'],
    ['file:a\nb', 'names no directory'],
    ['file:~/plumbline', 'begins with ~'],
  ])('%j %s', (text, problem) => {
    expect(parseState(text)).toEqual({ problem: expect.stringContaining(problem) as string });
    expect(() => openStore(text, ports)).toThrow(
      expect.objectContaining({ name: 'StoreError', trouble: 'rejected' }) as Error,
    );
  });
});

test('opening asks nothing and makes nothing', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'plumbline-open-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  openStore(`file:${join(directory, 'state')}`, ports).close();
  openStore('dynamodb:plumbline-live-state', ports).close();
  expect(await readdir(directory)).toEqual([]);
  const store = openStore(`file:${join(directory, 'state')}`, ports);
  await store.write('prod-eu', memory(), 0);
  expect(await readdir(directory)).toEqual(['state']);
});
