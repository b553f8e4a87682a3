import { describe, expect, test } from 'vitest';
import { QueryError } from '../../rehearsal/promql/error.ts';
import { evaluateQuery } from '../../rehearsal/promql/evaluate.ts';
import { storedSeries } from '../../rehearsal/storage.ts';

const AT = Date.parse('2026-11-20T12:00:00Z');
const storage = {
  series: [
    ['m', 'a.b', 'x'],
    ['http.requests', 'a.b', 'y'],
    ['offset', 'job', 'z'],
  ].map(([name = '', label = '', value = '']) =>
    storedSeries(
      new Map([
        ['__name__', name],
        [label, value],
      ]),
      [{ at: AT, value: 1, stale: false }],
    ),
  ),
};

function labelsOf(query: string): Record<string, string>[] {
  const { result } = evaluateQuery(query, storage, AT);
  return result.type === 'vector' ? result.samples.map(({ labels }) => Object.fromEntries(labels)) : [];
}

describe('names outside the old alphabet, which the server that is compared with does not know', () => {
  test.each<[string, Record<string, string>]>([
    ['{"http.requests"}', { __name__: 'http.requests', 'a.b': 'y' }],
    ['{"http.requests", "a.b"="y"}', { __name__: 'http.requests', 'a.b': 'y' }],
    ['{"a.b"=~"[x]"}', { __name__: 'm', 'a.b': 'x' }],
    ['m{"a.b"!="y"}', { __name__: 'm', 'a.b': 'x' }],
    ['count by ("a.b") ({"http.requests"})', { 'a.b': 'y' }],
    ['count without ("a.b", job) (m)', {}],
    ['{__name__="offset"}', { __name__: 'offset', job: 'z' }],
  ])('%s', (query, labels) => {
    expect(labelsOf(query)).toEqual([labels]);
  });

  test('have one name only', () => {
    expect(() => labelsOf('{"m", "n"}')).toThrow('metric name must not be set twice: "m" or "n"');
    expect(() => labelsOf('m{"n"}')).toThrow('metric name must not be set twice: "m" or "n"');
  });
});

describe('what Prometheus answers and the rehearsal does not', () => {
  test.each([
    ['m > m', 'operator > between two instant vectors'],
    ['m > on (job) m', 'operator > between two instant vectors'],
    ['m % 2', 'operator %'],
    ['2 ^ 2', 'operator ^'],
    ['rate(m[5m])', 'function rate'],
    ['quantile(0.9, m)', 'aggregation quantile'],
    ['m @ 1', 'StepInvariantExpr ("m @ 1")'],
    ['m[5m]', 'a matrix as the result of a query'],
    ['m[5m:1m]', 'a matrix as the result of a query'],
    ['"text"', 'a string as the result of a query'],
  ])('%s is refused by name', (query, what) => {
    expect(() => evaluateQuery(query, storage, AT)).toThrow(
      new QueryError('execution', `not simulated: ${what}`),
    );
  });
});

test.each(['5.', 'offset', 'sum + on'])(
  '%s is refused, because the official grammar does not know it',
  (query) => {
    expect(() => evaluateQuery(query, storage, AT)).toThrow('parse error: unexpected');
  },
);

test.each([
  ['count(', '1:7: parse error: unexpected end of input'],
  ['1 +\n  sum(m}', '2:8: parse error: unexpected "}"'],
  ['', '1:1: parse error: no expression found in input'],
])('%j is refused where it goes wrong', (query, message) => {
  expect(() => evaluateQuery(query, storage, AT)).toThrow(new QueryError('bad_data', message));
});
