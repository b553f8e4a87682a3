import packageJson from '../package.json' with { type: 'json' };
import { awsCredentials } from '../lib/aws/credentials.ts';
import { systemClock } from '../lib/clock.ts';
import type { InForce } from '../lib/config/in-force.ts';
import { requestsInFlight } from '../lib/in-flight.ts';
import { sourceMemory } from '../lib/sources/source.ts';
import type { Remembered } from './config.ts';
import type { Log } from './log.ts';

/** A configuration that changed holds for everybody within this. */
const LOOKED_AT_MS = 60_000;

/** The configuration cannot be used here, such as for a variable that is not set. */
export class ConfigurationError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`the configuration is wrong:\n${problems.join('\n')}`);
    this.problems = problems;
  }
}

let opened: { readonly container: Promise<Container>; readonly lookedAt: number } | undefined;

export type Container = Awaited<ReturnType<typeof open>>;

/**
 * What outlives an invocation: the configuration, credentials, and what sources remember. A configuration outside is looked
 * at once a minute, and a change of it begins everything anew. `remembered` where the function may read the last good one.
 */
export async function container(remembered?: Remembered): Promise<Container> {
  const now = systemClock.now();
  const before = await opened?.container.catch(() => undefined);
  if (opened && before && (!before.isRemote || now - opened.lookedAt < LOOKED_AT_MS)) return before;
  const container = before ? again(before, remembered) : open(remembered);
  opened = { container, lookedAt: now };
  return container;
}

async function open(remembered: Remembered | undefined) {
  const credentials = awsCredentials(systemClock, process.env['AWS_LAMBDA_FUNCTION_NAME'] ?? 'lambda');
  const [{ isRemote, current }, { openLog }] = await Promise.all([
    readConfig(undefined, credentials, remembered),
    import('./log.ts'),
  ]);
  return made(current, isRemote, credentials, openLog());
}

/** The same container where the same configuration holds. */
async function again(before: Container, remembered: Remembered | undefined): Promise<Container> {
  const { credentials, log, inForce, isRemote } = before;
  const { current } = await readConfig(inForce, credentials, remembered);
  if (current.config === inForce.config) return Object.assign(before, { inForce: current });
  return made(current, isRemote, credentials, log);
}

function made(inForce: InForce, isRemote: boolean, credentials: Credentials, log: Log) {
  return {
    config: inForce.config,
    inForce,
    isRemote,
    log,
    clock: systemClock,
    fetch,
    credentials,
    limit: requestsInFlight(systemClock),
    memory: sourceMemory(),
    toolVersion: packageJson.version,
  };
}

type Credentials = ReturnType<typeof awsCredentials>;

async function readConfig(
  before: InForce | undefined,
  credentials: Credentials,
  remembered: Remembered | undefined,
) {
  const { configInForce } = await import('./config.ts');
  const read = await configInForce(before, credentials, remembered);
  if ('problems' in read) throw new ConfigurationError(read.problems);
  return read;
}
