import middyCore from '@middy/core';
import type { Context } from 'aws-lambda';
import { container } from './container.ts';

/** Kept for telling people, once looking must be over. */
const RESERVE_MS = 45_000;
/** Kept for the memory and the log, once telling must be over. */
const LAST_MS = 5000;

interface Compared {
  /** How many things send telemetry and are not watched. */
  readonly unwatched: number;
  /** How many signals watch what is no longer there. */
  readonly gone: number;
  /** How many places could not be looked at. */
  readonly unseen: number;
}

/**
 * Compares the configuration with what there is in every region and account that it names, and tells every channel what is
 * new since it was told last. Ends with an error where a channel did not take it: it is told next time.
 */
async function compare(_event: unknown, context: Context): Promise<Compared> {
  const [opened, load] = await Promise.all([container(), import('./comparing.ts')]);
  const { channelsOf, compared, identitiesOf, look, stateOf, tellDifferences } = load;
  const { config, log, clock, credentials, ...ports } = opened;
  log.begin(context.awsRequestId);
  const endsAt = clock.now() + context.getRemainingTimeInMillis();
  const looking = { ...ports, clock, credentials, deadline: endsAt - RESERVE_MS };
  const seen = await Promise.all(identitiesOf(config).map((identity) => look(identity, looking)));
  const comparison = await compared(config, seen);
  log.write({ what: 'compared', ...comparison });
  const { notifiers, resolve } = channelsOf(opened);
  const failed = await tellDifferences(comparison, {
    store: stateOf(opened, context),
    notifiers,
    sending: { clock, fetch: ports.fetch, deadline: endsAt - LAST_MS, credentials, resolve },
    onTold: (channel, { id, reason, title }) =>
      log.write({ what: 'told', cluster: 'all', channel, id, reason, title }),
    onUndelivered: (channel, { retry, reason, detail }) =>
      log.write({ what: 'undelivered', cluster: 'all', channel, retry, reason, detail }),
  });
  if (failed > 0) throw new Error(`${failed} of ${notifiers.length} channels did not take the message`);
  const { unwatched, gone, unseen } = comparison;
  return { unwatched: unwatched.length, gone: gone.length, unseen: unseen.length };
}

export const handler = middyCore<unknown, Compared>({ timeoutEarlyInMillis: 500 }).handler(compare);
