import middyCore from '@middy/core';
import type { Context } from 'aws-lambda';
import type { Refusal } from '../lib/answer.ts';
import { StoreError } from '../lib/stores/store.ts';
import { ConfigurationError } from './container.ts';

/** What a function that people invoke answers where it does not do what it was asked: every problem. */
export function refused(problems: readonly string[], error = 'the event cannot be run'): Refusal {
  return { error, problems };
}

/** The handler of a function that people invoke: a wrong configuration, trouble of the store and defects are answered too. */
export function answering<A>(handle: (event: unknown, context: Context) => Promise<A | Refusal>) {
  return middyCore<unknown, A | Refusal>({ timeoutEarlyInMillis: 500 })
    .handler(handle)
    .onError(async (request) => {
      const { error } = request;
      if (error instanceof ConfigurationError) {
        request.response = refused(error.problems, 'the configuration is wrong');
        return;
      }
      if (error instanceof StoreError) {
        request.response = refused([error.message], 'the store did not take it');
        return;
      }
      const { openLog } = await import('./log.ts');
      openLog().write({ what: 'defect', error });
      request.response = { error: 'plumbline itself broke; its log says how' };
    });
}
