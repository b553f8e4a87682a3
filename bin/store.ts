import { awsCredentials } from '../lib/aws/credentials.ts';
import { systemClock } from '../lib/clock.ts';
import type { Config } from '../lib/config/schema.ts';
import { type Store, StoreError } from '../lib/stores/store.ts';
import { EXIT } from './exit.ts';

const NO_STATE =
  'the configuration does not say where state is kept; write state: dynamodb:TABLE (the stack’s table), or state: file:PATH';

/** Does the work with the store that the configuration names. Returns the exit code, also where there is no such store. */
export async function withStore({ state }: Config, work: (store: Store) => Promise<number>): Promise<number> {
  if (state === undefined) {
    process.stderr.write(`plumbline: ${NO_STATE}\n`);
    return EXIT.wrong;
  }
  const { openStore } = await import('../lib/stores/index.ts');
  try {
    const store = openStore(state, {
      clock: systemClock,
      region: region(),
      credentials: awsCredentials(systemClock, 'cli'),
    });
    try {
      return await work(store);
    } finally {
      store.close();
    }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    process.stderr.write(`plumbline: ${error.message}\n`);
    return EXIT.broken;
  }
}

/** The region of stores and secrets, as the SDK has it; where neither variable is set it looks into the profile. */
export function region(): string | undefined {
  return process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'];
}
