import { QueryError } from './error.ts';
import { dropLabels, keepLabels, labelsKey, METRIC_NAME, valuesKey } from './labels.ts';
import type { Labels } from './labels.ts';
import type { Aggregation } from './syntax.ts';
import { formatValue } from './value.ts';
import type { VectorSample } from './value.ts';

const reducers: ReadonlyMap<string, (values: readonly number[]) => number> = new Map([
  ['count', (values: readonly number[]) => values.length],
  ['group', () => 1],
  ['sum', sum],
  ['avg', average],
  ['max', maximum],
  ['min', minimum],
]);

export function isAggregator(name: string): boolean {
  return reducers.has(name) || takesParameter(name);
}

export function takesParameter(name: string): boolean {
  return name === 'topk' || name === 'bottomk';
}

/** The largest value; NaN only where there is nothing else. */
export function maximum(values: readonly number[]): number {
  return values.reduce((best, value) => (value > best || Number.isNaN(best) ? value : best), Number.NaN);
}

/** The smallest value; NaN only where there is nothing else. */
export function minimum(values: readonly number[]): number {
  return values.reduce((best, value) => (value < best || Number.isNaN(best) ? value : best), Number.NaN);
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export function average(values: readonly number[]): number {
  return sum(values) / values.length;
}

/** One sample per group, or at most `parameter` of each group for topk and bottomk. */
export function aggregate(
  { operator, by, labels: names }: Aggregation,
  samples: readonly VectorSample[],
  parameter: number | undefined,
): readonly VectorSample[] {
  const dropped = [...names, METRIC_NAME];
  const groups = by
    ? groupSamples(
        samples,
        (labels) => valuesKey(labels, names),
        (labels) => keepLabels(labels, names),
      )
    : groupSamples(
        samples,
        (labels) => labelsKey(dropLabels(labels, dropped)),
        (labels) => dropLabels(labels, dropped),
      );
  const reduce = reducers.get(operator);
  if (reduce) {
    return groups.map(({ labels, members }) => ({
      labels,
      value: reduce(members.map(({ value }) => value)),
    }));
  }
  const limit = groupSize(parameter);
  return groups.flatMap(({ members }) => ranked(members, operator === 'topk').slice(0, limit));
}

interface Group {
  readonly labels: Labels;
  readonly members: VectorSample[];
}

function groupSamples(
  samples: readonly VectorSample[],
  keyOf: (labels: Labels) => string,
  labelsOf: (labels: Labels) => Labels,
): Group[] {
  const groups = new Map<string, Group>();
  for (const sample of samples) {
    const key = keyOf(sample.labels);
    const group = groups.get(key);
    if (group) group.members.push(sample);
    else groups.set(key, { labels: labelsOf(sample.labels), members: [sample] });
  }
  return [...groups.values()];
}

function groupSize(parameter: number | undefined): number {
  const size = Math.trunc(parameter ?? Number.NaN);
  if (Number.isNaN(size) || Math.abs(size) >= 2 ** 63) {
    throw new QueryError('execution', `Scalar value ${formatValue(parameter ?? Number.NaN)} overflows int64`);
  }
  return Math.max(0, size);
}

/** Best first; NaN is the worst of all, and what ties keeps its order. */
function ranked(members: readonly VectorSample[], largest: boolean): VectorSample[] {
  return members.toSorted(({ value: left }, { value: right }) => {
    if (Number.isNaN(left) || Number.isNaN(right))
      return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
    if (left === right) return 0;
    return left > right === largest ? -1 : 1;
  });
}
