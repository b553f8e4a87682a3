import { type Evidence, unavailable } from '../evidence.ts';
import type { Selection } from '../question.ts';
import { slowFact } from '../sources/slow.ts';
import type { SourcePorts } from '../sources/source.ts';
import { type Endpoint, post, refusalEvidence } from './client.ts';
import { selector } from './text.ts';

/** New names show this late at most, unless something looks wrong: then they are asked anew. */
const LAST_MS = 15 * 60_000;
/** Indices answer by blocks of time: less than this is no cheaper. */
const SHORTEST_MS = 300_000;
const METRIC_NAME = '__name__';

/**
 * The names of the labels that series of the selection carry, or carried a while ago: candidates, for an index lists
 * what is gone until its block is. Remembered for 15 minutes, and nothing from before `notBefore` (milliseconds since the
 * epoch).
 */
export function labelNames(
  of: Selection,
  freshMs: number,
  notBefore: number,
  endpoint: Endpoint,
  ports: SourcePorts,
): Promise<Evidence<readonly string[]>> {
  const now = ports.clock.now();
  return slowFact(namesKey(endpoint, of), Math.max(notBefore, now - LAST_MS), ports, async () => {
    const body = new URLSearchParams({
      'match[]': selector(of),
      start: String(Math.floor((now - Math.max(freshMs, SHORTEST_MS)) / 1000)),
      end: String(Math.ceil(now / 1000)),
    }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
    const leftMs = (ports.deadline - now) / 4;
    const outcome = await post(() => ({ headers, body }), Math.max(1, leftMs), endpoint, ports);
    if (outcome.kind === 'refused') return refusalEvidence(outcome.refusal, endpoint);
    if (outcome.kind !== 'answered') return outcome;
    if (outcome.tooLarge)
      return unavailable('too-expensive', 'the list of label names is larger than 8 MB and was not read');
    return readNames(outcome.body, now);
  });
}

/** What the names of a selection's labels are remembered under. */
function namesKey({ url }: Endpoint, of: Selection): string {
  return JSON.stringify(['label names', url.href, selector(of)]);
}

function readNames(body: string, at: number): Evidence<readonly string[]> {
  const { status, data, warnings } = asEnvelope(body) ?? {};
  const isList = Array.isArray(data) && data.every((name) => typeof name === 'string');
  if (status !== 'success' || !isList)
    return unavailable('invalid-response', 'the answer is not a Prometheus list of label names');
  const value = data.filter((name) => name !== METRIC_NAME && name !== '').sort();
  return { kind: 'found', value, at, partial: Array.isArray(warnings) && warnings.length > 0 };
}

function asEnvelope(body: string): { status?: unknown; data?: unknown; warnings?: unknown } | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}
