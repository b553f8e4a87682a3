/** More than any server can have counted: beyond it numbers are no longer exact. */
const MOST = Number.MAX_SAFE_INTEGER;

/**
 * How many samples a query processed, by `data.stats.samples.totalQueryableSamples` of its answer, which is what AMP
 * bills. Undefined where the answer does not tell a whole number.
 */
export function samplesProcessed(body: string): number | undefined {
  let at: unknown;
  try {
    at = JSON.parse(body);
  } catch {
    return undefined;
  }
  for (const key of ['data', 'stats', 'samples', 'totalQueryableSamples']) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return typeof at === 'number' && Number.isInteger(at) && at >= 0 && at <= MOST ? at : undefined;
}
