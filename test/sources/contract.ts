import { expect, test } from 'vitest';
import type { NamedKeySet, Question } from '../../lib/question.ts';
import { questionKey } from '../../lib/question.ts';
import type { Source, SourcePorts } from '../../lib/sources/source.ts';
import { type Storage, storedSeries } from '../../rehearsal/storage.ts';
import { testPorts } from '../support/ports.ts';

export interface SourceSetup {
  readonly source: Source;
  /** How many requests have reached the plane. */
  readonly requests: () => number;
  /** How exactly the plane tells when something was last seen. */
  readonly resolutionMs?: number;
}

/** Opens the plane's source over a storage, or over a plane that answers as `trouble` says. */
export type SetUp = (
  storage: Storage,
  ports: SourcePorts,
  trouble?: 'throttles' | 'hangs' | 'resets' | 'denies',
) => Promise<SourceSetup>;

const MINUTE_MS = 60_000;
const HOSTILE = 'say "hi"\\ 🚀\n{}';

function questions(plane: { namespace?: string }) {
  const count = (
    match: { label: string; operator: '=' | '=~'; value: string }[] = [],
    by: string[] = ['job'],
  ): Question => ({
    ask: 'count',
    of: { metric: 'm', match, ...plane },
    freshMs: 4 * MINUTE_MS,
    by,
  });
  const newest: Question = {
    ask: 'newest',
    of: { metric: 'm', match: [], ...plane },
    by: ['job'],
    withinMs: 6 * 3_600_000,
  };
  const newSeries: Question = {
    ask: 'newSeries',
    of: { metric: 'm', match: [], ...plane },
    freshMs: 4 * MINUTE_MS,
    sinceMs: 15 * MINUTE_MS,
  };
  const otherLabels: Question = {
    ask: 'otherLabels',
    of: { metric: 'm', match: [], ...plane },
    freshMs: 4 * MINUTE_MS,
    names: ['job'],
  };
  const statistic = (is: 'average' | 'minimum' | 'maximum'): Question => ({
    ask: 'statistic',
    of: { metric: 'm', match: [], ...plane },
    statistic: is,
    overMs: 15 * MINUTE_MS,
    by: ['job'],
  });
  return { count, newest, newSeries, otherLabels, statistic };
}

function series(
  now: number,
  labels: Record<string, string>,
  fromMinutesAgo: number,
  untilMinutesAgo: number,
  value = 1,
) {
  const samples = [];
  for (let age = fromMinutesAgo; age >= untilMinutesAgo; age -= 1) {
    samples.push({ at: now - age * MINUTE_MS - 1000, value, stale: false });
  }
  return storedSeries(new Map([['__name__', 'm'], ...Object.entries(labels)]), samples);
}

/** What every source must do, whatever plane it asks. */
export function sourceContract(setUp: SetUp, plane: { namespace?: string } = {}): void {
  const { count, newest, newSeries, otherLabels, statistic } = questions(plane);
  const world = (now: number): Storage => ({
    series: [
      series(now, { job: 'a', n: '1' }, 60, 0),
      series(now, { job: 'a', n: '2' }, 5, 0),
      series(now, { job: 'b', n: '1' }, 60, 20),
      series(now, Object.fromEntries([['__proto__', HOSTILE]]), 60, 0),
    ],
  });

  test('opening asks nothing', async () => {
    const ports = testPorts();
    const { requests } = await setUp(world(ports.clock.now()), ports);
    expect(requests()).toBe(0);
  });

  test('every question is answered, by its key', async () => {
    const ports = testPorts();
    const { source, resolutionMs = 0 } = await setUp(world(ports.clock.now()), ports);
    const none: Question = count([{ label: 'job', operator: '=', value: 'zzz' }]);
    const answers = await source.ask([count(), none, newest, newSeries, otherLabels]);
    const read = (question: Question): unknown => {
      const answer = answers.get(questionKey(question));
      return answer?.kind === 'found' ? answer.value : answer;
    };
    const groups = (value: unknown) =>
      new Map(
        (value as { group: Map<string, string>; series: number }[])
          .filter((row) => row.series > 0)
          .map((row) => [row.group.get('job'), row.series]),
      );
    expect(groups(read(count()))).toEqual(
      new Map([
        ['a', 2],
        [undefined, 1],
      ]),
    );
    expect(read(none)).toEqual([]);
    expect(read(newSeries)).toBe(1);
    expect(read(otherLabels)).toEqual({ names: ['__proto__', 'n'], series: 3 });
    const seen = read(newest) as { group: Map<string, string>; newestSampleAt: number }[];
    const silent = seen.find(({ group }) => group.get('job') === 'b');
    const newestAt = ports.clock.now() - 20 * MINUTE_MS - 1000;
    expect(silent?.newestSampleAt).toBeGreaterThanOrEqual(newestAt);
    expect(silent?.newestSampleAt).toBeLessThanOrEqual(newestAt + resolutionMs);
  });

  test('live series are counted by their exact sets of label names', async () => {
    const ports = testPorts();
    const { source } = await setUp(world(ports.clock.now()), ports);
    const sets: Question = {
      ask: 'keySetCounts',
      of: { metric: 'm', match: [], ...plane },
      freshMs: 4 * MINUTE_MS,
    };
    const answer = (await source.ask([sets, count()])).get(questionKey(sets));
    expect(
      answer?.kind === 'found' && (answer.value as NamedKeySet[]).filter((set) => set.series > 0),
    ).toMatchObject([
      { names: ['__proto__'], series: 1 },
      { names: ['job', 'n'], series: 2 },
    ]);
  });

  test('statistics are those of the samples of a group; what ended has none', async () => {
    const ports = testPorts();
    const now = ports.clock.now();
    const storage: Storage = {
      series: [
        series(now, { job: 'a', n: '1' }, 60, 0, 2),
        series(now, { job: 'a', n: '2' }, 60, 0, 6),
        series(now, { job: 'b', n: '1' }, 60, 20, 9),
      ],
    };
    const { source } = await setUp(storage, ports);
    const asked = [statistic('average'), statistic('minimum'), statistic('maximum')];
    const answers = await source.ask(asked);
    const a = new Map([['job', 'a']]);
    expect(asked.map((question) => answers.get(questionKey(question)))).toMatchObject(
      [4, 2, 6].map((value) => ({ kind: 'found', value: [{ group: a, value }] })),
    );
  });

  test('hostile labels and values are only labels and values', async () => {
    const ports = testPorts();
    const { source } = await setUp(world(ports.clock.now()), ports);
    const hostile = count([{ label: '__proto__', operator: '=', value: HOSTILE }], ['__proto__']);
    const answers = await source.ask([hostile, count()]);
    const answer = answers.get(questionKey(hostile));
    expect(answer).toMatchObject({ kind: 'found' });
    const rows =
      answer?.kind === 'found' ? (answer.value as { group: Map<string, string>; series: number }[]) : [];
    expect(rows.map(({ group, series: n }) => [...group, n])).toEqual([[['__proto__', HOSTILE], 1]]);
  });

  test('a question that the plane cannot take does not blind the others', async () => {
    const ports = testPorts();
    const { source } = await setUp(world(ports.clock.now()), ports);
    const poisoned = count([{ label: 'job', operator: '=~', value: '(' }]);
    const answers = await source.ask([count(), poisoned, newSeries]);
    expect(answers.get(questionKey(poisoned))).toMatchObject({ kind: 'unavailable', reason: 'rejected' });
    expect(answers.get(questionKey(count()))).toMatchObject({ kind: 'found' });
    expect(answers.get(questionKey(newSeries))).toMatchObject({ kind: 'found' });
  });

  test.each([
    ['throttles', 'throttled'],
    ['resets', 'unreachable'],
    ['denies', 'denied'],
  ] as const)('a plane that %s makes every question unavailable: %s', async (trouble, reason) => {
    const ports = testPorts();
    const { source } = await setUp(world(ports.clock.now()), ports, trouble);
    const answers = await source.ask([count(), newest]);
    expect([...answers.values()]).toMatchObject([
      { kind: 'unavailable', reason },
      { kind: 'unavailable', reason },
    ]);
  });

  test('a plane that hangs is unavailable: timeout, when the time is up', async () => {
    const ports = testPorts();
    const { source } = await setUp(
      world(ports.clock.now()),
      { ...ports, deadline: ports.clock.now() + 700 },
      'hangs',
    );
    const answers = await source.ask([count()]);
    expect([...answers.values()]).toMatchObject([{ kind: 'unavailable', reason: 'timeout' }]);
  });

  test('a question can be read as one line', async () => {
    const ports = testPorts();
    const { source } = await setUp(world(ports.clock.now()), ports);
    for (const question of [count(), newest, newSeries, otherLabels]) {
      expect(source.text(question)).toMatch(/^[^\n]+$/);
    }
  });
}
