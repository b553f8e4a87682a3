import { json } from './http.ts';
import type { Reply } from './http.ts';
import { QueryError } from './promql/error.ts';
import { evaluateQuery } from './promql/evaluate.ts';
import type { Answer } from './promql/evaluate.ts';
import { labelsJson } from './promql/labels.ts';
import { formatScalar, formatValue } from './promql/value.ts';
import { visibleUntil } from './storage.ts';
import type { Storage } from './storage.ts';

const ERROR_THRESHOLD = 'max_samples_processed_error_threshold';
const WARNING_THRESHOLD = 'max_samples_processed_warning_threshold';

/**
 * Answers `api/v1/query` with Prometheus's envelope, at most so many series of it. `now` (ms) is what the storage knows
 * and the default time.
 */
export function answerQuery(
  form: URLSearchParams,
  storage: Storage,
  now: number,
  mostSeries = Number.POSITIVE_INFINITY,
): Reply {
  const at = parseTime(form.get('time'), now);
  if (at === undefined) {
    const text = `cannot parse "${form.get('time')}" to a valid timestamp`;
    return failure(400, 'bad_data', `invalid parameter "time": ${text}`);
  }
  const maxSamplesProcessed = threshold(form, ERROR_THRESHOLD);
  try {
    const query = form.get('query') ?? '';
    const answer = evaluateQuery(query, visibleUntil(storage, now), at, { maxSamplesProcessed });
    return json(200, success(answer, at, form, mostSeries));
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    const { errorType, message } = error;
    return errorType === 'bad_data'
      ? failure(400, errorType, `invalid parameter "query": ${message}`)
      : failure(422, errorType, message);
  }
}

/** A refusal in Prometheus's envelope. */
export function failure(status: number, errorType: string, error: string): Reply {
  return json(status, JSON.stringify({ status: 'error', errorType, error }));
}

function threshold(form: URLSearchParams, name: string): number | undefined {
  const text = form.get(name);
  return text === null || !/^\d+$/u.test(text) ? undefined : Number(text);
}

/** Seconds or RFC 3339, as milliseconds. */
function parseTime(text: string | null, now: number): number | undefined {
  if (text === null || text === '') return now;
  if (/^-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/iu.test(text)) return Math.round(Number(text) * 1000);
  const parsed = /^\d{4}-\d\d-\d\dT/u.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(parsed) ? undefined : parsed;
}

function success(
  { result, samplesProcessed }: Answer,
  at: number,
  form: URLSearchParams,
  mostSeries: number,
): string {
  const stamp = (value: string) => `[${at / 1000},"${value}"]`;
  const rendered =
    result.type === 'scalar'
      ? stamp(formatScalar(result.value))
      : `[${result.samples
          .slice(0, mostSeries)
          .map(({ labels, value }) => `{"metric":${labelsJson(labels)},"value":${stamp(formatValue(value))}}`)
          .join(',')}]`;
  const samples = { totalQueryableSamples: samplesProcessed, peakSamples: samplesProcessed };
  const stats = form.get('stats') === 'all' ? `,"stats":${JSON.stringify({ timings: {}, samples })}` : '';
  const data = `{"resultType":"${result.type}","result":${rendered}${stats}}`;
  const warnings = [
    ...tooManySamples(samplesProcessed, threshold(form, WARNING_THRESHOLD)),
    ...tooManySeries(result.type === 'vector' ? result.samples.length : 0, mostSeries),
  ];
  const told = warnings.length === 0 ? '' : `,"warnings":${JSON.stringify(warnings)}`;
  return `{"status":"success","data":${data}${told}}`;
}

function tooManySamples(samples: number, limit: number | undefined): string[] {
  if (limit === undefined || samples <= limit) return [];
  return [`the query processed ${samples} samples, more than the warning threshold of ${limit}`];
}

function tooManySeries(series: number, most: number): string[] {
  if (series <= most) return [];
  return [`result truncated to the maximum of ${most} series; refine the query or use the limit parameter`];
}
