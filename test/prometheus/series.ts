import { startPipeline } from '../../rehearsal/pipeline.ts';
import type { Pipeline, PipelineDescription } from '../../rehearsal/pipeline.ts';
import { storedSeries, unionOf } from '../../rehearsal/storage.ts';
import type { Sample, Storage, StoredSeries } from '../../rehearsal/storage.ts';
import type { TargetDescription } from '../../rehearsal/target.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
/** The end of what is stored: a multiple of five minutes, so that some samples lie exactly on bounds. */
export const END = Date.parse('2026-11-20T12:00:00Z');
export const BEGIN = END - 7 * HOUR;

/** The times at which queries are asked: on, just before and just after the bounds that matter. */
export const evaluationTimes: readonly number[] = [
  END,
  END - 1,
  END + 1,
  END + 5 * MINUTE,
  END + 5 * MINUTE + 1,
  END - 4 * MINUTE - 30_000,
  END - 12 * MINUTE,
  END - 61 * MINUTE - 7,
  BEGIN + 3 * MINUTE,
];

const AGES = [3, 4.5, 6, 20, 70];
const WORDS = [
  'plain',
  'with "quotes"',
  'back\\slash',
  'two\nlines',
  'rocket 🚀',
  "it's",
  'a|b',
  '`tick`',
  '(none)',
];

/** Everything that the comparison is made over. */
export function comparedSeries(): Storage {
  return unionOf({ series: [...boundarySeries(), ...oddSeries(), ...endingSeries()] }, livingPipeline());
}

function storage(
  labels: Readonly<Record<string, string>>,
  every: number,
  { from = BEGIN, to = END, marker = false, value = (at: number) => (at / 1000) % 97 } = {},
): StoredSeries {
  const samples: Sample[] = [];
  let at = from;
  for (; at <= to; at += every) samples.push({ at, value: value(at), stale: false });
  if (marker) samples.push({ at, value: Number.NaN, stale: true });
  return storedSeries(new Map(Object.entries(labels)), samples);
}

/** Scraped every five minutes: at most evaluation times exactly on the edge of the lookback. */
function boundarySeries(): StoredSeries[] {
  return ['north', 'south'].flatMap((g) => [
    storage({ __name__: 'm', job: 'slow', g, instance: 'edge' }, 5 * MINUTE),
    storage({ __name__: 'm', job: 'slow', g, instance: 'late' }, 5 * MINUTE, { from: BEGIN + 1 }),
    storage({ __name__: 'n', job: 'slow', g, instance: 'edge' }, 5 * MINUTE, { value: () => -1 }),
  ]);
}

function oddSeries(): StoredSeries[] {
  const values = [Number.NaN, Infinity, -Infinity, -0, 1e21, 1e-9, 0.1];
  const harmless = Object.fromEntries([
    ['__name__', 'm'],
    ['__proto__', 'polluted'],
    ['constructor', 'c'],
    ['toString', 't'],
    ['job', 'odd'],
  ]);
  return [
    ...WORDS.map((word, index) =>
      storage({ __name__: 'm', job: 'words', g: word, instance: `w${index}` }, MINUTE, {
        value: () => index % 4,
      }),
    ),
    ...values.map((value, index) =>
      storage({ __name__: 'special', job: 'values', instance: `v${index}` }, MINUTE, { value: () => value }),
    ),
    storage(harmless, MINUTE),
    storage({ __name__: 'm', job: 'lacking', instance: 'no-group' }, MINUTE),
    storage({ __name__: 'm', g: 'north' }, MINUTE),
    storage({ __name__: 'm' }, MINUTE),
  ];
}

/** Series that ended some minutes before the end, with and without a stale marker. */
function endingSeries(): StoredSeries[] {
  return AGES.flatMap((age, index) =>
    [true, false].map((marker) =>
      storage(
        { __name__: 'm', job: 'ended', g: `ended-${age}`, instance: marker ? 'marked' : 'crashed' },
        30_000,
        {
          to: END - age * MINUTE,
          marker,
          value: () => index,
        },
      ),
    ),
  );
}

const target = (instance: string, g: string): TargetDescription => ({
  instance,
  labels: { g },
  metrics: [
    { name: 'm', value: (at) => Math.floor(at / 1000) % 13 },
    { name: 'n', labels: { code: '200' }, value: 7 },
  ],
});

const DESCRIPTION: PipelineDescription = {
  jobs: [
    { name: 'pods', scrapeInterval: 15, targets: ['1', '2', '3'].map((name) => target(name, 'north')) },
    { name: 'nodes', scrapeInterval: 60, targets: [target('1', 'south'), target('2', 'east')] },
    { name: 'paused', scrapeInterval: 60, targets: [target('1', 'east')] },
  ],
};

/** A rollout ten minutes before the end, and a job that paused in the middle. */
function livingPipeline(): Pipeline {
  const pipeline = startPipeline(DESCRIPTION, BEGIN);
  for (const old of ['1', '2']) {
    pipeline.stopTarget('pods', old, END - 9 * MINUTE, { staleMarkers: true });
    pipeline.addTarget('pods', target(`${old}-new`, 'north'), END - 10 * MINUTE);
  }
  pipeline.stopJob('paused', END - 3 * HOUR, { staleMarkers: false });
  pipeline.startJob('paused', END - HOUR);
  return pipeline;
}
