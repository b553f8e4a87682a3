import type { Matcher } from '../config/values.ts';
import type { Use } from './questions.ts';

/** Names, texts in each of their quotes, comments, operators of matchers, braces; anything else is passed over. */
const TOKEN =
  /[a-zA-Z_:][\w:.]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`|#[^\n]*|=~|!~|!=|=|[{},()]|[^\s]/gsu;
const NAME = /^[a-zA-Z_:]/u;
const OPERATORS: readonly string[] = ['=', '!=', '=~', '!~'] satisfies readonly Matcher['operator'][];
/** No query that people wrote is longer. */
const LONGEST = 100_000;

/**
 * The selectors of a PromQL query, each with its matchers. It reads the words, not the grammar: what it takes too much,
 * such as the name of a function, is no metric that anybody asks about.
 */
export function promqlUses(query: string): readonly Use[] {
  const tokens = (query.slice(0, LONGEST).match(TOKEN) ?? []).filter((token) => !token.startsWith('#'));
  const words = new Set(tokens.filter((token) => NAME.test(token)));
  const uses: Use[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] ?? '';
    const isName = NAME.test(token);
    const opens = isName && tokens[at + 1] === '{' ? at + 1 : token === '{' ? at : undefined;
    const { metric, match, end } = opens === undefined ? noBraces(at) : matchersFrom(tokens, opens);
    if (metric !== undefined) uses.push({ metric, match, words });
    if (isName) uses.push({ metric: token, match, words });
    for (const { label } of match) words.add(label);
    at = end;
  }
  return uses;
}

interface Braces {
  /** Named inside of them, by a text alone or as `__name__`. */
  readonly metric: string | undefined;
  readonly match: readonly Matcher[];
  /** Where the last of their tokens is. */
  readonly end: number;
}

function noBraces(at: number): Braces {
  return { metric: undefined, match: [], end: at };
}

/** What stands between the brace at `from` and the one that closes it. */
function matchersFrom(tokens: readonly string[], from: number): Braces {
  const match: Matcher[] = [];
  let metric: string | undefined;
  let at = from + 1;
  for (; at < tokens.length && tokens[at] !== '}'; at += 1) {
    const [label = '', operator = '', value = ''] = tokens.slice(at, at + 3);
    if (!isOperator(operator)) {
      if (isText(label)) metric = textOf(label);
      continue;
    }
    if (label !== '__name__') match.push({ label: textOf(label), operator, value: textOf(value) });
    else if (operator === '=') metric = textOf(value);
    at += 2;
  }
  return { metric, match, end: at };
}

function isOperator(token: string): token is Matcher['operator'] {
  return OPERATORS.includes(token);
}

function isText(token: string): boolean {
  return /^["'`]/u.test(token);
}

/** A text without its quotes. Of escapes only those of quotes and backslashes matter to what is compared here. */
function textOf(token: string): string {
  if (!isText(token)) return token;
  const inside = token.slice(1, -1);
  return token.startsWith('`') ? inside : inside.replace(/\\(.)/gsu, '$1');
}
