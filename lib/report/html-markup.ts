import { printable } from '../printable.ts';

/** A piece of HTML that is right as it is. Only `html` makes it, so that no other text gets by unescaped. */
export interface Markup {
  readonly markup: string;
}

type Part = Markup | string | number | readonly Part[];

/** Writes HTML. What stands in `${}` is text and is escaped, in elements and in quoted attributes, unless it is Markup. */
export function html(fixed: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const markup = fixed.reduce((all, piece, index) => all + rendered(parts[index - 1] ?? '') + piece);
  return { markup };
}

/** Text from outside, on one line and cut, for `html`. */
export function words(text: string, limit = 300): string {
  return printable(text, limit).toWellFormed();
}

export const nothing: Markup = { markup: '' };

function rendered(part: Part): string {
  if (typeof part === 'string') return escaped(part);
  if (typeof part === 'number') return String(part);
  return 'markup' in part ? part.markup : part.map(rendered).join('');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}
