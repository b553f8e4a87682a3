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

/** Answers `api/v1/query` with Prometheus's envelope. `now` (ms) is what the storage knows and the default time. */
export function answerQuery(form: URLSearchParams, storage: Storage, now: number): Reply {
  const at = parseTime(form.get('time'), now);
  if (at === undefined) {
    const text = `cannot parse "${form.get('time')}" to a valid timestamp`;
    return failure(400, 'bad_data', `invalid parameter "time": ${text}`);
  }
  const maxSamplesProcessed = threshold(form, ERROR_THRESHOLD);
  try {
    const query = form.get('query') ?? '';
    const answer = evaluateQuery(query, visibleUntil(storage, now), at, { maxSamplesProcessed });
    return json(200, success(answer, at, form));
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    const { errorType, message } = error;
    return errorType === 'bad_data'
      ? failure(400, errorType, `invalid parameter "query": ${message}`)
      : failure(422, errorType, message);
  }
}

function failure(status: number, errorType: string, error: string): Reply {
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

function success({ result, samplesProcessed }: Answer, at: number, form: URLSearchParams): string {
  const stamp = (value: string) => `[${at / 1000},"${value}"]`;
  const rendered =
    result.type === 'scalar'
      ? stamp(formatScalar(result.value))
      : `[${result.samples.map(({ labels, value }) => `{"metric":${labelsJson(labels)},"value":${stamp(formatValue(value))}}`).join(',')}]`;
  const samples = { totalQueryableSamples: samplesProcessed, peakSamples: samplesProcessed };
  const stats = form.get('stats') === 'all' ? `,"stats":${JSON.stringify({ timings: {}, samples })}` : '';
  const data = `{"resultType":"${result.type}","result":${rendered}${stats}}`;
  return `{"status":"success","data":${data}${warnings(samplesProcessed, threshold(form, WARNING_THRESHOLD))}}`;
}

function warnings(samples: number, limit: number | undefined): string {
  if (limit === undefined || samples <= limit) return '';
  const text = `the query processed ${samples} samples, more than the warning threshold of ${limit}`;
  return `,"warnings":${JSON.stringify([text])}`;
}
