import { randomInt, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '../clock.ts';
import { ifThere } from './file-trouble.ts';
import { StoreError } from './store.ts';

/** Work under a claim takes milliseconds; who needs longer is dead or asleep. */
const VALID_MS = 5000;
const MOST_TRIES = 1000;

/** Puts a file in place of `target`, durably, as the last thing that is done under a claim. */
export type Commit = (target: string, text: string) => Promise<void>;

/**
 * Runs `work` while no other process does so under the same directory, and again where the claim was lost meanwhile:
 * work reads, decides and commits at most once.
 *
 * A claim is a file of its own name, and who sees another's beside it withdraws. The file that is committed *is* the
 * claim, renamed. So a claim that was left by a killed process can simply be removed, by any number of processes and
 * without certainty that its owner is dead: either the owner's rename comes first, and everybody after sees what it
 * wrote, or the removal does, and the rename fails.
 */
export async function underClaim<T>(
  directory: string,
  clock: Clock,
  work: (commit: Commit) => Promise<T>,
): Promise<T> {
  await mkdir(directory, { recursive: true });
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const claim = join(directory, randomUUID());
    try {
      await writeFile(claim, '', { flag: 'wx' });
      if (await isAlone(claim)) return await work((target, text) => commit(claim, target, text));
    } catch (error) {
      if (!(error instanceof ClaimLost)) throw error;
    } finally {
      await rm(claim, { force: true });
    }
    await clock.sleep(randomInt(5, 25));
  }
  throw new StoreError('timeout', `${directory}: other processes were writing all the time; try again later`);
}

class ClaimLost extends Error {}

/** Both times are the file system's, so that it does not matter whose clock is right. */
async function isAlone(claim: string): Promise<boolean> {
  const directory = dirname(claim);
  const mine = await ifThere(stat(claim));
  if (!mine) throw new ClaimLost();
  for (const name of await readdir(directory)) {
    const other = join(directory, name);
    if (other === claim) continue;
    const { mtimeMs } = (await ifThere(stat(other))) ?? {};
    if (mtimeMs === undefined) continue;
    if (Math.abs(mine.mtimeMs - mtimeMs) <= VALID_MS) return false;
    await rm(other, { force: true });
  }
  return true;
}

async function commit(claim: string, target: string, text: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const file = await ifThere(open(claim, 'r+'));
  if (!file) throw new ClaimLost();
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  const isRenamed = await ifThere(rename(claim, target).then(() => true));
  if (!isRenamed) throw new ClaimLost();
  await syncDirectory(dirname(target));
}

/** Makes a rename last through a power failure, where the system lets a directory be opened. */
async function syncDirectory(directory: string): Promise<void> {
  const opened = await open(directory).catch(() => undefined);
  await opened?.sync().catch(() => {});
  await opened?.close();
}
