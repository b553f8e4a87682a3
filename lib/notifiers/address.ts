/** An address that may be posted to: https without credentials; plain http goes no further than this machine. */
export function postable(text: string): URL | undefined {
  const url = URL.parse(text);
  const isAllowed = url?.protocol === 'https:' || (url?.protocol === 'http:' && url.hostname === '127.0.0.1');
  return url && isAllowed && !hasCredentials(url) ? url : undefined;
}

const LONGEST_URL = 2000;

/** An address that people may open: of the web, without credentials, written so that it cannot end a link. */
export function openable(text: string): string | undefined {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || hasCredentials(url)) return undefined;
  const href = url.href.replace(/[|<>"`\s]/g, (character) => encodeURIComponent(character));
  return href.length > LONGEST_URL ? undefined : href;
}

function hasCredentials({ username, password }: URL): boolean {
  return username !== '' || password !== '';
}
