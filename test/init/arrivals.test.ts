import { expect, test } from 'vitest';
import { arrivalsOf, boundFor } from '../../lib/init/arrivals.ts';
import { streamsOf } from '../../lib/init/promql.ts';
import { sampleBound } from '../../lib/init/units.ts';
import { evaluateQuery } from '../../rehearsal/promql/evaluate.ts';
import { sentSeries } from '../../rehearsal/sent-series.ts';
import { NOON } from '../profiles/simulated-account.ts';

const MINUTE = 60_000;

test('the longest gap and the newest arrival, in whatever order they are told', () => {
  expect(arrivalsOf([5, 1, 2])).toEqual({ newestAt: 5, gapMs: 3 });
  expect(arrivalsOf([7])).toEqual({ newestAt: 7, gapMs: undefined });
  expect(arrivalsOf([])).toEqual({ newestAt: undefined, gapMs: undefined });
});

test('the silence before the first arrival is a gap, since it could have arrived', () => {
  expect(arrivalsOf([50, 52, 54], 10)).toEqual({ newestAt: 54, gapMs: 40 });
  expect(arrivalsOf([50], 10)).toEqual({ newestAt: 50, gapMs: undefined });
  expect(arrivalsOf([], 10)).toEqual({ newestAt: undefined, gapMs: undefined });
});

test.each([
  [1, '15m'],
  [7.5, '15m'],
  [8, '30m'],
  [60, '2h'],
  [11.9 * 60, '1d'],
  [12.1 * 60, undefined],
])('gaps of %d minutes get the bound %s', (minutes, bound) => {
  expect(boundFor(minutes * MINUTE)).toBe(bound);
});

test.each([
  [15, '4m'],
  [60, '4m'],
  [120, '8m'],
  [300, '12m'],
  [600, '30m'],
])('scrapes every %d seconds get the bound %s', (seconds, bound) => {
  expect(sampleBound(seconds * 1000)).toBe(bound);
});

test.each([
  ['every 15 s for a day', 15, 24 * 60, '4m'],
  ['every 15 s for a minute', 15, 1, '4m'],
  ['every 15 s for ten minutes', 15, 10, '4m'],
  ['every minute for ten minutes', 60, 10, '4m'],
  ['every two minutes', 120, 24 * 60, '8m'],
  ['every five minutes', 300, 24 * 60, '12m'],
])(
  'the interval of what is scraped %s is told by how many samples there were',
  async (_, seconds, minutes, bound) => {
    const since = NOON - minutes * MINUTE;
    const labels = { __name__: 'scrape_duration_seconds', job: 'a', instance: 'a:1' };
    const storage = { series: [sentSeries(labels, { since, everyMs: seconds * 1000 })] };
    const ask = async (query: string) => {
      const { result } = evaluateQuery(query, storage, NOON);
      if (result.type !== 'vector') throw new Error('no vector');
      return result.samples.map((one) => ({ labels: Object.fromEntries(one.labels), value: one.value }));
    };
    const [stream] = await streamsOf('scrape_duration_seconds', ['job'], ask);
    expect([stream?.labels, sampleBound(stream?.gapMs)]).toEqual([{ job: 'a' }, bound]);
  },
);
