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
