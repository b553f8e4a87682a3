import { json } from './http.ts';
import type { Reply } from './http.ts';
import { failure, parseTime } from './prometheus-api.ts';
import { QueryError } from './promql/error.ts';
import { matchesAll } from './promql/matchers.ts';
import { parse } from './promql/parse.ts';
import type { Storage } from './storage.ts';

const ALL_TIME_MS = 7 * 86_400_000;

/** Answers `api/v1/labels`: the names of labels of the series that `match[]` selects and that have samples in the time. */
export function answerLabels(form: URLSearchParams, storage: Storage, now: number): Reply {
  const to = parseTime(form.get('end'), now) ?? now;
  const from = parseTime(form.get('start'), to - ALL_TIME_MS) ?? to - ALL_TIME_MS;
  try {
    const selectors = form.getAll('match[]').map((text) => {
      const expression = parse(text);
      if (expression.kind !== 'vectorSelector') throw new QueryError('bad_data', 'not a selector');
      return expression.matchers;
    });
    const selected = storage.series.filter(
      ({ labels }) => selectors.length === 0 || selectors.some((matchers) => matchesAll(labels, matchers)),
    );
    const there = selected.filter((series) => series.samples(from, Math.min(to, now)).length > 0);
    const names = new Set(there.flatMap(({ labels }) => [...labels.keys()]));
    return json(200, JSON.stringify({ status: 'success', data: [...names].sort() }));
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    return failure(400, 'bad_data', `invalid parameter "match[]": ${error.message}`);
  }
}
