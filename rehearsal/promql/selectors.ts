import { METRIC_NAME } from './labels.ts';
import { unquote } from './literals.ts';
import { compileMatcher } from './matchers.ts';
import type { Matcher } from './syntax.ts';
import { child, descendants, parseError } from './tree.ts';
import type { Node } from './tree.ts';

/** What a vector selector asks for, the metric name included. */
export function selectorMatchers(node: Node): Matcher[] {
  const braces = child(node, 'LabelMatchers');
  const quoted = braces?.children.filter(({ name }) => name === 'QuotedLabelName') ?? [];
  const identifier = child(node, 'Identifier');
  const names = [...(identifier ? [identifier.text] : []), ...quoted.map(unquoted)];
  const written = descendants(node, ['UnquotedLabelMatcher', 'QuotedLabelMatcher']).map(matcher);
  refuseSecondName(node, names, written);
  const all = [...names.map((name) => compiled(node, METRIC_NAME, '=', name)), ...written];
  if (all.every(({ matches }) => matches(''))) {
    throw parseError(node.position, 'vector selector must contain at least one non-empty matcher');
  }
  return all;
}

/** The names of a grouping or matching clause, quoted or not. */
export function labelNames(node: Node): string[] {
  return descendants(node, ['LabelName', 'QuotedLabelName']).map((name) =>
    name.name === 'LabelName' ? name.text : unquoted(name),
  );
}

export function unquoted(node: Node): string {
  const value = unquote(node.text);
  if (value === undefined)
    throw parseError(node.position, `error unquoting string ${JSON.stringify(node.text)}`);
  return value;
}

function refuseSecondName(node: Node, names: readonly string[], written: readonly Matcher[]): void {
  const [first, second] = names;
  if (first === undefined) return;
  const clash = second ?? written.find(({ label }) => label === METRIC_NAME)?.value;
  if (clash === undefined) return;
  throw parseError(node.position, `metric name must not be set twice: "${first}" or "${clash}"`);
}

function matcher(node: Node): Matcher {
  const [name] = labelNames(node);
  const operator = child(node, 'MatchOp');
  const value = node.children.at(-1);
  if (name === undefined || !operator || !value) throw parseError(node.position, 'incomplete matcher');
  return compiled(node, name, operator.text, unquoted(value));
}

function compiled(node: Node, label: string, operator: string, value: string): Matcher {
  const made = compileMatcher(label, operator, value);
  if (!made) throw parseError(node.position, `error parsing regexp: ${JSON.stringify(value)}`);
  return made;
}
