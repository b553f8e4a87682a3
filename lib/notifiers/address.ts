import { hasCredentials } from '../web-address.ts';

/** An address that may be posted to: https without credentials; plain http goes no further than this machine. */
export function postable(text: string): URL | undefined {
  const url = URL.parse(text);
  const isAllowed = url?.protocol === 'https:' || (url?.protocol === 'http:' && url.hostname === '127.0.0.1');
  return url && isAllowed && !hasCredentials(url) ? url : undefined;
}
