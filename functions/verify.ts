import middyCore from '@middy/core';
import type { Context } from 'aws-lambda';
import type { Watched } from '../lib/watched.ts';
import type { Remembered } from './config.ts';
import { container } from './container.ts';
import { healthOutput } from './health.ts';

/** The last good configuration, where the newest one cannot be used. */
const remembered: Remembered = async (place, credentials) =>
  (await import('./kept-config.ts')).rememberedConfig(place, credentials);

/** Kept for telling people, once verifying must be over. */
const RESERVE_MS = 15_000;
/** Kept for the memory, the log and the metrics, once telling must be over. */
const LAST_MS = 3000;

/**
 * Verifies the clusters that the event names, or all of them; remembers, tells every channel what it is owed, and writes
 * metrics to standard output. Ends with an error where an event, a cluster's run, a memory or a channel broke, after
 * everything else was done: what is delivered again is known by its run, and tells nobody twice.
 */
async function verify(event: unknown, context: Context): Promise<Watched> {
  const [opened, load] = await Promise.all([container(remembered), import('./watching.ts')]);
  const {
    channelsOf,
    confirmations,
    dueClusters,
    dueSignals,
    hasLeft,
    readVerifyEvent,
    runOf,
    stateOf,
    together,
    troubleOf,
    watch,
  } = load;
  const { config, log, clock, credentials, ...ports } = opened;
  log.begin(context.awsRequestId);
  const { notifiers, resolve } = channelsOf(opened);
  const store = stateOf(opened, context);
  const request = readVerifyEvent(event, clock.now());
  const problems = [...request.problems];
  const watched = dueClusters(config, []).clusters;
  const everyOf = (name: string) => config.clusters.find((one) => one.name === name)?.every;
  const results: Watched[] = [];
  for (const asked of request.runs) {
    const due = dueClusters(config, asked.clusters);
    if (due.problems.length > 0 && hasLeft(asked, clock.now()))
      log.write({ what: 'left', problems: due.problems });
    else problems.push(...due.problems);
    if (due.clusters.length === 0) continue;
    const remainingMs = context.getRemainingTimeInMillis();
    const endsAt = clock.now() + remainingMs;
    const run = runOf(asked, context.awsRequestId, clock.now());
    const watching = watch(due.clusters, run, {
      ...ports,
      clock,
      credentials,
      alerts: config.alerts,
      watched,
      everyOf,
      ...(run.isDispatched && !run.isConfirmation
        ? { asked: (cluster) => dueSignals(cluster, everyOf(cluster.name) ?? 1, run.at) }
        : {}),
      store,
      deadline: endsAt - Math.min(RESERVE_MS, remainingMs / 2),
      notifiers,
      sending: { clock, fetch: ports.fetch, deadline: endsAt - LAST_MS, credentials, resolve },
      confirm: confirmations(opened),
      log: log.write,
      ...healthOutput(),
    });
    results.push(await watching);
  }
  const result = together(results);
  const trouble = troubleOf(result, problems);
  if (trouble !== undefined) throw new Error(trouble);
  return result;
}

export const handler = middyCore<unknown, Watched>({ timeoutEarlyInMillis: 500 }).handler(verify);
