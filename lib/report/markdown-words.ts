import { printable } from '../printable.ts';
import { webAddress } from '../web-address.ts';

/**
 * Text from outside as an inline code span: in it neither markup, HTML, links, images nor mentions mean anything. Its
 * fence is longer than any run of backticks within.
 */
export function code(text: string, limit = 300): string {
  const shown = printable(text, limit).toWellFormed();
  if (shown.trim() === '') return '(empty)';
  const fence = '`'.repeat(longestRun(shown) + 1);
  const pad = /^[` ]|[` ]$/.test(shown) ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/**
 * The same for a cell of a table, where `|` is shown as a line that looks like it: renderers disagree about which
 * backslashes before it count, and where the cell ends there, so does the code.
 */
export function cell(text: string, limit: number): string {
  return code(text.replaceAll('|', '\u2502'), limit);
}

/** Text from outside as a block of code, exactly as it is to be copied; a longer one is cut. */
export function codeBlock(text: string, limit = 4000): string {
  const shown = printable(text, limit).toWellFormed();
  const fence = '`'.repeat(Math.max(3, longestRun(shown) + 1));
  return `${fence}\n${shown}\n${fence}`;
}

/** A link where the text is a web address, else the text as code. */
export function link(label: string, address: string): string {
  const url = webAddress(address);
  return url === undefined ? `${label}: ${code(address)}` : `[${label}](<${url}>)`;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
