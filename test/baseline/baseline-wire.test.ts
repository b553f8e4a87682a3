import { describe, expect, test } from 'vitest';
import type { Baseline } from '../../lib/baseline/baseline.ts';
import { baselineWire } from '../../lib/baseline/baseline-wire.ts';
import { learn } from '../../lib/baseline/learn.ts';
import { RHYTHM_LENGTH } from '../../lib/baseline/rhythm.ts';
import { seriesDrift } from '../../lib/baseline/series-drift.ts';
import type { Shape } from '../../lib/baseline/shape.ts';
import { decode, encode } from '../../lib/stores/codec.ts';
import { DAY, HOUR, learned, OK, T0 } from './shapes.ts';

const roundTrip = (baseline: Baseline): Baseline => {
  const read = baselineWire.fromJson(JSON.parse(JSON.stringify(baselineWire.toJson(baseline))));
  if ('problem' in read) throw new Error(read.problem);
  return read.value;
};

const shape = (at: number): Shape => ({
  at,
  groups: [
    {
      group: new Map([
        ['job', '__proto__'],
        ['namespace', 'a"b\n'],
      ]),
      series: 20 + (Math.floor(at / HOUR) % 5),
    },
    { group: new Map([['job', 'nodes']]), series: 6 },
    { group: new Map(), series: 1 },
  ],
  keySets: [
    { names: ['__proto__', 'job'], series: 20 },
    { names: ['job'], series: 6 },
    { names: [], series: 1 },
  ],
  values: new Map([
    [
      '__proto__',
      new Map([
        ['constructor', 3],
        ['', 1],
      ]),
    ],
  ]),
});

describe('a baseline', () => {
  const weeks = learned(shape, T0 + 16 * DAY);
  const drifts = seriesDrift(
    weeks,
    { ...shape(T0 + 16 * DAY), groups: [{ group: new Map([['job', 'new']]), series: 90 }] },
    { drop: 0.2, rise: 0.2 },
  );
  const gaining = learn(
    weeks,
    { ...shape(T0 + 16 * DAY), groups: [{ group: new Map([['job', 'new']]), series: 90 }] },
    { fed: false, rollout: false, drifts },
  );

  test.each([
    ['of one run', learn(undefined, shape(T0), OK)],
    ['of weeks, with rhythm and anchor', weeks],
    ['with a gain', gaining],
    ['of nothing', { values: new Map(), accepted: [] }],
    ['that was accepted', { ...weeks, accepted: [{ at: T0, by: 'me', why: '__proto__' }] }],
  ])('%s is read as it was written', (_, baseline) => {
    expect(roundTrip(baseline)).toEqual(baseline);
  });

  test('goes on alike whether it was stored in between or not', () => {
    const [stored, kept] = [roundTrip(gaining), gaining].map((baseline) =>
      learned(shape, T0 + 20 * DAY, { from: T0 + 17 * DAY, baseline }),
    );
    expect(stored).toEqual(kept);
  });
});

describe('what is no baseline is not read', () => {
  const written = JSON.stringify(baselineWire.toJson(learned(shape, T0 + 9 * DAY)));
  type Json = ReturnType<typeof JSON.parse>;
  const broken = (change: (json: Json) => void): unknown => {
    const json: Json = JSON.parse(written);
    change(json);
    return json;
  };

  test.each<[string, unknown, string]>([
    ['nothing', null, 'invalid_type'],
    ['of another format', broken((json) => (json.format = 2)), 'format: invalid_value'],
    ['with a key that is not known', broken((json) => (json.more = 1)), 'unrecognized_keys'],
    [
      'a count that is text',
      broken((json) => (json.groups.tracks.low[0] = '1')),
      'groups.tracks.low.0: invalid_type',
    ],
    [
      'a count below all',
      broken((json) => (json.groups.tracks.low[0] = -7)),
      'groups.tracks.low.0: too_small',
    ],
    [
      'a column that is too short',
      broken((json) => json.groups.tracks.low.pop()),
      'its columns do not belong together',
    ],
    [
      'an index beyond the end',
      broken((json) => (json.groups.tracks.from = [[99, 'x']])),
      'its columns do not belong together',
    ],
    [
      'a row of labels that are not there',
      broken((json) => (json.groups.keys.groups[0][0] = 9)),
      'its columns do not belong together',
    ],
    [
      'a name that is not there',
      broken((json) => (json.keySets.keys.sets[0] = [99])),
      'its columns do not belong together',
    ],
    [
      'a group twice',
      broken((json) => (json.groups.keys.groups[0] = json.groups.keys.groups[1])),
      'its columns do not belong together',
    ],
  ])('%s', (_, json, problem) => {
    expect(baselineWire.fromJson(json)).toStrictEqual({ problem });
  });
});

describe('what it takes', () => {
  /** Names as people give them, counts that go up and down. */
  const large = (at: number): Shape => ({
    at,
    groups: Array.from({ length: 10_400 }, (_, index) => ({
      group: new Map([
        [
          'kubernetes_namespace',
          `${['shop', 'pay', 'search', 'mail', 'data'][index % 5]}-${['prod', 'blue', 'green', 'canary'][index % 4]}-${index % 211}`,
        ],
        [
          'app',
          `${['checkout', 'billing', 'ranking', 'sender', 'loader', 'gateway'][index % 6]}-${['api', 'worker', 'cron', 'web'][(index % 7) & 3]}-${index}`,
        ],
      ]),
      series: 1 + ((index * 7919) % 40) + (index % 3 === 0 ? Math.floor((at / HOUR) % 5) : 0),
    })),
  });

  /** The rhythms of the largest, which take weeks to learn. */
  const rhythmic = (baseline: Baseline): Baseline => {
    const rhythm = (of: number): number[] =>
      Array.from({ length: RHYTHM_LENGTH }, (_, hour) => 40 + ((hour * hour * of) % 23));
    const tracks = [...(baseline.groups?.tracks ?? [])].map(
      ([key, track], index) =>
        [
          key,
          track.rhythm
            ? {
                ...track,
                rhythm: rhythm(index),
                anchor: { at: T0, low: 1, high: 9, rhythm: rhythm(index + 50) },
              }
            : track,
        ] as const,
    );
    return { ...baseline, groups: baseline.groups && { ...baseline.groups, tracks: new Map(tracks) } };
  };

  test('10,000 groups with their weeks and anchors take less than 256 KB', () => {
    let baseline: Baseline | undefined;
    for (const days of [0, 3.2, 8.4, 8.8, 16.1]) baseline = learn(baseline, large(T0 + days * DAY), OK);
    if (!baseline) throw new Error('nothing was learned');
    const full = rhythmic(baseline);
    expect(full.groups?.tracks.size).toBe(10_000);
    expect(
      [...(full.groups?.tracks.values() ?? [])].filter(({ anchor, before }) => anchor && before),
    ).toHaveLength(10_000);
    const bytes = encode(baselineWire, full, 'the baseline');
    expect(bytes.length / 1024).toBeLessThan(256);
    expect(bytes.length / 1024).toBeGreaterThan(50);
    expect(decode(baselineWire, 1, bytes, 'the baseline').groups?.tracks.size).toBe(10_000);
  });

  test('names that look like nothing do not take more', () => {
    const random = (index: number): string =>
      Buffer.from(`${Math.sin(index)}${Math.cos(index)}`).toString('base64');
    const hostile: Shape = {
      at: T0,
      groups: Array.from({ length: 20_000 }, (_, index) => ({
        group: new Map([['k', `q-${random(index)}`]]),
        series: 1,
      })),
    };
    const bytes = encode(baselineWire, learn(undefined, hostile, OK), 'the baseline');
    expect(bytes.length / 1024).toBeLessThan(256);
  });

  test('nor do values of many labels, however long', () => {
    const random = (index: number): string =>
      Array.from({ length: 60 }, (_, part) =>
        Math.sin(index * 61 + part)
          .toString(36)
          .slice(3, 20),
      ).join('');
    const values = new Map(
      Array.from({ length: 30 }, (_, label) => [
        `label_${label}`,
        new Map(
          Array.from({ length: 50 }, (_, index) => {
            const value = random(label * 50 + index);
            return [index % 2 === 0 ? value : value.slice(0, 128), 1] as const;
          }),
        ),
      ]),
    );
    const bytes = encode(baselineWire, learn(undefined, { at: T0, values }, OK), 'the baseline');
    expect(bytes.length / 1024).toBeLessThan(256);
    expect(bytes.length / 1024).toBeGreaterThan(20);
  });
});
