import { readFile } from 'node:fs/promises';
import pLimit from 'p-limit';
import packageJson from '../package.json' with { type: 'json' };
import { awsCredentials } from '../lib/aws/credentials.ts';
import { systemClock } from '../lib/clock.ts';
import type { Config } from '../lib/config/schema.ts';
import { sourceMemory } from '../lib/sources/source.ts';
import type { Log } from './log.ts';

const REQUESTS_IN_FLIGHT = 16;

/** The configuration beside the bundle cannot be used here, such as for a variable that is not set. */
export class ConfigurationError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`the configuration is wrong:\n${problems.join('\n')}`);
    this.problems = problems;
  }
}

let opened: Promise<Container> | undefined;

export type Container = Awaited<ReturnType<typeof open>>;

/** What outlives an invocation: the configuration, credentials, and what sources remember. */
export function container(): Promise<Container> {
  opened ??= open();
  opened.catch(() => {
    opened = undefined;
  });
  return opened;
}

async function open() {
  const [config, { openLog }] = await Promise.all([readConfig(), import('./log.ts')]);
  const credentials = awsCredentials(systemClock, process.env['AWS_LAMBDA_FUNCTION_NAME'] ?? 'lambda');
  const log: Log = openLog();
  return {
    config,
    log,
    clock: systemClock,
    fetch,
    credentials,
    limit: pLimit(REQUESTS_IN_FLIGHT),
    memory: sourceMemory(),
    toolVersion: packageJson.version,
  };
}

/** The configuration lies beside the bundle, references left symbolic. */
async function readConfig(): Promise<Config> {
  const [json, { formatProblem, loadBuilt }] = await Promise.all([
    readFile(new URL('plumbline.json', import.meta.url), 'utf8'),
    import('./config.ts'),
  ]);
  const loaded = loadBuilt(json, { env: process.env, every: process.env['EVERY'] });
  if ('config' in loaded) return loaded.config;
  throw new ConfigurationError(loaded.problems.map(formatProblem));
}
