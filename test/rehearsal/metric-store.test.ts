import { describe, expect, test } from 'vitest';
import { createMetricStore, steadyMetrics } from '../../rehearsal/metric-store.ts';
import { LONG_AFTER, metric, MINUTE, publisherOf, SINCE, target } from '../support/publisher.ts';

describe('a store', () => {
  test('adds up what two publishers send to one metric', () => {
    const labels = { pod: 'a' };
    const store = createMetricStore(
      publisherOf(),
      publisherOf({}, [target('b', labels), target('c', labels)]),
    );
    expect(store.metrics).toHaveLength(1);
    const [point] = metric(store, labels).datapoints(SINCE, SINCE + MINUTE, LONG_AFTER);
    expect(point).toMatchObject({ at: SINCE, sampleCount: 12, sum: 24, minimum: 2, maximum: 2 });
  });

  test('knows a metric by exactly its dimensions, in any order', () => {
    const dimensions = { b: '2', a: '1' };
    const store = createMetricStore(
      steadyMetrics([{ namespace: 'shop', name: 'served', dimensions, since: SINCE }]),
    );
    const find = (pairs: Record<string, string>) =>
      store.find({ namespace: 'shop', name: 'served', dimensions: new Map(Object.entries(pairs)) });
    expect(find({ a: '1', b: '2' })).toBeDefined();
    expect([find({ a: '1' }), find({ a: '1', b: '3' }), find({ ...dimensions, c: '1' })]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('sees what happens later', () => {
    const publisher = publisherOf();
    const store = createMetricStore(publisher);
    expect(store.metrics).toHaveLength(1);
    publisher.addTarget(target('b'), SINCE + MINUTE);
    expect(store.metrics).toHaveLength(2);
  });

  test('has nothing of a publisher that never sent', () => {
    const publisher = publisherOf();
    publisher.denyPutLogEvents(SINCE);
    expect(createMetricStore(publisher).metrics).toEqual([]);
  });
});
