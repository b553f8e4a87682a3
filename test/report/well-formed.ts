/**
 * What keeps a text from being well-formed XML of the plain kind that is written here: elements, quoted attributes, CDATA.
 * undefined where it is; the proof asks a real parser.
 */
export function notWellFormed(xml: string): string | undefined {
  if (!xml.isWellFormed()) return 'half of a surrogate pair';
  const illegal = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.exec(xml);
  if (illegal) return `the character U+${illegal[0].codePointAt(0)?.toString(16)}`;
  const open: string[] = [];
  let rest = xml.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '');
  const tokens = [
    /^<!\[CDATA\[(?:[^\]]|\](?!\]>))*\]\]>/,
    /^<(?<opens>[a-z-]+)(?: [a-z]+="(?:[^<&"]|&(?:lt|gt|amp|quot|#x[0-9A-F]+);)*")*(?<empty>\/?)>/,
    /^<\/(?<closes>[a-z-]+)>/,
    /^\s+/,
  ];
  while (rest !== '') {
    const found = tokens.map((token) => token.exec(rest)).find((match) => match !== null);
    if (!found) return `at ${rest.slice(0, 60)}`;
    const { opens, empty, closes } = found.groups ?? {};
    if (opens && !empty) open.push(opens);
    if (closes && open.pop() !== closes) return `</${closes}> closes nothing`;
    rest = rest.slice(found[0].length);
  }
  return open.length > 0 ? `<${open.join('><')}> stays open` : undefined;
}
