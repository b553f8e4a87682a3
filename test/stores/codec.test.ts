import { randomBytes } from 'node:crypto';
import { brotliCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ClusterMemory } from '../../lib/incidents/memory.ts';
import { decode, encode, MOST_BYTES } from '../../lib/stores/codec.ts';
import { FORMAT, memoryWire, muteWire, runWire } from '../../lib/stores/wire.ts';
import { episode, memory, mute, NOW, outage, run, signalMemory } from './memories.ts';

const encoded = (value: ClusterMemory): Uint8Array => encode(memoryWire, value, 'a place');
const decoded = (bytes: Uint8Array | undefined, format: unknown = FORMAT): ClusterMemory =>
  decode(memoryWire, format, bytes, 'a place');
const compressed = (text: string): Uint8Array => Buffer.concat([Buffer.of(0), brotliCompressSync(text)]);
const refused = (trouble: string, said = 'a place') =>
  expect.objectContaining({
    name: 'StoreError',
    trouble,
    message: expect.stringContaining(said) as string,
  }) as Error;

describe('a memory', () => {
  test('is small', () => {
    expect(encoded(memory({ signals: {} })).length).toBeLessThan(200);
    expect(encoded(outage(2000)).length).toBeLessThan(340 * 1024);
  });

  const names = fc.string({ unit: 'binary', maxLength: 12 });
  const hostile = fc.oneof(names, fc.constantFrom('__proto__', 'constructor', '', '\ud800', 'signals'));
  const episodes = fc
    .record({
      since: fc.double({ noNaN: true, noDefaultInfinity: true }).map((time) => time + 0),
      findings: fc.oneof(
        fc.array(hostile),
        fc.array(fc.string({ unit: 'binary', minLength: 3, maxLength: 3 })),
      ),
      channels: fc.dictionary(hostile, fc.constant({ told: { at: NOW, findings: 1 } })),
    })
    .map(({ channels, ...over }) =>
      episode({ ...over, channels: Object.fromEntries(Object.entries(channels)) }),
    );
  const memories = fc
    .array(fc.tuple(hostile, fc.record({ failing: episodes, plane: names })))
    .map((signals) =>
      memory({ signals: Object.fromEntries(signals.map(([name, over]) => [name, signalMemory(over)])) }),
    );

  test('is read as it was written', () => {
    fc.assert(
      fc.property(memories, (written) => {
        const read = decoded(encoded(written));
        expect(Object.keys(read.signals)).toEqual(Object.keys(written.signals));
        expect(read).toEqual(written);
      }),
      { numRuns: 300 },
    );
  });

  test('of an earlier format is read', () => {
    const written = memory();
    for (let format = 1; format <= FORMAT; format += 1)
      expect(decoded(encoded(written), format)).toEqual(written);
  });

  test('holds what the machinery was like', () => {
    const states = [
      { version: 'v1', at: NOW - 1 },
      { version: 'v2', at: NOW, isSeen: true },
    ];
    const written = memory({ machinery: [{ of: 'add-on __proto__', did: 'changed', states }] });
    expect(decoded(encoded(written))).toEqual(written);
  });

  test('that nobody could read again is not written', () => {
    const broken = memory({ signals: { canary: signalMemory({ failing: episode({ since: Number.NaN }) }) } });
    expect(() => encoded(broken)).toThrow('since');
    expect(() => encoded({ ...memory(), learnt: 1 } as ClusterMemory)).toThrow('learnt');
  });

  test('is refused where it is too large', () => {
    const huge = memory({ signals: { canary: signalMemory({ plane: 'x'.repeat(MOST_BYTES) }) } });
    expect(() => encoded(huge)).toThrow(refused('too-large', 'a place needs 8193 KB and may have 8192 KB'));
  });
});

describe('bytes from elsewhere', () => {
  const plain = { runs: [], signals: [] };
  const signal = { plane: 'amp', severity: 'critical' };

  test.each([
    ['nothing', undefined],
    ['no bytes', Buffer.of()],
    ['noise', randomBytes(64)],
    ['a zero byte', Buffer.of(0)],
    ['what is not compressed', Buffer.from('\0{}')],
    ['half of what was written', encoded(outage(20)).subarray(0, 400)],
    ['no JSON', Buffer.from('{')],
    ['a bomb', compressed(`"${'0'.repeat(MOST_BYTES)}"`)],
    ['a deep one', compressed('['.repeat(1_000_000))],
    ['another shape', Buffer.from('[]')],
    ['an unknown key', Buffer.from(JSON.stringify({ ...plain, learnt: [] }))],
    ['a missing key', Buffer.from(JSON.stringify({ runs: [] }))],
    [
      'a wrong severity',
      Buffer.from(JSON.stringify({ ...plain, signals: [['a', { ...signal, severity: 'x' }]] })),
    ],
    ['a time that is none', Buffer.from('{"runs":[{"id":"a","at":null}],"signals":[]}')],
  ])('%s cannot be read', (_, bytes) => {
    expect(() => decoded(bytes)).toThrow(refused('unreadable', 'a place cannot be read: '));
  });

  test.each([undefined, 0, -1, 0.5, '1', Number.NaN])('a format of %s cannot be read', (format) => {
    expect(() => decode(memoryWire, format, encoded(memory()), 'a place')).toThrow(refused('unreadable'));
  });

  test.each([FORMAT + 1, 1e9])('format %s is newer, whatever stands there', (format) => {
    for (const bytes of [undefined, randomBytes(9), encoded(memory())]) {
      expect(() => decoded(bytes, format)).toThrow(refused('newer', 'upgrade'));
    }
  });

  test('are never taken for anything, and never break anything', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          expect(() => decoded(bytes)).toThrow(refused('unreadable'));
        },
      ),
      { numRuns: 500 },
    );
  });
});

test('runs and mutes are read as they were written', () => {
  const long = run({ ok: Array.from({ length: 200 }, (_, index) => `service-${index}-requests`) });
  for (const one of [run(), long]) {
    expect(decode(runWire, FORMAT, encode(runWire, one, 'a place'), 'a place')).toEqual(one);
  }
  expect(decode(muteWire, FORMAT, encode(muteWire, mute(), 'a place'), 'a place')).toEqual(mute());
  expect(encode(runWire, long, 'a place').length).toBeLessThan(1024);
});
