import { average, maximum, minimum, sum } from './aggregate.ts';
import { QueryError } from './error.ts';
import { dropMetricName, METRIC_NAME } from './labels.ts';
import type { Labels } from './labels.ts';
import { anchored } from './matchers.ts';
import { unparenthesized } from './syntax.ts';
import type { Expression } from './syntax.ts';
import { withoutDuplicates } from './value.ts';
import type { MatrixSeries, Point, VectorSample } from './value.ts';

type OverTime = (points: readonly Point[]) => number;

const overTime: ReadonlyMap<string, OverTime> = new Map<string, OverTime>([
  ['last_over_time', (points) => points.at(-1)?.value ?? Number.NaN],
  ['present_over_time', () => 1],
  ['count_over_time', (points) => points.length],
  ['max_over_time', (points) => maximum(points.map(({ value }) => value))],
  ['min_over_time', (points) => minimum(points.map(({ value }) => value))],
  ['sum_over_time', (points) => sum(points.map(({ value }) => value))],
  ['avg_over_time', (points) => average(points.map(({ value }) => value))],
]);

/** The value below which the share `q` of the points lies, between two points in proportion. */
export function quantileOverTime(q: number, series: readonly MatrixSeries[]): readonly VectorSample[] {
  const samples = series
    .filter(({ points }) => points.length > 0)
    .map(({ labels, points }) => ({
      labels: dropMetricName(labels),
      value: quantile(
        q,
        points.map(({ value }) => value),
      ),
    }));
  return withoutDuplicates(samples);
}

/** NaN counts as smaller than any number. */
function quantile(q: number, values: readonly number[]): number {
  if (Number.isNaN(q)) return Number.NaN;
  if (q < 0) return -Infinity;
  if (q > 1) return Infinity;
  const sorted = values.toSorted((left, right) => {
    if (Number.isNaN(left) || Number.isNaN(right))
      return Number(Number.isNaN(right)) - Number(Number.isNaN(left));
    return left === right ? 0 : left < right ? -1 : 1;
  });
  const rank = q * (sorted.length - 1);
  const lower = Math.max(0, Math.floor(rank));
  const upper = Math.min(sorted.length - 1, lower + 1);
  const weight = rank - Math.floor(rank);
  return (sorted[lower] ?? Number.NaN) * (1 - weight) + (sorted[upper] ?? Number.NaN) * weight;
}

/** One sample per series that has points; all but last_over_time forget the metric name. */
export function applyOverTime(name: string, series: readonly MatrixSeries[]): readonly VectorSample[] {
  const reduce = overTime.get(name);
  if (!reduce) throw new TypeError(`no function ${name}`);
  const samples = series
    .filter(({ points }) => points.length > 0)
    .map(({ labels, points }) => ({
      labels: name === 'last_over_time' ? labels : dropMetricName(labels),
      value: reduce(points),
    }));
  return withoutDuplicates(samples);
}

/** One sample of value 1 where `samples` is empty, labelled with what its selector asked for by equality. */
export function absent(argument: Expression | undefined, samples: readonly VectorSample[]): VectorSample[] {
  if (samples.length > 0) return [];
  const bare = argument && unparenthesized(argument);
  const matchers = bare?.kind === 'vectorSelector' ? bare.matchers : [];
  const labels = new Map<string, string>();
  const seen = new Set<string>();
  for (const { label, operator, value } of matchers) {
    if (label === METRIC_NAME) continue;
    if (operator === '=' && !seen.has(label)) {
      if (value !== '') labels.set(label, value);
      seen.add(label);
    } else {
      labels.delete(label);
    }
  }
  return [{ labels, value: 1 }];
}

/** `$1`, `${1}`, `$name` and `$$`, as Go expands them. */
const REFERENCE = /\$(?:(\$)|\{(\w+)\}|(\w+))/gu;

/** Sets `target` from `source` where its whole value matches; an empty outcome removes the label. */
export function labelReplace(
  samples: readonly VectorSample[],
  [target, replacement, source, pattern]: readonly [string, string, string, string],
): readonly VectorSample[] {
  const compiled = anchored(pattern);
  if (!compiled) {
    throw new QueryError('execution', `invalid regular expression in label_replace(): ${pattern}`);
  }
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/u.test(target)) {
    throw new QueryError('execution', `invalid destination label name in label_replace(): ${target}`);
  }
  const replaced = samples.map(({ labels, value }) => {
    const match = compiled.exec(labels.get(source) ?? '');
    if (!match) return { labels, value };
    const expanded = replacement.replace(REFERENCE, (_, dollar, braced, bare) =>
      dollar === undefined ? group(match, String(braced ?? bare)) : '$',
    );
    return { labels: withLabel(labels, target, expanded), value };
  });
  return withoutDuplicates(replaced);
}

function group(match: readonly unknown[] & { groups?: unknown }, name: string): string {
  const found = /^\d+$/u.test(name)
    ? match[Number(name)]
    : Object.entries(match.groups ?? {}).find(([key]) => key === name)?.[1];
  return typeof found === 'string' ? found : '';
}

function withLabel(labels: Labels, name: string, value: string): Labels {
  const changed = new Map(labels);
  if (value === '') changed.delete(name);
  else changed.set(name, value);
  return changed;
}
