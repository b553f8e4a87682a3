import middyCore from '@middy/core';
import type { Context } from 'aws-lambda';
import type { Dispatched } from '../lib/dispatch/dispatch.ts';
import type { Remembered } from './config.ts';
import { container } from './container.ts';
import { healthOutput } from './health.ts';

/** The last good configuration, where the newest one cannot be used. */
const remembered: Remembered = async (place, credentials) =>
  (await import('./kept-config.ts')).rememberedConfig(place, credentials);

/** Kept for the memory, the log and the metrics, once telling must be over. */
const LAST_MS = 3000;

/**
 * Once a minute: sends the clusters that are due to the queue of `verify`, tells what the runs before found, and of which
 * clusters no run comes. Ends with an error where something of it broke, after everything else was done.
 */
async function dispatchTick(event: unknown, context: Context): Promise<Dispatched> {
  const [opened, load] = await Promise.all([container(remembered), import('./dispatching.ts')]);
  const {
    beat,
    channelsOf,
    counted,
    dispatch,
    keepGoodConfig,
    openQueue,
    readTickEvent,
    scheduled,
    stateOf,
    troubleOf,
  } = load;
  const { config, log, clock, credentials, fetch } = opened;
  log.begin(context.awsRequestId);
  const read = readTickEvent(event, clock.now());
  if ('problems' in read) throw new Error(`the event cannot be run: ${read.problems.join('; ')}`);
  const { notifiers, resolve } = channelsOf(opened);
  const store = stateOf(opened, context);
  const { heartbeat } = config.alerts;
  const tellOutside = async (reference: string): Promise<void> => {
    const detail = await beat(reference, { fetch, resolve });
    if (detail !== undefined) log.write({ what: 'heartbeat', detail });
  };
  const queue = await openQueue(opened);
  const deadline = clock.now() + context.getRemainingTimeInMillis() - LAST_MS;
  try {
    const result = await dispatch(read.tick, scheduled(config), opened.inForce.state, {
      clock,
      alerts: config.alerts,
      notifiers,
      store,
      sending: { clock, fetch, deadline, credentials, resolve },
      send: queue.send,
      keepConfig: () => keepGoodConfig({ ...opened.inForce, isRemote: opened.isRemote }, store),
      heartbeat: heartbeat === undefined ? undefined : () => tellOutside(heartbeat),
      log: log.write,
      ...healthOutput(),
    });
    const trouble = [
      ...(result.unsent > 0 ? [`${counted(result.unsent, 'run')} not sent`] : []),
      ...[troubleOf(result, [])].filter((one) => one !== undefined),
    ];
    if (trouble.length > 0) throw new Error(trouble.join('; '));
    return result;
  } finally {
    queue.close();
  }
}

export const handler = middyCore<unknown, Dispatched>({ timeoutEarlyInMillis: 500 }).handler(dispatchTick);
