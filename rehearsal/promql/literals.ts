import { Buffer } from 'node:buffer';

const ESCAPES = new Map([
  ['a', 7],
  ['b', 8],
  ['t', 9],
  ['n', 10],
  ['v', 11],
  ['f', 12],
  ['r', 13],
  ['"', 34],
  ["'", 39],
  ['\\', 92],
]);
const ESCAPE =
  /\\(?:([abtnvfr"'\\])|x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))|[^\\]+|\\/gu;

/** The text behind a quoted literal, by Go's rules, or undefined where it is malformed. */
export function unquote(literal: string): string | undefined {
  const quote = literal.at(0);
  if (literal.length < 2 || literal.at(-1) !== quote) return undefined;
  const body = literal.slice(1, -1);
  if (quote === '`') return body;
  const parts: Uint8Array[] = [];
  for (const match of body.matchAll(ESCAPE)) {
    const bytes = unescape(match, quote);
    if (bytes === undefined) return undefined;
    parts.push(bytes);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** `\x` and octal escapes are bytes, so the text is put together from bytes. */
function unescape(match: RegExpExecArray, quote: string | undefined): Uint8Array | undefined {
  const [text, letter, hexadecimal, octal, short, long] = match;
  if (letter !== undefined) {
    const otherQuote = (letter === '"' || letter === "'") && letter !== quote;
    return otherQuote ? undefined : Uint8Array.of(ESCAPES.get(letter) ?? 0);
  }
  if (hexadecimal !== undefined) return Uint8Array.of(Number.parseInt(hexadecimal, 16));
  if (octal !== undefined) {
    const byte = Number.parseInt(octal, 8);
    return byte > 255 ? undefined : Uint8Array.of(byte);
  }
  const code = short ?? long;
  if (code !== undefined) return codePoint(Number.parseInt(code, 16));
  return text === '\\' || text.includes('\n') ? undefined : Buffer.from(text, 'utf8');
}

function codePoint(code: number): Uint8Array | undefined {
  const surrogate = code >= 0xd8_00 && code <= 0xdf_ff;
  return surrogate || code > 0x10_ff_ff ? undefined : Buffer.from(String.fromCodePoint(code), 'utf8');
}

/** A number literal without its sign, or undefined. A leading zero means octal, as in Prometheus. */
export function parseNumber(text: string): number | undefined {
  if (/^inf$/iu.test(text)) return Infinity;
  if (/^nan$/iu.test(text)) return Number.NaN;
  if (/^0[0-7]+$/u.test(text)) return Number.parseInt(text, 8);
  if (/^0x[0-9a-f]+$/iu.test(text)) return Number(text);
  if (!/^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/iu.test(text)) return undefined;
  return Number.isFinite(Number(text)) ? Number(text) : undefined;
}

const UNITS: readonly (readonly [unit: string, milliseconds: number])[] = [
  ['y', 365 * 86_400_000],
  ['w', 7 * 86_400_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
];
const DURATION = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/u;

/** `1h30m` in milliseconds; undefined for anything else and for zero, which Prometheus 2 refuses. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text);
  if (!match) return undefined;
  const milliseconds = UNITS.reduce((sum, [, unit], index) => sum + Number(match[index + 1] ?? 0) * unit, 0);
  return milliseconds === 0 ? undefined : milliseconds;
}
