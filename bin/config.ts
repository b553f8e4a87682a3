import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { systemClock } from '../lib/clock.ts';
import { loadBuilt, loadConfig } from '../lib/config/load.ts';
import { formatProblem, type Problem } from '../lib/config/problems.ts';
import type { Config } from '../lib/config/schema.ts';
import { parseState } from '../lib/stores/place.ts';
import { shippedProfiles } from './profiles.ts';

export interface ReadResult {
  readonly config: Config | undefined;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** Reads a configuration: YAML, or what `npm run build` made of one where the name ends in `.json`. */
export async function loadFile(file: string): Promise<ReadResult | { missing: string }> {
  let text;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    return { missing: missing(file, error) };
  }
  const loaded = file.endsWith('.json')
    ? loadBuilt(text, { env: process.env, file })
    : await loadConfig(text, { env: process.env, file, now: systemClock.now(), profiles: shippedProfiles });
  return 'config' in loaded
    ? { config: loaded.config, problems: [], warnings: loaded.warnings }
    : { config: undefined, problems: loaded.problems, warnings: loaded.warnings };
}

/**
 * The configuration for a command that needs one, its problems told on standard error; undefined when it has any. A
 * relative directory in `state` is one beside the file, from wherever the command is run.
 */
export async function readConfig(file: string): Promise<Config | undefined> {
  const read = await loadFile(file);
  if ('missing' in read) {
    process.stderr.write(`plumbline: ${read.missing}\n`);
    return undefined;
  }
  for (const problem of read.problems) process.stderr.write(`${formatProblem(problem)}\n`);
  return read.config && besideFile(read.config, file);
}

function besideFile(config: Config, file: string): Config {
  const place = parseState(config.state ?? '');
  if ('problem' in place || place.kind !== 'file') return config;
  return { ...config, state: `file:${resolve(dirname(file), place.path)}` };
}

function missing(file: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') {
    return `there is no ${file}; name another with --config, or start from the example: cp plumbline.example.yaml plumbline.yaml`;
  }
  return `cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`;
}
