import { NAME_WRITTEN, nameWritten } from './addresses.ts';
import { isChannelSecret } from './env.ts';
import { type Fault, type Path, quote, valueAt, WRITTEN } from './problems.ts';
import { printable } from '../printable.ts';
import type { ReadText } from './yaml-text.ts';

/** `cluster "prod-eu", signal "scrape-canary", fresh: "4 min" is not a duration …; write …` */
export function messageOf(fault: Fault, source: ReadText): string {
  const place = placeOf(source.value, fault.on === 'key' ? fault.path.slice(0, -1) : fault.path);
  const subject = subjectOf(fault, source);
  const other = fault.other ? ` (line ${source.positionOf(fault.other, 'value').line})` : '';
  const says = fault.says
    .replaceAll(WRITTEN, () => numeral(fault.path, source))
    .replaceAll(NAME_WRITTEN, () => printable(nameWritten(valueAt(source.value, fault.path)), 512))
    .replace(';', () => `${other};`);
  return `${place}${subject === '' ? '' : `: ${subject}`} ${says}`;
}

/** What the sentence is about: a key, or a value as it is written. Empty where the place says it. */
function subjectOf({ path, on }: Fault, source: ReadText): string {
  if (on === 'key') return `key ${quote(String(path.at(-1)))}`;
  const value = valueAt(source.value, path);
  if (isChannelSecret(path) || typeof value === 'object' || value === undefined) return '';
  return typeof value === 'string' ? quote(value) : numeral(path, source);
}

function numeral(path: Path, source: ReadText): string {
  return (source.numeralAt(path) ?? String(valueAt(source.value, path))).slice(0, 60);
}

/** Named as the file has it, by the names of cluster and signal where they have one. */
export function placeOf(written: unknown, path: Path): string {
  const parts: string[] = [];
  for (const [list, word] of LISTS) {
    const depth = 2 * parts.length;
    const index = path[depth + 1];
    if (path[depth] !== list || index === undefined) break;
    const name = valueAt(written, [...path.slice(0, depth + 2), 'name']);
    parts.push(typeof name === 'string' ? `${word} ${quote(name)}` : `${list}[${index}]`);
  }
  const keys = path
    .slice(2 * parts.length)
    .map(keyText)
    .join('')
    .replace(/^\./, '');
  return [...parts, ...(keys === '' ? [] : [keys])].join(', ') || 'the configuration';
}

const LISTS = [
  ['clusters', 'cluster'],
  ['signals', 'signal'],
] as const;

function keyText(key: string | number): string {
  if (typeof key === 'number') return `[${key}]`;
  return /^[A-Za-z_][A-Za-z0-9_]{0,59}$/.test(key) ? `.${key}` : `[${quote(key)}]`;
}
