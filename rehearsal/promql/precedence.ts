import type { Expression, Operator } from './syntax.ts';

/** What a query is made of, in reading order: operands (with their postfixes), signs and binary operators. */
export type Item =
  | { readonly kind: 'operand'; readonly expression: Expression }
  | { readonly kind: 'sign'; readonly sign: '+' | '-' }
  | { readonly kind: 'operator'; readonly operator: Operator };

const LEVELS = [
  ['or'],
  ['and', 'unless'],
  ['==', '!=', '<=', '<', '>=', '>'],
  ['+', '-'],
  ['*', '/', '%', 'atan2'],
  ['^'],
];
const SIGN_LEVEL = LEVELS.findIndex((level) => level.includes('*'));

/**
 * Binds operands to operators as Prometheus does.
 * The lezer grammar cannot be followed here: it lets `offset` and `[…]` swallow the whole expression before them,
 * so that `a or b offset 5m and c` comes out as `(a or b offset 5m) and c`.
 */
export function bind(items: readonly Item[]): Expression {
  let position = 0;

  function operand(): Expression {
    const item = items[position];
    position += 1;
    if (item?.kind === 'operand') return item.expression;
    if (item?.kind !== 'sign') throw new TypeError('an operator without an operand');
    return { kind: 'unary', operator: item.sign, expression: climb(SIGN_LEVEL + 1) };
  }

  function climb(minimum: number): Expression {
    let left = operand();
    for (;;) {
      const item = items[position];
      if (item?.kind !== 'operator') return left;
      const level = LEVELS.findIndex((names) => names.includes(item.operator.name));
      if (level < minimum) return left;
      position += 1;
      const right = climb(item.operator.name === '^' ? level : level + 1);
      left = { kind: 'binary', operator: item.operator, left, right };
    }
  }

  return climb(0);
}
