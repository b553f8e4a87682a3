import { checkTypes } from './check.ts';
import { notSimulated } from './error.ts';
import { parseDuration, parseNumber } from './literals.ts';
import { bind } from './precedence.ts';
import type { Item } from './precedence.ts';
import { labelNames, selectorMatchers, unquoted } from './selectors.ts';
import type { Aggregation, Expression, Matching, Operator } from './syntax.ts';
import { child, parseError, parseTree } from './tree.ts';
import type { Node } from './tree.ts';

/** The expression that a query says. Throws QueryError where it is malformed, ill-typed or not simulated. */
export function parse(query: string): Expression {
  const root = parseTree(query);
  const parsed = expression(root);
  checkTypes(parsed, (message) => parseError(root.position, message));
  return parsed;
}

function expression(node: Node): Expression {
  return bind(items(node));
}

function items(node: Node): Item[] {
  switch (node.name) {
    case 'BinaryExpr':
      return [
        ...items(at(node, 0)),
        { kind: 'operator', operator: operator(node) },
        ...items(at(node, node.children.length - 1)),
      ];
    case 'UnaryExpr':
      return [sign(at(node, 0).text), ...items(at(node, 1))];
    case 'NumberDurationLiteral':
      return number(node);
    case 'OffsetExpr':
    case 'MatrixSelector':
    case 'SubqueryExpr':
      return withPostfix(items(at(node, 0)), node);
    default:
      return [{ kind: 'operand', expression: operand(node) }];
  }
}

function at(node: Node, index: number): Node {
  const found = node.children[index];
  if (!found) throw parseError(node.position, 'unexpected end of input');
  return found;
}

function sign(text: string): Item {
  return { kind: 'sign', sign: text === '-' ? '-' : '+' };
}

function number(node: Node): Item[] {
  const signed = /^[+-]/u.exec(node.text)?.[0];
  const value = parseNumber(node.text.slice(signed?.length ?? 0).trim());
  if (value === undefined) {
    throw parseError(node.position, `bad number or duration syntax: ${JSON.stringify(node.text)}`);
  }
  const literal: Item = { kind: 'operand', expression: { kind: 'number', value } };
  return signed === undefined ? [literal] : [sign(signed), literal];
}

function withPostfix(operands: Item[], node: Node): Item[] {
  const last = operands.pop();
  if (last?.kind !== 'operand') throw parseError(node.position, 'unexpected end of input');
  const postfix = node.name === 'OffsetExpr' ? offset : range;
  return [...operands, { kind: 'operand', expression: postfix(last.expression, node) }];
}

function range(inner: Expression, node: Node): Expression {
  const length = duration(at(node, 1));
  if (node.name === 'SubqueryExpr') {
    const step = node.children[2];
    return {
      kind: 'subquery',
      expression: inner,
      range: length,
      step: step && duration(step),
      offset: undefined,
    };
  }
  if (inner.kind !== 'vectorSelector') {
    throw parseError(node.position, 'ranges only allowed for vector selectors');
  }
  if (inner.offset !== undefined) throw parseError(node.position, 'no offset modifiers allowed before range');
  return { kind: 'matrixSelector', matchers: inner.matchers, range: length, offset: undefined };
}

function offset(inner: Expression, node: Node): Expression {
  if (inner.kind !== 'vectorSelector' && inner.kind !== 'matrixSelector' && inner.kind !== 'subquery') {
    const allowed = 'an instant vector selector or range vector selector or a subquery';
    throw parseError(node.position, `offset modifier must be preceded by ${allowed}`);
  }
  if (inner.offset !== undefined) throw parseError(node.position, 'offset may not be set multiple times');
  const amount = at(node, 2);
  const signed = child(amount, 'UnaryOp');
  const milliseconds = duration(signed ? at(amount, 1) : amount);
  return { ...inner, offset: signed?.text === '-' ? -milliseconds : milliseconds };
}

function duration(node: Node): number {
  const milliseconds = parseDuration(node.text);
  if (milliseconds !== undefined) return milliseconds;
  throw parseError(node.position, `not a valid duration string: ${JSON.stringify(node.text)}`);
}

function operator(node: Node): Operator {
  if (child(node, 'FillModifier')) throw notSimulated('fill modifiers');
  const clause = child(node, 'MatchingModifierClause');
  return {
    name: at(node, 1).text.toLowerCase(),
    bool: child(node, 'BoolModifier') !== undefined,
    matching: clause && matching(clause),
  };
}

function matching(clause: Node): Matching {
  const grouped = (child(clause, 'GroupLeft') ?? child(clause, 'GroupRight')) !== undefined;
  return { on: child(clause, 'On') !== undefined, grouped, labels: labelNames(clause) };
}

function operand(node: Node): Expression {
  switch (node.name) {
    case 'StringLiteral':
      return { kind: 'string', value: unquoted(node) };
    case 'ParenExpr':
      return { kind: 'paren', expression: expression(at(node, 0)) };
    case 'VectorSelector':
      return { kind: 'vectorSelector', matchers: selectorMatchers(node), offset: undefined };
    case 'AggregateExpr':
      return aggregation(node);
    case 'FunctionCall':
      return { kind: 'call', function: at(node, 0).text, arguments: callArguments(node) };
    default:
      throw notSimulated(`${node.name} (${JSON.stringify(node.text)})`);
  }
}

function callArguments(node: Node): Expression[] {
  return (child(node, 'FunctionCallBody')?.children ?? []).map(expression);
}

function aggregation(node: Node): Aggregation {
  const modifier = child(node, 'AggregateModifier');
  const given = callArguments(node);
  const last = given.at(-1);
  if (!last || given.length > 2) {
    throw parseError(
      node.position,
      `wrong number of arguments for aggregate expression, got ${given.length}`,
    );
  }
  return {
    kind: 'aggregation',
    operator: at(node, 0).text.toLowerCase(),
    by: !modifier || !child(modifier, 'Without'),
    labels: modifier ? labelNames(modifier) : [],
    parameter: given.length === 2 ? given[0] : undefined,
    expression: last,
  };
}
