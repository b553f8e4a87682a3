import middyCore from '@middy/core';
import type { Context } from 'aws-lambda';
import type { Answer, Refusal } from '../lib/answer.ts';
import { refused } from './answering.ts';
import { ConfigurationError, container } from './container.ts';

/** Below the 256 KB that some callers still take. */
const MOST_BYTES = 240_000;
/** Kept for the answer, once the last attempt must be over. */
const LAST_MS = 3000;

/**
 * Verifies on demand and answers with the JSON report; tells nobody and records nothing. An event that is wrong is
 * answered with what is wrong.
 */
async function check(event: unknown, context: Context): Promise<Answer | Refusal> {
  const [opened, load] = await Promise.all([container(), import('./checking.ts')]);
  const {
    checkNow,
    lookUpBaselines,
    plan,
    readCheckEvent,
    settingsWithin,
    sourceMemory,
    stateIn,
    withinBytes,
  } = load;
  const { config, log, memory, clock, ...ports } = opened;
  log.begin(context.awsRequestId);
  const now = clock.now();
  const read = readCheckEvent(event, now);
  if ('problems' in read) return refused(read.problems);
  const planned = plan(config, read.request);
  if ('problems' in planned) return refused(planned.problems);
  const endsAt = now + context.getRemainingTimeInMillis();
  const { waitCappedTo, ...settings } = settingsWithin(read.request, now, endsAt);
  let defects = 0;
  const store = stateIn(opened, context);
  const clusters = store ? await lookUpBaselines(planned.clusters, () => store, now) : planned.clusters;
  const report = await checkNow(clusters, settings, {
    ...ports,
    clock,
    deadline: endsAt - LAST_MS,
    // What waits for something new must list it again each time.
    memory: () => ({ ...sourceMemory(), expensive: memory.expensive, probes: memory.probes }),
    onDefect: (error) => {
      defects += 1;
      log.write({ what: 'defect', error });
    },
  });
  const capped = waitCappedTo === undefined ? {} : { waitCappedTo };
  return withinBytes({ ...report, ...capped, ...(defects > 0 ? { defects } : {}) }, MOST_BYTES);
}

export const handler = middyCore<unknown, Answer | Refusal>({ timeoutEarlyInMillis: 500 })
  .handler(check)
  .onError(async (request) => {
    const { error } = request;
    const { openLog } = await import('./log.ts');
    openLog().write({ what: 'defect', error });
    request.response =
      error instanceof ConfigurationError
        ? refused(error.problems, 'the configuration is wrong')
        : { error: 'plumbline itself broke; its log says how' };
  });
