/** Loaded with the first invocation: zod builds the schemas when they are imported. */
import { readFile } from 'node:fs/promises';
import type { CredentialsFor } from '../lib/aws/credentials.ts';
import { systemClock } from '../lib/clock.ts';
import { inForce, type InForce } from '../lib/config/in-force.ts';
import { loadBuilt } from '../lib/config/load.ts';
import { PACKED, parsePlace } from '../lib/config/place.ts';
import { formatProblem } from '../lib/config/problems.ts';
import type { Fetched } from '../lib/config/remote.ts';

/** Reads the last good configuration of a place; undefined where there is none. */
export type Remembered = (place: string, credentials: CredentialsFor) => Promise<string | undefined>;

/**
 * The configuration that holds, where `PLUMBLINE_CONFIG` says: beside the bundle by default, references left symbolic. What
 * is outside may change, and the last good one stays in force.
 */
export async function configInForce(
  before: InForce | undefined,
  credentials: CredentialsFor,
  rememberedConfig: Remembered | undefined,
): Promise<
  { readonly isRemote: boolean; readonly current: InForce } | { readonly problems: readonly string[] }
> {
  const { PLUMBLINE_CONFIG: written, EVERY: every } = process.env;
  const place = parsePlace(written);
  const isRemote = place.kind !== 'file';
  const current = await inForce(before, {
    fetch: async (known): Promise<Fetched> => {
      if (place.kind === 'file') return { version: '', text: await readFile(urlOf(place.path), 'utf8') };
      const { fetchConfig } = await import('../lib/config/remote.ts');
      const { AWS_REGION: region = '', AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3 } = process.env;
      const hasPathStyle = Boolean(AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL);
      return fetchConfig(place, known, { clock: systemClock, region, credentials, hasPathStyle });
    },
    load: async (text) => {
      const file = written?.trim() || PACKED;
      const loaded = loadBuilt(text, { env: process.env, every, file });
      return 'config' in loaded ? loaded : { problems: loaded.problems.map(formatProblem) };
    },
    remembered: async () => {
      return isRemote ? rememberedConfig?.(written?.trim() ?? '', credentials) : undefined;
    },
  });
  return 'problems' in current ? current : { isRemote, current };
}

function urlOf(path: string): URL {
  return new URL(path, import.meta.url);
}
