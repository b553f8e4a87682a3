import pLimit from 'p-limit';
import type { Clock } from './clock.ts';
import type { HttpPorts } from './promql/client.ts';

const MOST_IN_FLIGHT = 16;
/** Longer than an API that is well takes to answer. */
const SLOW_MS = 3000;

/**
 * Bounds the requests in flight to sixteen. One that is not answered within three seconds is waited for as long as it
 * takes, and counts no more: APIs that hang must not keep those that are well from being asked.
 */
export function requestsInFlight(clock: Pick<Clock, 'sleep'>): HttpPorts['limit'] {
  const limit = pLimit(MOST_IN_FLIGHT);
  return async (request) => {
    const { answer } = await limit(async () => {
      const sent = request();
      const over = new AbortController();
      await Promise.race([sent.catch(() => {}), clock.sleep(SLOW_MS, over.signal).catch(() => {})]);
      over.abort('answered');
      return { answer: sent };
    });
    return answer;
  };
}
