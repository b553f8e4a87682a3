import { METRIC_NAME } from './labels.ts';
import { parse } from './parse.ts';
import type { Expression, MatrixSelector, VectorSelector } from './syntax.ts';

export interface Extent {
  /** Every selector says exactly which metric it means. */
  readonly isNamed: boolean;
  /** How far back the query looks from the time of its evaluation, the lookback aside. Milliseconds. */
  readonly reach: number;
}

/** What a query would touch, found without evaluating it. Throws QueryError where it does not parse. */
export function extentOf(query: string): Extent {
  return extent(parse(query));
}

function extent(expression: Expression): Extent {
  switch (expression.kind) {
    case 'vectorSelector':
      return selected(expression, 0);
    case 'matrixSelector':
      return selected(expression, expression.range);
    case 'subquery': {
      const inner = extent(expression.expression);
      return { ...inner, reach: inner.reach + expression.range + (expression.offset ?? 0) };
    }
    case 'paren':
    case 'unary':
      return extent(expression.expression);
    case 'binary':
      return together([expression.left, expression.right]);
    case 'aggregation':
      return together([...(expression.parameter ? [expression.parameter] : []), expression.expression]);
    case 'call':
      return together(expression.arguments);
    default:
      return together([]);
  }
}

function selected({ matchers, offset }: VectorSelector | MatrixSelector, range: number): Extent {
  const isNamed = matchers.some(({ label, operator }) => label === METRIC_NAME && operator === '=');
  return { isNamed, reach: range + (offset ?? 0) };
}

function together(expressions: readonly Expression[]): Extent {
  const extents = expressions.map(extent);
  return {
    isNamed: extents.every(({ isNamed }) => isNamed),
    reach: Math.max(0, ...extents.map(({ reach }) => reach)),
  };
}
