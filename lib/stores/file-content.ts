import { readFile } from 'node:fs/promises';
import { decodeJson, MOST_BYTES, parseJson, unreadable } from './codec.ts';
import { ifThere } from './file-trouble.ts';
import type { Wire } from './wire.ts';

/** The content of a file, in a format that is known; undefined where there is none. Else a StoreError. */
export async function readContent<T>(file: string, wire: Wire<T>): Promise<T | undefined> {
  const bytes = await ifThere(readFile(file));
  if (!bytes) return undefined;
  if (bytes.length > 2 * MOST_BYTES) throw unreadable(file, 'it is larger than any memory');
  const json = parseJson(bytes.toString(), file);
  const format = typeof json === 'object' && json !== null && 'format' in json ? json.format : undefined;
  return decodeJson(wire, format, json, file);
}
