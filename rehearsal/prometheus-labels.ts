import { json } from './http.ts';
import type { Reply } from './http.ts';
import { failure } from './prometheus-api.ts';
import { QueryError } from './promql/error.ts';
import { evaluateQuery } from './promql/evaluate.ts';
import { METRIC_NAME } from './promql/labels.ts';
import { visibleUntil } from './storage.ts';
import type { Storage } from './storage.ts';

/** An index answers by whole blocks of time, so that it lists what is gone for as long as they are. Seconds. */
const BLOCK_SECONDS = 7200;

/** Answers `api/v1/labels`: the names of the labels of what `match[]` selects between `start` and `end`. */
export function answerLabels(form: URLSearchParams, storage: Storage, now: number): Reply {
  const matches = form.getAll('match[]');
  const start = Number(form.get('start') ?? Number.NaN);
  const end = Number(form.get('end') ?? Number.NaN);
  if (matches.length === 0 || !(start <= end))
    return failure(400, 'bad_data', 'this rehearsal wants match[], start and end');
  const first = Math.floor(start / BLOCK_SECONDS) * BLOCK_SECONDS;
  try {
    const names = matches.flatMap((match) => {
      const query = `last_over_time(${match}[${Math.max(1, Math.ceil(end - first))}s])`;
      const { result } = evaluateQuery(query, visibleUntil(storage, now), end * 1000, {
        maxSamplesProcessed: undefined,
      });
      return result.type === 'vector' ? result.samples.flatMap(({ labels }) => [...labels.keys()]) : [];
    });
    const data = names.length === 0 ? [] : [...new Set([METRIC_NAME, ...names])].sort();
    return json(200, JSON.stringify({ status: 'success', data }));
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    return failure(400, 'bad_data', `invalid parameter "match[]": ${error.message}`);
  }
}
