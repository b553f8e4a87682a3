import type { Storage, StoredSeries } from '../storage.ts';
import { aggregate } from './aggregate.ts';
import { binary } from './binary.ts';
import { QueryError } from './error.ts';
import { absent, applyOverTime, labelReplace, quantileOverTime } from './functions.ts';
import { dropMetricName, labelsKey } from './labels.ts';
import type { Labels } from './labels.ts';
import { matchesAll } from './matchers.ts';
import { parse } from './parse.ts';
import { unparenthesized } from './syntax.ts';
import type {
  Aggregation,
  Call,
  Expression,
  MatrixSelector,
  Matcher,
  Subquery,
  VectorSelector,
} from './syntax.ts';
import { withoutDuplicates } from './value.ts';
import type { MatrixSeries, Point, Value, VectorSample } from './value.ts';

const LOOKBACK = 5 * 60_000;
/** Most series have a sample this recent, so that the rest of the lookback need not be computed. */
const FIRST_LOOK = 60_000;
const DEFAULT_STEP = 60_000;

export interface Limits {
  /** More samples than this are an execution error. */
  readonly maxSamplesProcessed?: number | undefined;
}

export interface Answer {
  readonly result: Extract<Value, { type: 'scalar' | 'vector' }>;
  /** What Prometheus calls total queryable samples, and AMP bills. */
  readonly samplesProcessed: number;
}

interface Evaluation {
  readonly storage: Storage;
  readonly at: number;
  /** Which series a selector means, found once for all steps of a subquery. */
  readonly selected: Map<readonly Matcher[], readonly StoredSeries[]>;
  readonly count: (samples: number) => void;
}

/** Evaluates an instant query at `at` (ms). Throws QueryError where Prometheus would answer with an error. */
export function evaluateQuery(query: string, storage: Storage, at: number, limits: Limits = {}): Answer {
  const expression = parsed(query);
  let samplesProcessed = 0;
  const count = (samples: number) => {
    samplesProcessed += samples;
    refuseAbove(limits.maxSamplesProcessed, samplesProcessed);
  };
  const result = evaluate(expression, { storage, at, selected: new Map(), count });
  if (result.type === 'scalar' || result.type === 'vector') return { result, samplesProcessed };
  throw new QueryError('execution', `not simulated: a ${result.type} as the result of a query`);
}

/** Whoever watches asks the same again and again. */
const PARSED_QUERIES = 100;
const known = new Map<string, Expression>();

function parsed(query: string): Expression {
  const expression = known.get(query) ?? parse(query);
  if (known.size >= PARSED_QUERIES) known.clear();
  known.set(query, expression);
  return expression;
}

function refuseAbove(limit: number | undefined, samples: number): void {
  if (limit === undefined || samples <= limit) return;
  const text = `the query hit the max samples processed limit (limit: ${limit} samples)`;
  throw new QueryError('execution', text);
}

function evaluate(expression: Expression, evaluation: Evaluation): Value {
  switch (expression.kind) {
    case 'number':
      return { type: 'scalar', value: expression.value };
    case 'string':
      return { type: 'string', value: expression.value };
    case 'paren':
      return evaluate(expression.expression, evaluation);
    case 'vectorSelector':
      return { type: 'vector', samples: newest(expression, evaluation).map(({ sample }) => sample) };
    case 'matrixSelector':
      return { type: 'matrix', series: points(expression, evaluation) };
    case 'subquery':
      return { type: 'matrix', series: subquery(expression, evaluation) };
    case 'unary':
      return unary(expression.operator, evaluate(expression.expression, evaluation));
    case 'binary':
      return binary(
        expression.operator,
        evaluate(expression.left, evaluation),
        evaluate(expression.right, evaluation),
      );
    case 'aggregation':
      return { type: 'vector', samples: aggregated(expression, evaluation) };
    default:
      return call(expression, evaluation);
  }
}

function vectorOf(expression: Expression | undefined, evaluation: Evaluation): readonly VectorSample[] {
  const value = expression && evaluate(expression, evaluation);
  if (value?.type !== 'vector') throw new TypeError('an instant vector was checked for');
  return value.samples;
}

function select(matchers: readonly Matcher[], { storage, selected }: Evaluation): readonly StoredSeries[] {
  const known = selected.get(matchers);
  if (known) return known;
  const found = storage.series.filter(({ labels }) => matchesAll(labels, matchers));
  selected.set(matchers, found);
  return found;
}

interface Newest {
  readonly sample: VectorSample;
  /** When the sample was scraped, which `timestamp` alone can see. */
  readonly scrapedAt: number;
}

function newest(selector: VectorSelector, evaluation: Evaluation): Newest[] {
  const until = evaluation.at - (selector.offset ?? 0);
  const found = select(selector.matchers, evaluation).flatMap((series) => {
    const last =
      series.samples(until - FIRST_LOOK, until).at(-1) ?? series.samples(until - LOOKBACK, until).at(-1);
    if (!last || last.stale) return [];
    return [{ sample: { labels: series.labels, value: last.value }, scrapedAt: last.at }];
  });
  evaluation.count(found.length);
  return found;
}

function points(selector: MatrixSelector, evaluation: Evaluation): MatrixSeries[] {
  const until = evaluation.at - (selector.offset ?? 0);
  return select(selector.matchers, evaluation).flatMap((series) => {
    const found = series.samples(until - selector.range, until).filter(({ stale }) => !stale);
    evaluation.count(found.length);
    return found.length > 0 ? [{ labels: series.labels, points: found }] : [];
  });
}

/** Steps are multiples of the step since the epoch, not since the query's time. */
function subquery({ expression, range, step, offset }: Subquery, evaluation: Evaluation): MatrixSeries[] {
  const interval = step ?? DEFAULT_STEP;
  const until = evaluation.at - (offset ?? 0);
  const series = new Map<string, { labels: Labels; points: Point[] }>();
  for (let at = Math.ceil((until - range) / interval) * interval; at <= until; at += interval) {
    const samples = vectorOf(expression, { ...evaluation, at, count: () => {} });
    for (const { labels, value } of samples) {
      const key = labelsKey(labels);
      const known = series.get(key);
      if (known) known.points.push({ at, value });
      else series.set(key, { labels, points: [{ at, value }] });
    }
    evaluation.count(samples.length);
  }
  return [...series.values()];
}

function unary(operator: '+' | '-', value: Value): Value {
  if (operator === '+') return value;
  if (value.type === 'scalar') return { type: 'scalar', value: -value.value };
  if (value.type !== 'vector') throw new TypeError('a scalar or an instant vector was checked for');
  const negated = value.samples.map((sample) => ({
    labels: dropMetricName(sample.labels),
    value: -sample.value,
  }));
  return { type: 'vector', samples: withoutDuplicates(negated) };
}

function aggregated(expression: Aggregation, evaluation: Evaluation): readonly VectorSample[] {
  const parameter = expression.parameter && evaluate(expression.parameter, evaluation);
  const samples = vectorOf(expression.expression, evaluation);
  return aggregate(expression, samples, parameter?.type === 'scalar' ? parameter.value : undefined);
}

function scalarOf(expression: Expression | undefined, evaluation: Evaluation): number {
  const value = expression && evaluate(expression, evaluation);
  if (value?.type !== 'scalar') throw new TypeError('a scalar was checked for');
  return value.value;
}

function matrixOf(expression: Expression | undefined, evaluation: Evaluation): readonly MatrixSeries[] {
  const matrix = expression && evaluate(expression, evaluation);
  if (matrix?.type !== 'matrix') throw new TypeError('a range vector was checked for');
  return matrix.series;
}

function call(expression: Call, evaluation: Evaluation): Value {
  const [first, second] = expression.arguments;
  switch (expression.function) {
    case 'time':
      return { type: 'scalar', value: evaluation.at / 1000 };
    case 'timestamp':
      return { type: 'vector', samples: timestamp(first, evaluation) };
    case 'absent':
      return { type: 'vector', samples: absent(first, vectorOf(first, evaluation)) };
    case 'label_replace':
      return { type: 'vector', samples: labelReplace(vectorOf(first, evaluation), texts(expression)) };
    case 'scalar': {
      const samples = vectorOf(first, evaluation);
      return { type: 'scalar', value: (samples.length === 1 ? samples[0]?.value : undefined) ?? Number.NaN };
    }
    case 'vector':
      return { type: 'vector', samples: [{ labels: new Map(), value: scalarOf(first, evaluation) }] };
    case 'quantile_over_time': {
      const q = scalarOf(first, evaluation);
      return { type: 'vector', samples: quantileOverTime(q, matrixOf(second, evaluation)) };
    }
    default:
      return { type: 'vector', samples: applyOverTime(expression.function, matrixOf(first, evaluation)) };
  }
}

/** Of a bare selector the time of the scrape, of anything else the time of the evaluation. */
function timestamp(argument: Expression | undefined, evaluation: Evaluation): readonly VectorSample[] {
  const bare = argument && unparenthesized(argument);
  const timed =
    bare?.kind === 'vectorSelector'
      ? newest(bare, evaluation)
      : vectorOf(bare, evaluation).map((sample) => ({ sample, scrapedAt: evaluation.at }));
  return withoutDuplicates(
    timed.map(({ sample, scrapedAt }) => ({
      labels: dropMetricName(sample.labels),
      value: scrapedAt / 1000,
    })),
  );
}

function texts(expression: Call): [string, string, string, string] {
  const [target = '', replacement = '', source = '', pattern = ''] = expression.arguments
    .slice(1)
    .map((argument) => {
      const bare = unparenthesized(argument);
      return bare.kind === 'string' ? bare.value : '';
    });
  return [target, replacement, source, pattern];
}
