import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import * as z from 'zod/mini';
import { baselineWire } from '../baseline/baseline-wire.ts';
import type { Baseline } from '../baseline/baseline.ts';
import { decodeJson, jsonText, unreadable } from './codec.ts';
import type { Commit } from './file-claim.ts';
import { readContent } from './file-content.ts';
import { fileNameOf, nameOfFile } from './file-names.ts';
import { ifThere } from './file-trouble.ts';
import { type StoredBaseline, StoreError } from './store.ts';
import { FORMAT, wireOf } from './wire.ts';

const SUFFIX = '.json';
const FILES_IN_FLIGHT = 8;

/** A signal's file; its baseline is null where it was forgotten. */
const fileWire = wireOf(
  z.strictObject({
    format: z.int(),
    cluster: z.string(),
    signal: z.string(),
    version: z.int().check(z.minimum(0)),
    baseline: z.unknown(),
  }),
);

/** A file for each signal, in a directory for each cluster below `root`. */
export function fileBaselines(root: string) {
  const directoryOf = (cluster: string): string => join(root, fileNameOf(cluster));
  const fileOf = (cluster: string, signal: string): string =>
    join(directoryOf(cluster), `${fileNameOf(signal)}${SUFFIX}`);

  const readOne = async (file: string, cluster: string): Promise<[string, StoredBaseline] | undefined> => {
    const content = await readContent(file, fileWire);
    if (!content || content.baseline === null) return undefined;
    if (content.cluster !== cluster) throw unreadable(file, 'it is a baseline of another cluster');
    const baseline = decodeJson(baselineWire, content.format, content.baseline, file);
    return [content.signal, { baseline, version: content.version }];
  };

  return {
    /** Every baseline of a cluster, by the signal's name; under the file's where that cannot be read. */
    read: async (cluster: string): Promise<ReadonlyMap<string, StoredBaseline | StoreError>> => {
      const names = ((await ifThere(readdir(directoryOf(cluster)))) ?? []).filter((name) =>
        name.endsWith(SUFFIX),
      );
      const limit = pLimit(FILES_IN_FLIGHT);
      const read = async (name: string): Promise<[string, StoredBaseline | StoreError] | undefined> => {
        try {
          return await readOne(join(directoryOf(cluster), name), cluster);
        } catch (error) {
          if (!(error instanceof StoreError)) throw error;
          const stem = name.slice(0, -SUFFIX.length);
          return [nameOfFile(stem) ?? stem, error];
        }
      };
      const all = await Promise.all(names.map((name) => limit(() => read(name))));
      return new Map(all.filter((one) => one !== undefined));
    },

    /** Replaces a baseline, under a claim; undefined forgets it, whatever stands there. */
    replace: async (
      { cluster, signal }: { readonly cluster: string; readonly signal: string },
      next: { readonly baseline: Baseline; readonly version: number } | undefined,
      commit: Commit,
    ): Promise<boolean> => {
      const file = fileOf(cluster, signal);
      const names = `"cluster":${JSON.stringify(cluster)},"signal":${JSON.stringify(signal)}`;
      if (!next) {
        await commit(file, `{"format":${FORMAT},"version":0,${names},"baseline":null}\n`);
        return true;
      }
      const { baseline, version } = next;
      const stored = (await readOne(file, cluster))?.[1].version ?? 0;
      if (stored !== version) return false;
      const body = jsonText(baselineWire, baseline, file);
      const text = `{"format":${FORMAT},"version":${version + 1},${names},"baseline":${body}}\n`;
      await commit(file, text);
      return true;
    },
  };
}
