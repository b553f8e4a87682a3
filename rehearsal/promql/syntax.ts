export type Expression =
  | NumberLiteral
  | StringLiteral
  | VectorSelector
  | MatrixSelector
  | Subquery
  | Paren
  | Unary
  | Binary
  | Aggregation
  | Call;

export interface NumberLiteral {
  readonly kind: 'number';
  readonly value: number;
}

export interface StringLiteral {
  readonly kind: 'string';
  readonly value: string;
}

export interface Matcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
  /** A label that a series does not have is compared as the empty text. */
  readonly matches: (value: string) => boolean;
}

export interface VectorSelector {
  readonly kind: 'vectorSelector';
  readonly matchers: readonly Matcher[];
  /** Milliseconds; undefined where the query has no `offset`. */
  readonly offset: number | undefined;
}

export interface MatrixSelector {
  readonly kind: 'matrixSelector';
  readonly matchers: readonly Matcher[];
  /** Milliseconds. */
  readonly range: number;
  readonly offset: number | undefined;
}

export interface Subquery {
  readonly kind: 'subquery';
  readonly expression: Expression;
  readonly range: number;
  /** Milliseconds; undefined for the server's default. */
  readonly step: number | undefined;
  readonly offset: number | undefined;
}

export interface Paren {
  readonly kind: 'paren';
  readonly expression: Expression;
}

export interface Unary {
  readonly kind: 'unary';
  readonly operator: '+' | '-';
  readonly expression: Expression;
}

export interface Matching {
  readonly on: boolean;
  /** `group_left` or `group_right`. */
  readonly grouped: boolean;
  readonly labels: readonly string[];
}

export interface Operator {
  readonly name: string;
  readonly bool: boolean;
  readonly matching: Matching | undefined;
}

export interface Binary {
  readonly kind: 'binary';
  readonly operator: Operator;
  readonly left: Expression;
  readonly right: Expression;
}

export interface Aggregation {
  readonly kind: 'aggregation';
  readonly operator: string;
  readonly by: boolean;
  readonly labels: readonly string[];
  /** The `k` of topk and bottomk. */
  readonly parameter: Expression | undefined;
  readonly expression: Expression;
}

export interface Call {
  readonly kind: 'call';
  readonly function: string;
  readonly arguments: readonly Expression[];
}

/** The expression inside any number of parentheses. */
export function unparenthesized(expression: Expression): Expression {
  return expression.kind === 'paren' ? unparenthesized(expression.expression) : expression;
}
