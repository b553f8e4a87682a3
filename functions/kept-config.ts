import type { CredentialsFor } from '../lib/aws/credentials.ts';
import { systemClock } from '../lib/clock.ts';
import { openStore } from '../lib/stores/index.ts';
import { type Store, StoreError } from '../lib/stores/store.ts';
import type { Container } from './container.ts';

/** The last good configuration that a tick remembered, in the stack's own table; undefined where there is none. */
export async function rememberedConfig(
  place: string,
  credentials: CredentialsFor,
): Promise<string | undefined> {
  const { STATE_TABLE, AWS_REGION } = process.env;
  if (!STATE_TABLE) return undefined;
  const store = openStore(`dynamodb:${STATE_TABLE}`, {
    clock: systemClock,
    region: AWS_REGION,
    credentials,
  });
  try {
    return (await store.keptConfig(place))?.text;
  } catch (error) {
    if (error instanceof StoreError) return undefined;
    throw error;
  } finally {
    store.close();
  }
}

/** Remembers a configuration from outside that was found good just now: a bad one after it must not stop anything. */
export async function keepGoodConfig(
  { inForce: { good }, isRemote, log }: Container,
  store: Store,
): Promise<void> {
  const place = process.env['PLUMBLINE_CONFIG']?.trim();
  if (!isRemote || !good || !place) return;
  try {
    await store.keepConfig(place, good);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    log.write({ what: 'forgetful', cluster: 'plumbline', error });
  }
}
