import { isAggregator, takesParameter } from './aggregate.ts';
import { isArithmetic, isComparison, isSetOperator } from './binary.ts';
import { notSimulated } from './error.ts';
import { signatures } from './signatures.ts';
import type { ValueType } from './signatures.ts';
import type { Aggregation, Binary, Call, Expression, Subquery, Unary } from './syntax.ts';

type Fail = (message: string) => Error;

const WORDS: Readonly<Record<ValueType, string>> = {
  scalar: 'scalar',
  string: 'string',
  vector: 'instant vector',
  matrix: 'range vector',
};

/** The type of an expression. Throws what `fail` makes of the first reason why it has none. */
export function checkTypes(expression: Expression, fail: Fail): ValueType {
  switch (expression.kind) {
    case 'number':
      return 'scalar';
    case 'string':
      return 'string';
    case 'vectorSelector':
      return 'vector';
    case 'matrixSelector':
      return 'matrix';
    case 'paren':
      return checkTypes(expression.expression, fail);
    case 'subquery':
      return checkSubquery(expression, fail);
    case 'unary':
      return checkUnary(expression, fail);
    case 'binary':
      return checkBinary(expression, fail);
    case 'aggregation':
      return checkAggregation(expression, fail);
    default:
      return checkCall(expression, fail);
  }
}

function expect(expression: Expression, type: ValueType, context: string, fail: Fail): void {
  const actual = checkTypes(expression, fail);
  if (actual !== type) throw fail(`expected type ${WORDS[type]} in ${context}, got ${WORDS[actual]}`);
}

function checkSubquery({ expression }: Subquery, fail: Fail): ValueType {
  const type = checkTypes(expression, fail);
  if (type === 'vector') return 'matrix';
  throw fail(`subquery is only allowed on instant vector, got ${WORDS[type]} instead`);
}

function checkUnary({ expression }: Unary, fail: Fail): ValueType {
  const type = checkTypes(expression, fail);
  if (type === 'scalar' || type === 'vector') return type;
  throw fail(
    `unary expression only allowed on expressions of type scalar or instant vector, got "${WORDS[type]}"`,
  );
}

function checkBinary({ operator, left, right }: Binary, fail: Fail): ValueType {
  const types = [checkTypes(left, fail), checkTypes(right, fail)];
  if (operator.bool && !isComparison(operator.name)) {
    throw fail('bool modifier can only be used on comparison operators');
  }
  if (types.some((type) => type !== 'scalar' && type !== 'vector')) {
    throw fail('binary expression must contain only scalar and instant vector types');
  }
  const vectors = types.filter((type) => type === 'vector').length;
  if (vectors === 0 && isComparison(operator.name) && !operator.bool) {
    throw fail('comparisons between scalars must use BOOL modifier');
  }
  if (vectors < 2 && operator.matching) throw fail('vector matching only allowed between instant vectors');
  if (vectors < 2 && isSetOperator(operator.name)) {
    throw fail(`set operator "${operator.name}" not allowed in binary scalar expression`);
  }
  if (operator.matching?.grouped && isSetOperator(operator.name)) {
    throw fail(`no grouping allowed for "${operator.name}" operation`);
  }
  refuseUnsimulated(operator, vectors);
  return vectors === 0 ? 'scalar' : 'vector';
}

function refuseUnsimulated({ name, matching }: Binary['operator'], vectors: number): void {
  if (isSetOperator(name)) return;
  if (!isComparison(name) && !isArithmetic(name)) throw notSimulated(`operator ${name}`);
  if (vectors === 2 && isComparison(name)) throw notSimulated(`operator ${name} between two instant vectors`);
  if (matching?.grouped) throw notSimulated('group_left and group_right');
}

function checkAggregation({ operator, parameter, expression }: Aggregation, fail: Fail): ValueType {
  if (!isAggregator(operator)) throw notSimulated(`aggregation ${operator}`);
  expect(expression, 'vector', 'aggregation expression', fail);
  if (takesParameter(operator) !== (parameter !== undefined)) {
    const [expected, got] = parameter ? [1, 2] : [2, 1];
    throw fail(
      `wrong number of arguments for aggregate expression provided, expected ${expected}, got ${got}`,
    );
  }
  if (parameter) expect(parameter, 'scalar', 'aggregation parameter', fail);
  return 'vector';
}

function checkCall(call: Call, fail: Fail): ValueType {
  const signature = signatures.get(call.function);
  if (!signature) throw notSimulated(`function ${call.function}`);
  if (call.arguments.length !== signature.takes.length) {
    const { length } = signature.takes;
    throw fail(`expected ${length} argument(s) in call to "${call.function}", got ${call.arguments.length}`);
  }
  for (const [index, type] of signature.takes.entries()) {
    const argument = call.arguments[index];
    if (argument) expect(argument, type, `call to function "${call.function}"`, fail);
  }
  return signature.returns;
}
