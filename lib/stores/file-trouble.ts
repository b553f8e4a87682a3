import { printable } from '../printable.ts';
import { StoreError, type StoreTrouble } from './store.ts';

const TROUBLES: Readonly<Record<string, readonly [StoreTrouble, string]>> = {
  EACCES: ['denied', 'may not be read or written; give this user the rights'],
  EPERM: ['denied', 'may not be read or written; give this user the rights'],
  EROFS: ['denied', 'lies on a read-only file system; name another directory'],
  ENOTDIR: ['missing', 'is no directory; name one'],
  EEXIST: ['missing', 'is no directory; name one'],
  EISDIR: ['unreadable', 'is a directory where a file is expected; it is left as it is'],
  ENOSPC: ['rejected', 'is full; make room'],
  EDQUOT: ['rejected', 'is beyond its quota; make room'],
};

/** Runs work on files; what the file system refuses becomes a StoreError that names the path and the remedy. */
export async function onFiles<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = codeOf(error);
    if (error instanceof StoreError || code === undefined) throw error;
    const [trouble, words] = TROUBLES[code] ?? ['unreachable', 'cannot be used'];
    const said = error instanceof Error ? error.message : '';
    throw new StoreError(trouble, `${printable(path)} ${words} (${printable(said)})`);
  }
}

/** What the work gives, or undefined where there is no such file or directory. */
export async function ifThere<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Such as `ENOENT`; undefined where it is no error of the system. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
