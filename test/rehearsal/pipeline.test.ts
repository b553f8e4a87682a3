import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { startPipeline } from '../../rehearsal/pipeline.ts';
import type { Pipeline, PipelineDescription } from '../../rehearsal/pipeline.ts';
import { visibleUntil } from '../../rehearsal/storage.ts';
import type { Sample, Storage } from '../../rehearsal/storage.ts';

const SINCE = Date.parse('2026-11-20T06:00:00Z');
const MINUTE = 60_000;

const DESCRIPTION: PipelineDescription = {
  jobs: [
    {
      name: 'pods',
      scrapeInterval: 15,
      targets: [
        {
          instance: 'a',
          labels: { app: 'shop' },
          metrics: [{ name: 'served_total', value: (at) => at / 1000 }],
        },
        { instance: 'b' },
      ],
    },
    { name: 'slow', scrapeInterval: 300, targets: [{ instance: 'a' }] },
  ],
};

function samplesOf(storage: Storage, labels: Record<string, string>, minutes: number): readonly Sample[] {
  const found = storage.series.filter((series) =>
    Object.entries(labels).every(([name, value]) => series.labels.get(name) === value),
  );
  expect(found).toHaveLength(1);
  return found[0]?.samples(SINCE, SINCE + minutes * MINUTE) ?? [];
}

const UP_A = { __name__: 'up', job: 'pods', instance: 'a' };
const UP_B = { __name__: 'up', job: 'pods', instance: 'b' };
const UP_SLOW = { __name__: 'up', job: 'slow' };

/** How many samples lie in each of the first minutes; `!` marks one with a stale marker. */
function perMinute(storage: Storage, labels: Record<string, string>, minutes: number): string {
  const samples = samplesOf(storage, labels, minutes);
  return Array.from({ length: minutes }, (_, minute) => {
    const within = samples.filter(({ at }) => Math.floor((at - SINCE) / MINUTE) === minute);
    return `${within.filter(({ stale }) => !stale).length}${within.some(({ stale }) => stale) ? '!' : ''}`;
  }).join(' ');
}

describe('a running pipeline', () => {
  test('yields the five series of every scrape with the labels of the target alone', () => {
    const { series } = startPipeline(DESCRIPTION, SINCE);
    const labels = series.map((one) => Object.fromEntries(one.labels));
    expect(labels.filter(({ job, instance }) => job === 'pods' && instance === 'a')).toEqual(
      [
        'up',
        'scrape_duration_seconds',
        'scrape_samples_scraped',
        'scrape_samples_post_metric_relabeling',
        'scrape_series_added',
        'served_total',
      ].map((name) => ({ __name__: name, job: 'pods', instance: 'a', app: 'shop' })),
    );
  });

  test('lets the labels of the target win', () => {
    const metrics = [{ name: 'm', labels: { job: 'mine', pod: 'p' }, value: 1 }];
    const targets = [{ instance: 'a', labels: { pod: 'target' }, metrics }];
    const { series } = startPipeline({ jobs: [{ name: 'pods', scrapeInterval: 15, targets }] }, SINCE);
    expect(Object.fromEntries(series.at(-1)?.labels ?? [])).toEqual({
      __name__: 'm',
      job: 'pods',
      instance: 'a',
      pod: 'target',
    });
  });

  test('scrapes at its interval, each target at its own phase', () => {
    const pipeline = startPipeline(DESCRIPTION, SINCE);
    expect(perMinute(pipeline, UP_A, 3)).toBe('4 4 4');
    const gaps = (labels: Record<string, string>) => {
      const times = samplesOf(pipeline, labels, 30).map(({ at }) => at);
      return new Set(times.slice(1).map((at, index) => at - (times[index] ?? 0)));
    };
    expect([...gaps(UP_A), ...gaps(UP_SLOW)]).toEqual([15_000, 300_000]);
    expect(samplesOf(pipeline, UP_A, 1)[0]?.at).not.toBe(samplesOf(pipeline, UP_B, 1)[0]?.at);
  });

  test('has no samples from before it began, nor from after now', () => {
    const pipeline = startPipeline(DESCRIPTION, SINCE);
    const [series] = visibleUntil(pipeline, SINCE + MINUTE).series;
    const times = series?.samples(SINCE - 99 * MINUTE, SINCE + 99 * MINUTE).map(({ at }) => at) ?? [];
    expect(times).toHaveLength(4);
    expect(times.every((at) => at >= SINCE && at <= SINCE + MINUTE)).toBe(true);
  });
});

describe('what can happen', () => {
  test.each<[string, (pipeline: Pipeline) => void, string, string]>([
    [
      'the collector is removed',
      (p) => p.stopCollector(SINCE + MINUTE, { staleMarkers: true }),
      '4 0! 0 0',
      '4 0! 0 0',
    ],
    [
      'the collector dies',
      (p) => p.stopCollector(SINCE + MINUTE, { staleMarkers: false }),
      '4 0 0 0',
      '4 0 0 0',
    ],
    [
      'one job is removed',
      (p) => p.stopJob('pods', SINCE + MINUTE, { staleMarkers: true }),
      '4 0! 0 0',
      '4 0! 0 0',
    ],
    [
      'one target is removed',
      (p) => p.stopTarget('pods', 'a', SINCE + MINUTE, { staleMarkers: true }),
      '4 0! 0 0',
      '4 4 4 4',
    ],
    [
      'one target is lost',
      (p) => p.stopTarget('pods', 'a', SINCE + MINUTE, { staleMarkers: false }),
      '4 0 0 0',
      '4 4 4 4',
    ],
    ['remote write is denied', (p) => p.denyRemoteWrite(SINCE + MINUTE), '4 0 0 0', '4 0 0 0'],
    [
      'a target is removed while remote write is denied',
      (p) => {
        p.denyRemoteWrite(SINCE + MINUTE);
        p.stopTarget('pods', 'a', SINCE + MINUTE, { staleMarkers: true });
        p.allowRemoteWrite(SINCE + 2 * MINUTE);
      },
      '4 0 0 0',
      '4 0 4 4',
    ],
    [
      'the collector restarts, told in the wrong order',
      (p) => {
        p.startCollector(SINCE + 2 * MINUTE);
        p.stopCollector(SINCE + MINUTE, { staleMarkers: true });
      },
      '4 0! 4 4',
      '4 0! 4 4',
    ],
    [
      'a job comes back under a stopped collector',
      (p) => {
        p.stopCollector(SINCE + MINUTE, { staleMarkers: false });
        p.stopJob('pods', SINCE, { staleMarkers: false });
        p.startJob('pods', SINCE + 2 * MINUTE);
      },
      '0 0 0 0',
      '0 0 0 0',
    ],
  ])('%s', (_, happen, a, b) => {
    const pipeline = startPipeline(DESCRIPTION, SINCE);
    happen(pipeline);
    expect([perMinute(pipeline, UP_A, 4), perMinute(pipeline, UP_B, 4)]).toEqual([a, b]);
  });

  test('a target is born, ends and returns', () => {
    const pipeline = startPipeline(DESCRIPTION, SINCE);
    pipeline.addTarget('pods', { instance: 'c' }, SINCE + MINUTE);
    pipeline.stopTarget('pods', 'c', SINCE + 2 * MINUTE, { staleMarkers: true });
    pipeline.startTarget('pods', 'c', SINCE + 3 * MINUTE);
    expect(perMinute(pipeline, { ...UP_A, instance: 'c' }, 4)).toBe('0 4 0! 4');
  });

  test('unknown names are refused', () => {
    const pipeline = startPipeline(DESCRIPTION, SINCE);
    expect(() => pipeline.startJob('nope', SINCE)).toThrow('no job nope; there are pods, slow');
    expect(() => pipeline.startTarget('pods', 'z', SINCE)).toThrow('job pods has no target z');
    expect(() => pipeline.addTarget('pods', { instance: 'a' }, SINCE)).toThrow('already has the target a');
  });
});

test('the same description and events give the same samples, however they are read', () => {
  const events = fc.array(
    fc.record({
      minute: fc.integer({ min: 0, max: 20 }),
      staleMarkers: fc.boolean(),
      kind: fc.constantFrom('stopCollector', 'startCollector', 'stopJob', 'startJob', 'deny', 'allow'),
    }),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(events, fc.integer({ min: 0, max: 20 * MINUTE }), (list, cut) => {
      const build = () => {
        const pipeline = startPipeline(DESCRIPTION, SINCE);
        for (const { minute, kind, staleMarkers } of list) {
          const at = SINCE + minute * MINUTE;
          if (kind === 'stopCollector') pipeline.stopCollector(at, { staleMarkers });
          else if (kind === 'startCollector') pipeline.startCollector(at);
          else if (kind === 'stopJob') pipeline.stopJob('pods', at, { staleMarkers });
          else if (kind === 'startJob') pipeline.startJob('pods', at);
          else if (kind === 'deny') pipeline.denyRemoteWrite(at);
          else pipeline.allowRemoteWrite(at);
        }
        return pipeline;
      };
      const [begin, middle, end] = [SINCE, SINCE + cut, SINCE + 20 * MINUTE];
      const inOne = build().series.map((series) => series.samples(begin, end));
      const inTwo = build().series.map((series) =>
        series.samples(begin, middle).concat(series.samples(middle + 1, end)),
      );
      expect(JSON.stringify(inTwo)).toBe(JSON.stringify(inOne));
    }),
  );
});
