import { expect, test } from 'vitest';
import { unavailable } from '../../lib/evidence.ts';
import type { SeriesSettings } from '../../lib/checks/series.ts';
import { found, judge, signal, type WorldSeries } from '../support/world.ts';

const many = (count: number, over: Partial<WorldSeries> = {}, name = 'a'): WorldSeries[] =>
  Array.from({ length: count }, (_, i) => ({
    labels: { job: name, n: `${i}${over.bornMinutesAgo ?? ''}` },
    ...over,
  }));

async function outcome(series: SeriesSettings, world: WorldSeries[], over = {}) {
  const expectsSeries = series.exactly !== 0 && series.max !== 0;
  const { verdicts } = await judge([signal({ by: ['job'], series, expectsSeries, ...over })], world);
  const [verdict] = verdicts;
  return [
    verdict?.verdict,
    verdict?.state,
    ...(verdict?.findings.map(
      ({ expectation, subject, observed }) => `${expectation} ${subject}: ${observed}`,
    ) ?? []),
  ];
}

test.each<[string, SeriesSettings, WorldSeries[], unknown[]]>([
  ['enough', { min: 3 }, many(3), ['ok', null]],
  ['too few', { min: 3 }, many(2), ['failing', null, 'series.min all series: 2 live series']],
  ['not too many', { max: 3 }, many(3), ['ok', null]],
  ['too many', { max: 3 }, many(4), ['failing', null, 'series.max all series: 4 live series']],
  ['exact', { exactly: 3 }, many(3), ['ok', null]],
  ['one short', { exactly: 3 }, many(2), ['failing', null, 'series.exactly all series: 2 live series']],
  ['one over', { exactly: 3 }, many(4), ['failing', null, 'series.exactly all series: 4 live series']],
  [
    'a group too small',
    { each: { min: 2 } },
    [...many(2), ...many(1, {}, 'b')],
    ['failing', null, 'series.each.min job=b: 1 live series'],
  ],
  [
    'a group too large',
    { each: { max: 1 } },
    [...many(2), ...many(1, {}, 'b')],
    ['failing', null, 'series.each.max job=a: 2 live series'],
  ],
  ['stale series do not count', { max: 3 }, [...many(3), ...many(5, { seenMinutesAgo: 6 })], ['ok', null]],
  ['nothing, as expected', { exactly: 0 }, [], ['ok', null]],
  [
    'something where nothing is expected',
    { exactly: 0 },
    many(1),
    ['failing', null, 'series.exactly all series: 1 live series'],
  ],
])('%s', async (_name, series, world, expected) => {
  expect(await outcome(series, world)).toEqual(expected);
});

test('a silent group explains the shortage: one silence, one finding', async () => {
  const world = [...many(2), ...many(3, { seenMinutesAgo: 20 }, 'b')];
  expect(await outcome({ min: 5 }, world)).toEqual(['failing', null, 'fresh job=b: newest sample 20m old']);
});

test('a silent signal is told once', async () => {
  expect(await outcome({ min: 5, each: { min: 2 } }, many(5, { seenMinutesAgo: 20 }))).toEqual([
    'failing',
    null,
    'fresh all series: newest sample 20m old',
  ]);
});

test('a rollout holds an upper bound: old and new generations overlap', async () => {
  const world = [...many(3, { seenMinutesAgo: 2 }), ...many(3, { bornMinutesAgo: 5 })];
  expect(await outcome({ max: 3 }, world)).toEqual(['ok', 'rollout']);
  expect(await outcome({ exactly: 3 }, world)).toEqual(['ok', 'rollout']);
  expect(await outcome({ each: { max: 3 } }, world)).toEqual(['ok', 'rollout']);
});

test('a rollout does not excuse a shortage', async () => {
  const world = [...many(1), ...many(1, { bornMinutesAgo: 5 })];
  expect(await outcome({ min: 3 }, world)).toEqual(['failing', null, 'series.min all series: 2 live series']);
});

test('series that are twice as many since an hour are no rollout', async () => {
  const world = [...many(3), ...many(3, { bornMinutesAgo: 60 })];
  expect(await outcome({ max: 3 }, world)).toEqual(['failing', null, 'series.max all series: 6 live series']);
});

test('a rise of less than a fifth is no rollout', async () => {
  const world = [...many(9), ...many(1, { bornMinutesAgo: 5 })];
  expect(await outcome({ max: 9 }, world)).toEqual([
    'failing',
    null,
    'series.max all series: 10 live series',
  ]);
});

test('a signal that has only just begun is no rollout', async () => {
  expect(await outcome({ max: 3 }, many(4, { bornMinutesAgo: 5 }))).toEqual([
    'failing',
    null,
    'series.max all series: 4 live series',
  ]);
});

test('churn without end is held for half an hour only', async () => {
  const world = [...many(4, { bornMinutesAgo: 50 }), ...many(4, { bornMinutesAgo: 5 })];
  expect(await outcome({ max: 3 }, world)).toEqual(['failing', null, 'series.max all series: 8 live series']);
});

test('a longer bound holds a rollout as long as its old generation counts', async () => {
  const world = [...many(3, { seenMinutesAgo: 12 }), ...many(3, { bornMinutesAgo: 20 })];
  expect(await outcome({ max: 3 }, world, { freshMs: 15 * 60_000 })).toEqual(['ok', 'rollout']);
});

test('only an exceeded bound asks what a rollout looks like', async () => {
  const { asked, rounds } = await judge([signal({ series: { max: 3 } })], many(3));
  expect([asked.length, rounds]).toEqual([1, 1]);
});

test('a rollout that could not be asked about does not hide the finding', async () => {
  const world = [...many(3, { seenMinutesAgo: 2 }), ...many(3, { bornMinutesAgo: 5 })];
  const { verdicts } = await judge([signal({ series: { max: 3 } })], world, ({ ask }) =>
    ask === 'newSeries' ? unavailable('timeout', 'late') : undefined,
  );
  expect(verdicts[0]?.findings).toMatchObject([{ expectation: 'series.max' }]);
});

test('one replaced target of ten is no eleventh series', async () => {
  const world = [
    ...many(9),
    ...many(1, { seenMinutesAgo: 2, ended: true }),
    ...many(1, { bornMinutesAgo: 2 }),
  ];
  expect(await outcome({ exactly: 10 }, world)).toEqual(['ok', 'rollout']);
  expect(await outcome({ max: 10 }, world)).toEqual(['ok', 'rollout']);
  const doubled = [...many(11), ...many(1, { seenMinutesAgo: 2, ended: true })];
  expect(await outcome({ exactly: 10 }, doubled)).toEqual([
    'failing',
    null,
    'series.exactly all series: 12 live series',
  ]);
});

test('a rollout is not believed on answers that left something out', async () => {
  const world = [...many(3, { seenMinutesAgo: 2 }), ...many(3, { bornMinutesAgo: 5 })];
  const { verdicts } = await judge([signal({ series: { max: 3 } })], world, (question) =>
    question.ask === 'count' && (question.standing || question.beforeMs !== undefined)
      ? found([{ group: new Map<string, string>(), series: 1 }], true)
      : undefined,
  );
  expect(verdicts[0]).toMatchObject({ verdict: 'failing', state: null });
});

test('a part of the groups does not prove that each is large enough', async () => {
  const partial = (question: { ask: string }) =>
    question.ask === 'count' ? found([{ group: new Map([['job', 'a']]), series: 5 }], true) : undefined;
  const { verdicts } = await judge([signal({ by: ['job'], series: { each: { min: 2 } } })], [], partial);
  expect(verdicts[0]?.unavailable).toContainEqual(
    expect.objectContaining({ expectation: 'series.each.min', reason: 'incomplete' }),
  );
});
