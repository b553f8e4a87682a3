import type { NotifierPorts } from './notifiers/notifier.ts';
import { printable } from './printable.ts';
import { hasCredentials } from './web-address.ts';

const PATIENCE_MS = 5000;

/**
 * Tells a service outside that all is well: what shares our account shares our fate. Returns why it did not take it, in
 * words without the address, which may be a secret; undefined where it did. Never rejects for what the network does.
 */
export async function beat(
  reference: string,
  { fetch, resolve }: Pick<NotifierPorts, 'fetch' | 'resolve'>,
): Promise<string | undefined> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const resolution = await resolve(reference, signal);
  if ('unresolved' in resolution) return `alerts.heartbeat: ${printable(resolution.unresolved)}`;
  const url = URL.parse(resolution.value);
  if (!url || !isSafe(url)) return 'alerts.heartbeat does not hold an https URL';
  try {
    const response = await fetch(url, { redirect: 'manual', signal });
    await response.body?.cancel();
    return response.ok ? undefined : `alerts.heartbeat answers HTTP ${response.status}`;
  } catch (error) {
    const kind = error instanceof Error && error.name === 'TimeoutError' ? 'in time' : 'at all';
    return `alerts.heartbeat does not answer ${kind}`;
  }
}

/** Over plain http only on this machine. */
function isSafe(url: URL): boolean {
  const isHere = url.protocol === 'http:' && url.hostname === '127.0.0.1';
  return (url.protocol === 'https:' || isHere) && !hasCredentials(url);
}
