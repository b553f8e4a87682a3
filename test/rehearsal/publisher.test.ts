import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMetricStore } from '../../rehearsal/metric-store.ts';
import type { MetricStore } from '../../rehearsal/metric-store.ts';
import type { PublishedTarget, Publisher } from '../../rehearsal/publisher.ts';
import { LONG_AFTER, metric, MINUTE, publisherOf, SINCE, target } from '../support/publisher.ts';

/** How many samples lie in each of the first minutes, as read much later or at `now`. */
function perMinute(publisher: Publisher, pod: string, minutes: number, now = LONG_AFTER): string {
  const points = metric(createMetricStore(publisher), { pod }).datapoints(
    SINCE,
    SINCE + minutes * MINUTE,
    now,
  );
  return Array.from({ length: minutes }, (_, minute) => {
    return points.find(({ at }) => at === SINCE + minute * MINUTE)?.sampleCount ?? 0;
  }).join(' ');
}

function identities(publisher: Publisher): string[] {
  return createMetricStore(publisher)
    .metrics.map(
      ({ namespace, name, dimensions }) =>
        `${namespace} ${name} ${[...dimensions].map((pair) => pair.join('=')).join(' ')}`,
    )
    .sort();
}

describe('what can happen', () => {
  test.each<[string, (publisher: Publisher) => void, string]>([
    ['nothing', () => {}, '4 4 4 4'],
    ['it stops', (p) => p.stop(SINCE + MINUTE), '4 0 0 0'],
    [
      'it stops and starts',
      (p) => {
        p.start(SINCE + 3 * MINUTE);
        p.stop(SINCE + MINUTE);
      },
      '4 0 0 4',
    ],
    [
      'logs:PutLogEvents is denied and allowed again',
      (p) => {
        p.denyPutLogEvents(SINCE + MINUTE);
        p.allowPutLogEvents(SINCE + 2 * MINUTE);
      },
      '4 0 4 4',
    ],
    ['the target ends', (p) => p.stopTarget('a', SINCE + 2 * MINUTE), '4 4 0 0'],
    ['another configuration', (p) => p.reconfigure(SINCE + MINUTE, { namespace: 'other' }), '4 0 0 0'],
  ])('%s', (_, happen, expected) => {
    const publisher = publisherOf();
    happen(publisher);
    expect(perMinute(publisher, 'a', 4)).toBe(expected);
  });

  test('a pod is replaced by another', () => {
    const publisher = publisherOf();
    publisher.stopTarget('a', SINCE + 2 * MINUTE);
    publisher.addTarget(target('b'), SINCE + 3 * MINUTE);
    expect([perMinute(publisher, 'a', 5), perMinute(publisher, 'b', 5)]).toEqual(['4 4 0 0 0', '0 0 0 4 4']);
  });

  test('OTelLib joins, so that every metric is another one', () => {
    const publisher = publisherOf();
    publisher.reconfigure(SINCE + MINUTE, { scopeName: 'receiver' });
    expect(identities(publisher)).toEqual(['shop served OTelLib=receiver pod=a', 'shop served pod=a']);
    expect(perMinute(publisher, 'a', 3)).toBe('4 0 0');
    const joined = metric(createMetricStore(publisher), { pod: 'a', OTelLib: 'receiver' });
    expect(joined.firstAt()).toBe(SINCE + MINUTE);
  });

  test('later settings keep what they do not name', () => {
    const publisher = publisherOf();
    publisher.reconfigure(SINCE + 2 * MINUTE, { namespace: 'other' });
    publisher.reconfigure(SINCE + MINUTE, {
      resourceToTelemetry: true,
      process: ({ name, labels }) => ({ name: `${name}_total`, labels }),
    });
    expect(identities(publisher)).toEqual([
      'other served_total host=h pod=a',
      'shop served pod=a',
      'shop served_total host=h pod=a',
    ]);
  });

  test('an empty value makes the metric vanish', () => {
    const publisher = publisherOf();
    publisher.reconfigure(SINCE + MINUTE, {
      process: ({ name, labels }) => ({ name, labels: new Map([...labels, ['cluster', '']]) }),
    });
    expect(identities(publisher)).toEqual(['shop served pod=a']);
  });

  test('what is not there, or not possible, is refused', () => {
    const publisher = publisherOf();
    expect(() => publisher.stopTarget('z', SINCE)).toThrow('there is no target z');
    expect(() => publisher.addTarget(target('a'), SINCE)).toThrow('there already is a target a');
    expect(() => publisher.delayDelivery(SINCE, SINCE + MINUTE, 11)).toThrow('11 min is no delay');
    const emf = { metricDeclarations: [{ metricNameSelectors: ['('] }] };
    expect(() => publisher.reconfigure(SINCE, { emf })).toThrow('missing closing )');
    expect(() => publisherOf({ emf })).toThrow('missing closing )');
    expect(perMinute(publisher, 'a', 1)).toBe('4');
  });
});

describe('delivery', () => {
  test('shows a minute two minutes after its end', () => {
    const publisher = publisherOf();
    const at = (minutes: number) => perMinute(publisher, 'a', 4, SINCE + minutes * MINUTE);
    expect([at(3), at(4), at(5)]).toEqual(['4 0 0 0', '4 4 0 0', '4 4 4 0']);
    expect(perMinute(publisher, 'a', 4, SINCE + 3 * MINUTE - 1)).toBe('0 0 0 0');
  });

  test('may take ten minutes for a while', () => {
    const publisher = publisherOf();
    publisher.delayDelivery(SINCE + MINUTE, SINCE + 3 * MINUTE, 10);
    const at = (minutes: number) => perMinute(publisher, 'a', 4, SINCE + minutes * MINUTE);
    expect([at(6), at(11), at(12), at(13)]).toEqual(['4 0 0 4', '4 0 0 4', '4 4 0 4', '4 4 4 4']);
  });
});

describe('values', () => {
  const counting = (interval: number, value: (at: number) => number): PublishedTarget => {
    const metrics = [{ name: 'served', value, cumulative: true }];
    return { name: 'a', interval, labels: { pod: 'a' }, resource: {}, metrics };
  };

  test('of a gauge are a statistic set a minute', () => {
    const value = (at: number) => ((at - SINCE) / MINUTE < 1 ? 5 : Number.NaN);
    const metrics = [{ name: 'served', value }];
    const store = createMetricStore(publisherOf({}, [{ ...target('a'), metrics }]));
    expect(metric(store, { pod: 'a' }).datapoints(SINCE, SINCE + 2 * MINUTE, LONG_AFTER)).toMatchObject([
      { at: SINCE, sampleCount: 4, sum: 20, minimum: 5, maximum: 5 },
    ]);
  });

  test('of a counter are differences, without the first of every run', () => {
    const publisher = publisherOf({}, [counting(15, (at) => at / 1000)]);
    publisher.stop(SINCE + 2 * MINUTE);
    publisher.start(SINCE + 3 * MINUTE);
    expect(perMinute(publisher, 'a', 5)).toBe('3 4 0 3 4');
    const [point] = metric(createMetricStore(publisher), { pod: 'a' }).datapoints(
      SINCE,
      SINCE + 1,
      LONG_AFTER,
    );
    expect(point).toMatchObject({ minimum: 15, maximum: 15, sum: 45 });
  });

  test('of a counter that starts again is the raw value', () => {
    const publisher = publisherOf({}, [counting(60, (at) => (at >= SINCE + 3 * MINUTE ? 7 : at / 1000))]);
    const points = metric(createMetricStore(publisher), { pod: 'a' }).datapoints(
      SINCE,
      LONG_AFTER,
      LONG_AFTER,
    );
    expect(points.map(({ sum }) => sum).slice(0, 4)).toEqual([60, 60, 7, 0]);
  });

  test('of a counter that is scraped less than every five minutes never appear', () => {
    const rare = (interval: number) => identities(publisherOf({}, [counting(interval, (at) => at)]));
    expect([rare(300), rare(301)]).toEqual([['shop served pod=a'], []]);
  });
});

test('the same description and events give the same datapoints, however they are read', () => {
  const minute = fc.integer({ min: 0, max: 30 });
  const events = fc.array(
    fc.record({ minute, kind: fc.constantFrom('stop', 'start', 'deny', 'allow', 'delay', 'rename') }),
    { maxLength: 8 },
  );
  const build = (list: readonly { minute: number; kind: string }[]): MetricStore => {
    const publisher = publisherOf({}, [target('a', { pod: 'p' }), target('b', { pod: 'p' })]);
    for (const event of list) {
      const at = SINCE + event.minute * MINUTE;
      if (event.kind === 'stop') publisher.stop(at);
      else if (event.kind === 'start') publisher.start(at);
      else if (event.kind === 'deny') publisher.denyPutLogEvents(at);
      else if (event.kind === 'allow') publisher.allowPutLogEvents(at);
      else if (event.kind === 'delay') publisher.delayDelivery(at, at + 5 * MINUTE, 10);
      else publisher.reconfigure(at, { scopeName: event.kind });
    }
    return createMetricStore(publisher);
  };
  fc.assert(
    fc.property(events, minute, minute, (list, cut, read) => {
      const [begin, middle, end] = [SINCE, SINCE + cut * MINUTE, SINCE + 40 * MINUTE];
      const now = SINCE + read * MINUTE + 1;
      const [one, two] = [build(list), build(list)];
      for (const [index, metric] of one.metrics.entries()) {
        const points = metric.datapoints(begin, end, now);
        const parts = two.metrics[index];
        const rejoined = [
          ...(parts?.datapoints(begin, middle, now) ?? []),
          ...(parts?.datapoints(middle, end, now) ?? []),
        ];
        expect(rejoined).toEqual(points);
        expect(metric.lastAt(now)).toBe(points.at(-1)?.at);
        expect(metric.firstAt()).toBe(metric.datapoints(begin, end, LONG_AFTER)[0]?.at);
        expect(points.every(({ at }) => at + 3 * MINUTE <= now)).toBe(true);
      }
    }),
  );
});
