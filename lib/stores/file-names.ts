import { createHash } from 'node:crypto';

/** With a suffix below the 255 bytes that file systems allow. */
const LONGEST = 200;

/**
 * A file's name for any name, another one for each, also where the file system ignores case: what is not a-z 0-9 _ - is
 * escaped as in URLs, and what gets too long ends in a digest.
 */
export function fileNameOf(name: string): string {
  const escaped = name.replace(/[^a-z0-9_-]/gsu, escape);
  if (name !== '' && name.isWellFormed() && escaped.length <= LONGEST) return escaped;
  const digest = createHash('sha256').update(JSON.stringify(name)).digest('hex');
  return `${escaped.slice(0, 100)}~${digest}`;
}

/** The name that `fileNameOf` was given; undefined where only a digest of it is left. */
export function nameOfFile(fileName: string): string | undefined {
  if (fileName.includes('~')) return undefined;
  try {
    return decodeURIComponent(fileName);
  } catch {
    return undefined;
  }
}

function escape(character: string): string {
  return Buffer.from(character).toString('hex').replace(/../g, '%$&');
}
