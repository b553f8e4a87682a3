import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { writeRequest } from '../../lib/probe/write-request.ts';

/** Reads what was written, by the format's description alone. */
class Bytes {
  readonly bytes: Uint8Array;
  at = 0;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }
  take(length: number): Uint8Array {
    if (this.at + length > this.bytes.length) throw new Error('it ends too early');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
  byte(): number {
    return this.take(1)[0] ?? 0;
  }
  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }
  littleEndian(length: number): number {
    return this.take(length).reduce((sum, byte, index) => sum + byte * 256 ** index, 0);
  }
}

/** The snappy block format: a length, then literals and copies of what is already there. */
function snappyContent(block: Uint8Array): Uint8Array {
  const input = new Bytes(block);
  const length = Number(input.varint());
  const output: number[] = [];
  while (!input.isAtEnd) {
    const tag = input.byte();
    const kind = tag & 3;
    if (kind === 0) {
      const short = tag >> 2;
      output.push(...input.take(short < 60 ? short + 1 : input.littleEndian(short - 59) + 1));
      continue;
    }
    const size = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const offset = kind === 1 ? ((tag >> 5) << 8) | input.byte() : input.littleEndian(kind === 2 ? 2 : 4);
    for (let copied = 0; copied < size; copied += 1)
      output.push(output[output.length - offset] ?? Number.NaN);
  }
  expect(output).toHaveLength(length);
  return Uint8Array.from(output);
}

type Field = readonly [number: number, content: Uint8Array | bigint];

function fieldsOf(message: Uint8Array): Field[] {
  const input = new Bytes(message);
  const fields: Field[] = [];
  while (!input.isAtEnd) {
    const tag = Number(input.varint());
    const wire = tag & 7;
    if (wire === 0) fields.push([tag >> 3, input.varint()]);
    else if (wire === 1) fields.push([tag >> 3, input.take(8)]);
    else if (wire === 2) fields.push([tag >> 3, input.take(Number(input.varint()))]);
    else throw new Error(`wire type ${wire}`);
  }
  return fields;
}

const bytes = (content: Uint8Array | bigint | undefined): Uint8Array =>
  content instanceof Uint8Array ? content : expect.unreachable('it is no bytes');
const field = (fields: readonly Field[], wanted: number) => fields.find(([number]) => number === wanted)?.[1];
const text = (content: Uint8Array | bigint | undefined) => new TextDecoder().decode(bytes(content));

function decoded(block: Uint8Array) {
  return fieldsOf(snappyContent(block)).map(([number, content]) => {
    expect(number).toBe(1);
    const series = fieldsOf(bytes(content));
    const labels = series
      .filter(([of]) => of === 1)
      .map(([, label]) => fieldsOf(bytes(label)))
      .map((label): [string, string] => [text(field(label, 1)), text(field(label, 2))]);
    const samples = series
      .filter(([of]) => of === 2)
      .map(([, sample]) => fieldsOf(bytes(sample)))
      .map((sample) => {
        const value = bytes(field(sample, 1));
        const view = new DataView(value.buffer, value.byteOffset, 8);
        return { value: view.getFloat64(0, true), at: Number(field(sample, 2)) };
      });
    return { labels, samples };
  });
}

test('what is encoded is decoded by another decoder, with its labels in the order of names', () => {
  const value = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 200 }),
    fc.string({ unit: fc.constantFrom('a', 'ab'), maxLength: 3000 }),
  );
  const labels = fc
    .tuple(value, value)
    .map(([cluster, signal]) => ({ signal, cluster, __name__: 'plumbline_probe_timestamp_seconds' }));
  const time = fc.integer({ min: 1, max: 4_102_444_800_000 });
  fc.assert(
    fc.property(fc.array(labels, { minLength: 1, maxLength: 20 }), time, (series, at) => {
      expect(decoded(writeRequest(series, at))).toEqual(
        series.map(({ __name__, cluster, signal }) => ({
          labels: [
            ['__name__', __name__],
            ['cluster', cluster],
            ['signal', signal],
          ],
          samples: [{ value: at / 1000, at }],
        })),
      );
    }),
    { numRuns: 300 },
  );
});
