import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { HISTORY_MS, type RunRecord } from '../history.ts';
import { decodeJson, jsonText, parseJson, unreadable } from './codec.ts';
import { ifThere } from './file-trouble.ts';
import { runsOf } from './once.ts';
import { StoreError } from './store.ts';
import { FORMAT, runWire } from './wire.ts';

const SUFFIX = '.jsonl';
const CLUSTERS_IN_FLIGHT = 8;
/** Ends a line that a crash cut short, so that the next one stands alone. */
const TORN = '#torn';

/** Adds a run to its day's file, a line of JSON. Tells whether it is the first one of a new day. */
export async function appendRun(directory: string, run: RunRecord): Promise<boolean> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, `${dayOf(run.at)}${SUFFIX}`);
  const line = `[${FORMAT},${jsonText(runWire, run, path)}]\n`;
  const file = await open(path, 'a+');
  try {
    const { size } = await file.stat();
    const isTorn = size > 0 && !(await endsALine(file, size));
    // One write at the end of a file is not mingled with that of another process.
    const bytes = Buffer.from(`${isTorn ? `${TORN}\n` : ''}${line}`);
    const { bytesWritten } = await file.write(bytes);
    if (bytesWritten < bytes.length) throw new StoreError('rejected', `${path} has no room left; make room`);
    await file.datasync();
    return size === 0;
  } finally {
    await file.close();
  }
}

/** Removes days that are over, of every cluster: one that departed adds no run that would do it. */
export async function pruneRuns(root: string, now: number): Promise<void> {
  const oldest = `${dayOf(now - HISTORY_MS)}${SUFFIX}`;
  const limit = pLimit(CLUSTERS_IN_FLIGHT);
  const prune = async (directory: string): Promise<void> => {
    const over = (await daysIn(directory)).filter((name) => name < oldest);
    await Promise.all(over.map((name) => rm(join(directory, name), { force: true })));
  };
  const entries = (await ifThere(readdir(root, { withFileTypes: true }))) ?? [];
  await Promise.all(
    entries.filter((entry) => entry.isDirectory()).map((entry) => limit(() => prune(join(root, entry.name)))),
  );
}

/** The runs at or after `from`, oldest first. Throws a `PartOfRuns` that names the first line that cannot be read. */
export async function readRuns(directory: string, from: number): Promise<readonly RunRecord[]> {
  const first = `${dayOf(from)}${SUFFIX}`;
  const files = (await daysIn(directory)).filter((name) => name >= first);
  const all: { readonly line: string; readonly place: string }[] = [];
  for (const name of files) {
    const path = join(directory, name);
    const lines = ((await ifThere(readFile(path, 'utf8'))) ?? '').split('\n');
    // What has no end yet is being written, or never will be.
    lines.pop();
    for (const [index, line] of lines.entries()) {
      if (!line.endsWith(TORN)) all.push({ line, place: `${path}, line ${index + 1},` });
    }
  }
  return runsOf(all, runOf, from);
}

function runOf({ line, place }: { readonly line: string; readonly place: string }): RunRecord {
  const parsed = parseJson(line, place);
  if (!Array.isArray(parsed)) throw unreadable(place, 'it has no format number');
  const [format, json] = parsed as unknown[];
  return decodeJson(runWire, format, json, place);
}

async function endsALine(file: FileHandle, size: number): Promise<boolean> {
  const { buffer } = await file.read({ buffer: Buffer.alloc(1), position: size - 1 });
  return buffer.toString() === '\n';
}

async function daysIn(directory: string): Promise<string[]> {
  const names = (await ifThere(readdir(directory))) ?? [];
  return names.filter((name) => /^\d{4}-\d{2}-\d{2}\.jsonl$/.test(name)).sort();
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
