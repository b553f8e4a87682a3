import type { CredentialsFor } from '../lib/aws/credentials.ts';
import { systemClock } from '../lib/clock.ts';
import type { InForce } from '../lib/config/in-force.ts';
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

/**
 * Remembers configurations from outside that were found good: a bad one after it must not stop anything. One that could not
 * be remembered is tried again with each call, for it is found good only once. Rejects with a StoreError where it cannot be.
 */
export function configKeeper() {
  let unkept: InForce['good'];
  let done: string | undefined;
  return async (
    { good, isRemote }: Pick<InForce, 'good'> & Pick<Container, 'isRemote'>,
    store: Pick<Store, 'keepConfig'>,
  ): Promise<void> => {
    const place = process.env['PLUMBLINE_CONFIG']?.trim();
    if (!isRemote || !place) return;
    if (good && good.version !== done) unkept = good;
    if (!unkept) return;
    const { version } = unkept;
    try {
      await store.keepConfig(place, unkept);
    } catch (error) {
      // Compressing it again each minute would make it no smaller.
      if (error instanceof StoreError && error.trouble === 'too-large') [done, unkept] = [version, undefined];
      throw error;
    }
    [done, unkept] = [version, undefined];
  };
}

/** For as long as the container lives. */
export const keepGoodConfig = configKeeper();
