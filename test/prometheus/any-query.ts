import * as fc from 'fast-check';

const { constantFrom, letrec, oneof, option, tuple } = fc;

const metric = constantFrom('m', 'm', 'm', 'n', 'n', 'special', 'up', 'nope', '');
const matcher = tuple(
  constantFrom('job', 'job', 'g', 'instance', 'code', '__proto__', 'nope'),
  constantFrom('=', '!=', '=~', '=~', '!~', '!~'),
  constantFrom(
    '',
    'pods',
    'nodes',
    'slow',
    'ended',
    'north',
    '1',
    'pods|slow',
    '.+',
    '.*',
    '(?i)N.*',
    'w.',
    '(a|b',
  ),
).map(([label, operator, value]) => `${label}${operator}${JSON.stringify(value)}`);
const offset = option(constantFrom('1m', '5m', '15m', '1h', '-2m', '4m59s999ms'), {
  nil: undefined,
  freq: 2,
}).map((amount) => (amount === undefined ? '' : ` offset ${amount}`));
/** Without a metric name, a matcher that no series lacks keeps the selector legal. */
const selector = tuple(metric, fc.array(matcher, { maxLength: 2, size: 'xsmall' })).map(([name, matchers]) =>
  name === '' ? `{${[...matchers, 'job=~".+"'].join(',')}}` : `${name}{${matchers.join(',')}}`,
);
const range = constantFrom('1s', '1m', '4m', '5m', '10m', '30m', '1h15m');
const step = constantFrom('1m', '5m', '7m', '');
const overTime = constantFrom('last', 'present', 'count', 'max', 'min', 'sum', 'avg').map(
  (name) => `${name}_over_time`,
);
const grouping = tuple(
  constantFrom('by', 'without'),
  fc.uniqueArray(constantFrom('job', 'g', 'instance', 'code', '__name__', '__proto__', 'nope'), {
    maxLength: 3,
  }),
).map(([word, labels]) => ` ${word} (${labels.join(', ')}) `);
const matching = option(
  tuple(constantFrom('on', 'ignoring'), fc.subarray(['job', 'g', 'instance', 'code'])).map(
    ([word, labels]) => ` ${word} (${labels.join(', ')})`,
  ),
  { nil: '' },
);
const number = constantFrom('0', '1', '2.5', '7', '-3', '1e3', '010', 'Inf', 'NaN', '1795175000');
const arithmetic = constantFrom('+', '-', '*', '/');
const comparison = constantFrom('==', '!=', '<', '<=', '>', '>=');

/** `bool` is always written between scalars, sometimes with a vector. */
const maybeBool = constantFrom('', ' bool');

/** A type and not an interface, which would not be assignable to a record. */
type Parts = Readonly<Record<'vector' | 'scalar' | 'matrix', string>>;

const { vector, scalar } = letrec<Parts>((tie) => ({
  scalar: oneof(
    { maxDepth: 2, withCrossShrink: true },
    number,
    constantFrom('time()'),
    tuple(tie('scalar'), arithmetic, tie('scalar')).map(([left, name, right]) => `${left} ${name} ${right}`),
    tuple(tie('scalar'), comparison, tie('scalar')).map(
      ([left, name, right]) => `${left} ${name} bool ${right}`,
    ),
    tie('scalar').map((inner) => `-(${inner})`),
  ),
  matrix: oneof(
    { maxDepth: 2 },
    tuple(selector, range, offset).map(([inner, length, shift]) => `${inner}[${length}]${shift}`),
    tuple(tie('vector'), range, step, offset).map(
      ([inner, length, every, shift]) => `(${inner})[${length}:${every}]${shift}`,
    ),
  ),
  vector: oneof(
    { maxDepth: 3, withCrossShrink: true },
    tuple(selector, offset).map(([inner, shift]) => `${inner}${shift}`),
    tuple(overTime, tie('matrix')).map(([name, inner]) => `${name}(${inner})`),
    tuple(constantFrom('timestamp', 'absent', '-', '+', ''), tie('vector')).map(
      ([name, inner]) => `${name}(${inner})`,
    ),
    tuple(
      constantFrom('count', 'sum', 'min', 'max', 'avg', 'group'),
      option(grouping, { nil: '' }),
      tie('vector'),
    ).map(([name, groups, inner]) => `${name}${groups}(${inner})`),
    tuple(
      tie('vector'),
      constantFrom('g', 'x', '__name__'),
      constantFrom('', 'y', '$1-$$'),
      constantFrom('', 'g', 'job'),
    ).map(
      ([inner, target, replacement, source]) =>
        `label_replace(${inner}, "${target}", "${replacement}", "${source}", "(.*)")`,
    ),
    tuple(tie('vector'), oneof(arithmetic, comparison), tie('scalar')).map(
      ([left, name, right]) => `${left} ${name} ${right}`,
    ),
    tuple(tie('scalar'), comparison, maybeBool, tie('vector')).map(
      ([left, name, bool, right]) => `${left} ${name}${bool} (${right})`,
    ),
    tuple(tie('vector'), constantFrom('and', 'or', 'unless'), matching, tie('vector')).map(
      ([left, name, clause, right]) => `${left} ${name}${clause} ${right}`,
    ),
  ),
}));

/** Queries out of the supported part of the language, most of them well-typed. */
export const anyQuery = oneof(
  { weight: 8, arbitrary: vector },
  { weight: 1, arbitrary: scalar },
  {
    weight: 1,
    arbitrary: tuple(constantFrom('topk', 'bottomk'), constantFrom('0', '1', '3', '-1', 'NaN'), vector).map(
      ([name, size, inner]) => `${name}(${size}, ${inner})`,
    ),
  },
);
