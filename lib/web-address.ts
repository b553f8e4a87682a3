const LONGEST = 2000;

/** An address that people may open: of the web, without credentials, written so that it cannot end a link. */
export function webAddress(text: string): string | undefined {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || hasCredentials(url)) return undefined;
  const href = url.href.replace(/[\\|<>"`\s]/g, (character) => encodeURIComponent(character));
  return href.length > LONGEST ? undefined : href;
}

export function hasCredentials({ username, password }: URL): boolean {
  return username !== '' || password !== '';
}

/** Where a signature may go: over https, or no further than this machine. */
export function isSafeToSign({ protocol, hostname }: URL): boolean {
  const isLoopback =
    hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback);
}
