import pLimit from 'p-limit';
import { awsCredentials } from '../lib/aws/credentials.ts';
import { systemClock } from '../lib/clock.ts';
import type { InitPorts } from '../lib/init/looking.ts';
import { printable } from '../lib/printable.ts';
import { sourceMemory } from '../lib/sources/source.ts';

/** Fewer than a check has: lists are slow, and their quotas small. */
const REQUESTS_IN_FLIGHT = 8;
/** An account with fifty clusters lists its metrics for minutes. */
const LONGEST_LOOK_MS = 15 * 60_000;

/** What a look into accounts needs of this process; `show` is told what is being looked at. */
export function lookingPorts(show: (line: string) => void): InitPorts {
  return {
    clock: systemClock,
    deadline: systemClock.now() + LONGEST_LOOK_MS,
    fetch,
    limit: pLimit(REQUESTS_IN_FLIGHT),
    credentials: awsCredentials(systemClock, 'cli'),
    memory: sourceMemory(),
    onProgress: (what) => show(printable(what, 100)),
  };
}
