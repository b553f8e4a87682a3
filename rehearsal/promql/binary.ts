import { notSimulated } from './error.ts';
import { dropLabels, dropMetricName, keepLabels, labelsKey, METRIC_NAME } from './labels.ts';
import type { Labels } from './labels.ts';
import type { Matching, Operator } from './syntax.ts';
import { withoutDuplicates } from './value.ts';
import type { Value, VectorSample } from './value.ts';

type Operation<Result> = (left: number, right: number) => Result;

const arithmetic: ReadonlyMap<string, Operation<number>> = new Map<string, Operation<number>>([
  ['+', (left, right) => left + right],
  ['-', (left, right) => left - right],
  ['*', (left, right) => left * right],
  ['/', (left, right) => left / right],
]);

const comparisons: ReadonlyMap<string, Operation<boolean>> = new Map<string, Operation<boolean>>([
  ['==', (left, right) => left === right],
  ['!=', (left, right) => left !== right],
  ['>', (left, right) => left > right],
  ['<', (left, right) => left < right],
  ['>=', (left, right) => left >= right],
  ['<=', (left, right) => left <= right],
]);

const setOperators: ReadonlySet<string> = new Set(['and', 'or', 'unless']);

export function isArithmetic(name: string): boolean {
  return arithmetic.has(name);
}

export function isComparison(name: string): boolean {
  return comparisons.has(name);
}

export function isSetOperator(name: string): boolean {
  return setOperators.has(name);
}

/** The result of two operands whose types the parser has checked. */
export function binary(operator: Operator, left: Value, right: Value): Value {
  if (left.type === 'scalar' && right.type === 'scalar') {
    return { type: 'scalar', value: calculate(operator.name, left.value, right.value) };
  }
  if (left.type === 'vector' && right.type === 'vector') {
    return { type: 'vector', samples: combine(operator, left.samples, right.samples) };
  }
  if (left.type === 'vector' && right.type === 'scalar') {
    const samples = withScalar(operator, left.samples, (value) => [value, right.value]);
    return { type: 'vector', samples };
  }
  if (left.type === 'scalar' && right.type === 'vector') {
    const samples = withScalar(operator, right.samples, (value) => [left.value, value]);
    return { type: 'vector', samples };
  }
  throw new TypeError(`no ${operator.name} of ${left.type} and ${right.type}`);
}

function calculate(name: string, left: number, right: number): number {
  const compare = comparisons.get(name);
  return compare ? Number(compare(left, right)) : (arithmetic.get(name)?.(left, right) ?? Number.NaN);
}

/** A comparison without `bool` filters: it keeps the vector's own values, and their names. */
function withScalar(
  { name, bool }: Operator,
  samples: readonly VectorSample[],
  sides: (value: number) => [left: number, right: number],
): readonly VectorSample[] {
  const compare = comparisons.get(name);
  if (compare && !bool) return withoutDuplicates(samples.filter(({ value }) => compare(...sides(value))));
  return withoutDuplicates(
    samples.map(({ labels, value }) => ({
      labels: dropMetricName(labels),
      value: calculate(name, ...sides(value)),
    })),
  );
}

function combine(
  operator: Operator,
  left: readonly VectorSample[],
  right: readonly VectorSample[],
): readonly VectorSample[] {
  const { name, matching } = operator;
  if (isArithmetic(name)) return pairwise(operator, left, right);
  const keyOf = ({ labels }: VectorSample) => labelsKey(compared(labels, matching));
  const keys = new Set((name === 'or' ? left : right).map(keyOf));
  switch (name) {
    case 'and':
      return left.filter((sample) => keys.has(keyOf(sample)));
    case 'unless':
      return left.filter((sample) => !keys.has(keyOf(sample)));
    default:
      return withoutDuplicates([...left, ...right.filter((sample) => !keys.has(keyOf(sample)))]);
  }
}

/** Arithmetic of the samples that have equal labels on both sides. Of two with equal labels on one side there is none. */
function pairwise(
  { name, matching }: Operator,
  left: readonly VectorSample[],
  right: readonly VectorSample[],
): readonly VectorSample[] {
  const keyOf = ({ labels }: VectorSample) => labelsKey(compared(labels, matching));
  if (left.length === 0 || right.length === 0) return [];
  const partners = onlyOnes(right, keyOf, 'right');
  const matched = left.filter((sample) => partners.has(keyOf(sample)));
  onlyOnes(matched, keyOf, 'left');
  const samples = matched.map((sample) => ({
    labels: matching?.on
      ? keepLabels(sample.labels, matching.labels)
      : dropLabels(sample.labels, [METRIC_NAME, ...(matching?.labels ?? [])]),
    value: calculate(name, sample.value, partners.get(keyOf(sample))?.value ?? Number.NaN),
  }));
  return withoutDuplicates(samples);
}

function onlyOnes(
  samples: readonly VectorSample[],
  keyOf: (sample: VectorSample) => string,
  side: 'left' | 'right',
): ReadonlyMap<string, VectorSample> {
  const found = new Map<string, VectorSample>();
  for (const sample of samples) {
    if (found.has(keyOf(sample))) throw notSimulated(`two samples with equal labels on the ${side}`);
    found.set(keyOf(sample), sample);
  }
  return found;
}

function compared(labels: Labels, matching: Matching | undefined): Labels {
  if (matching?.on) return keepLabels(labels, matching.labels);
  return dropLabels(labels, [METRIC_NAME, ...(matching?.labels ?? [])]);
}
