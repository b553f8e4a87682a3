import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { printable } from '../printable.ts';
import { StoreError } from './store.ts';
import { FORMAT, type Wire } from './wire.ts';

/** What is larger is neither written nor read, whatever it was compressed to. */
export const MOST_BYTES = 8 * 1024 * 1024;
/** Smaller than this, compressing saves less than it costs to look at. */
const WORTH_COMPRESSING = 256;

/** The first byte; JSON never begins with it. */
const COMPRESSED = 0;
const PARAMS = { [constants.BROTLI_PARAM_QUALITY]: 5 };

/** An item as bytes: JSON as it is, or a zero byte and the JSON compressed. Throws a StoreError where it is too large. */
export function encode<T>(wire: Wire<T>, value: T, place: string): Uint8Array {
  const plain = Buffer.from(jsonText(wire, value, place));
  if (plain.length < WORTH_COMPRESSING) return plain;
  const compressed = brotliCompressSync(plain, { params: PARAMS });
  return compressed.length + 1 < plain.length ? Buffer.concat([Buffer.of(COMPRESSED), compressed]) : plain;
}

/** An item as the JSON text that `decodeJson` reads. Throws a StoreError where it is too large. */
export function jsonText<T>(wire: Wire<T>, value: T, place: string): string {
  const text = JSON.stringify(wire.toJson(value));
  const size = Buffer.byteLength(text);
  if (size > MOST_BYTES) throw tooLarge(place, size, MOST_BYTES);
  return text;
}

/** What `encode` made, of this format or an earlier one. Throws a StoreError, `newer` or `unreadable`, that names the place. */
export function decode<T>(wire: Wire<T>, format: unknown, bytes: Uint8Array | undefined, place: string): T {
  refuseNewer(format, place);
  if (!bytes) throw unreadable(place, 'it has no body');
  return decodeJson(wire, format, parseJson(textOf(bytes, place), place), place);
}

/** JSON from outside. Throws a StoreError, `unreadable`, that names the place. */
export function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw unreadable(place, 'it is not JSON');
  }
}

/** As `decode`, of JSON that was parsed already. */
export function decodeJson<T>(wire: Wire<T>, format: unknown, json: unknown, place: string): T {
  refuseNewer(format, place);
  if (!isKnown(format)) throw unreadable(place, 'it has no format number');
  const read = wire.fromJson(json);
  if ('problem' in read) throw unreadable(place, read.problem);
  return read.value;
}

/** The error of an item that is left as it is because nobody here can tell what it says. */
export function unreadable(place: string, problem: string): StoreError {
  return new StoreError(
    'unreadable',
    `${place} cannot be read: ${printable(problem)}. It is left as it is; docs/stores.md says how to begin anew`,
  );
}

export function tooLarge(place: string, size: number, most: number): StoreError {
  const kilobytes = (bytes: number): string => `${Math.ceil(bytes / 1024)} KB`;
  return new StoreError(
    'too-large',
    `${place} needs ${kilobytes(size)} and may have ${kilobytes(most)}; divide the cluster's signals among two clusters`,
  );
}

function isKnown(format: unknown): boolean {
  return typeof format === 'number' && Number.isInteger(format) && format >= 1 && format <= FORMAT;
}

function refuseNewer(format: unknown, place: string): void {
  if (typeof format !== 'number' || !(format > FORMAT)) return;
  throw new StoreError(
    'newer',
    `${place} was written by a newer Plumbline (format ${format}, known is ${FORMAT}). It is left as it is; upgrade this one`,
  );
}

function textOf(bytes: Uint8Array, place: string): string {
  if (bytes[0] !== COMPRESSED) return Buffer.from(bytes).toString();
  try {
    return brotliDecompressSync(bytes.subarray(1), { maxOutputLength: MOST_BYTES }).toString();
  } catch (error) {
    const isBomb = error instanceof RangeError;
    throw unreadable(place, isBomb ? 'it is larger than any memory' : 'it is not what was written');
  }
}
