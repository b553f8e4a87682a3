import * as z from 'zod/mini';
import { decodeJson, jsonText } from './codec.ts';
import type { Commit } from './file-claim.ts';
import { readContent } from './file-content.ts';
import type { Told } from './store.ts';
import { FORMAT, toldWire, wireOf } from './wire.ts';

const comparedWire = wireOf(
  z.strictObject({ format: z.int(), version: z.int().check(z.minimum(0)), compared: z.unknown() }),
);

/** What comparisons have told, in one file. */
export async function readTold(file: string): Promise<Told> {
  const content = await readContent(file, comparedWire);
  if (!content) return { told: [], version: 0 };
  const { told } = decodeJson(toldWire, content.format, content.compared, file);
  return { told, version: content.version };
}

/** Replaces it, under a claim, if the stored version still is `version`. */
export async function replaceTold(
  file: string,
  told: readonly string[],
  version: number,
  commit: Commit,
): Promise<boolean> {
  if ((await readTold(file)).version !== version) return false;
  const body = jsonText(toldWire, { told }, file);
  await commit(file, `{"format":${FORMAT},"version":${version + 1},"compared":${body}}\n`);
  return true;
}
