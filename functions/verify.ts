import middyCore from '@middy/core';
import type { Context } from 'aws-lambda';
import type { Watched } from '../lib/watch.ts';
import { container } from './container.ts';

/** Kept for telling people, once verifying must be over. */
const RESERVE_MS = 10_000;
/** Kept for the log and the metrics, once telling must be over. */
const LAST_MS = 1500;

/**
 * Verifies the clusters that the event names, or all of them; tells every channel; writes metrics to standard output.
 * Ends with an error where an event, a cluster's run or a channel broke, after everything else was done.
 */
async function verify(event: unknown, context: Context): Promise<Watched> {
  const [opened, load] = await Promise.all([container(), import('./watching.ts')]);
  const { channelsOf, dueClusters, readVerifyEvent, troubleOf, watch } = load;
  const { config, log, clock, credentials, ...ports } = opened;
  const { notifiers, resolve } = channelsOf(opened);
  log.begin(context.awsRequestId);
  const request = readVerifyEvent(event);
  const due = 'clusters' in request ? dueClusters(config, request.clusters) : { clusters: [], problems: [] };
  const problems = [...request.problems, ...due.problems];
  if (due.clusters.length === 0) throw new Error(`the event cannot be run: ${problems.join('; ')}`);
  const remainingMs = context.getRemainingTimeInMillis();
  const endsAt = clock.now() + remainingMs;
  const watched = await watch(due.clusters, {
    ...ports,
    clock,
    credentials,
    deadline: endsAt - Math.min(RESERVE_MS, remainingMs / 2),
    notifiers,
    sending: { clock, fetch: ports.fetch, deadline: endsAt - LAST_MS, credentials, resolve },
    log: log.write,
    emit: (line) => void process.stdout.write(`${line}\n`),
  });
  const trouble = troubleOf(watched, problems);
  if (trouble !== undefined) throw new Error(trouble);
  return watched;
}

export const handler = middyCore<unknown, Watched>({ timeoutEarlyInMillis: 500 }).handler(verify);
