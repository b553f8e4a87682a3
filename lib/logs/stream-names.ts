import type { StreamFault } from './questions.ts';

/** What an exporter writes where it has no value for a placeholder (awsemf, awscloudwatchlogs). */
export const NOTHING_PUT_IN = 'undefined';

/**
 * What is wrong with the name of a stream that should be called like a pattern, in which `{name}` stands for one or more
 * characters; undefined where nothing is. A placeholder that may stand for the literal `undefined`, or has it between dots
 * or slashes, had no value; so had what leaves two slashes together.
 */
export function faultOf(name: string, like: string): StreamFault | undefined {
  const values = valuesIn(name, like);
  if (!values) return { is: 'unlike' };
  const placeholder =
    values.find(([, value]) => value.split(/[./]/).includes(NOTHING_PUT_IN))?.[0] ??
    values.find(([one]) => valuesIn(name, like.replace(one, NOTHING_PUT_IN)))?.[0];
  if (placeholder !== undefined) return { is: 'undefined', placeholder };
  return name.includes('//') && !like.includes('//') ? { is: 'empty' } : undefined;
}

/** What each placeholder stands for, the shortest that fits; undefined where the name does not fit. Takes linear time. */
function valuesIn(name: string, like: string): [placeholder: string, value: string][] | undefined {
  const placeholders = like.match(/\{\w+\}/g) ?? [];
  const [first = '', ...literals] = like.split(/\{\w+\}/);
  if (placeholders.length === 0) return name === like ? [] : undefined;
  if (!name.startsWith(first)) return undefined;
  const values: [string, string][] = [];
  let from = first.length;
  for (const [index, placeholder] of placeholders.entries()) {
    const literal = literals[index] ?? '';
    const isLast = index === placeholders.length - 1;
    const to = isLast ? lastBegin(name, literal) : name.indexOf(literal, from + 1);
    if (to <= from) return undefined;
    values.push([placeholder, name.slice(from, to)]);
    from = to + literal.length;
  }
  return values;
}

/** Where the name's end begins; -1 where it ends otherwise. */
function lastBegin(name: string, end: string): number {
  return name.endsWith(end) ? name.length - end.length : -1;
}
