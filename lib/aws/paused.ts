import type { InitializeMiddleware } from '@smithy/types';
import { systemClock } from '../clock.ts';

/** Servers wait longer than this before they close a connection that nobody uses. Milliseconds of the machine's own clock. */
const PAUSE_MS = 5000;

/** As much of a client as it takes to end its connections, after which it opens others. */
export interface Connected {
  readonly config: { readonly requestHandler: { readonly destroy?: () => void } };
}

/**
 * A client that asks after a pause begins with new connections. What the other side closed while a function was frozen looks
 * open when it runs again, and each of three tries may meet another one that is dead.
 */
export function newAfterPause({ config }: Connected): InitializeMiddleware<object, object> {
  let inFlight = 0;
  let usedAt = systemClock.now();
  return (next) => async (args) => {
    if (inFlight === 0 && systemClock.now() - usedAt >= PAUSE_MS) config.requestHandler.destroy?.();
    inFlight += 1;
    try {
      return await next(args);
    } finally {
      inFlight -= 1;
      usedAt = systemClock.now();
    }
  };
}
