import { expect, test } from 'vitest';
import { judge, signal, type WorldSeries } from '../support/world.ts';

const SETTINGS = { max: 0.3, over: 20 * 60_000 };
const canary = (over = {}) => signal({ churn: SETTINGS, ...over });

/** So many series of a pod each, born and last seen so long ago. */
function series(count: number, bornMinutesAgo: number, seenMinutesAgo = 0): WorldSeries[] {
  return Array.from({ length: count }, (_, index) => ({
    labels: { pod: `p${bornMinutesAgo}-${index}` },
    bornMinutesAgo,
    seenMinutesAgo,
  }));
}

async function findings(world: readonly WorldSeries[], over = {}) {
  const { verdicts } = await judge([canary(over)], world);
  return verdicts[0]?.findings.map(({ observed }) => observed);
}

test('what is steady is asked for once, and fine', async () => {
  const { verdicts, asked } = await judge([canary()], series(10, 600));
  expect(verdicts[0]).toMatchObject({ verdict: 'ok', findings: [] });
  const times = asked.flatMap((question) => ('sinceMs' in question ? [question.beforeMs ?? 0] : []));
  expect(times).toEqual([0]);
});

test('what is replaced all the time is told, with both shares', async () => {
  // Each lives for ten minutes, ten at a time.
  const generations = Array.from({ length: 12 }, (_, index) => series(10, 10 * (index + 1), 10 * index));
  expect(await findings(generations.flat())).toEqual([
    '100% replaced in the last 20m, and 100% in as long 40m ago',
  ]);
});

test.each([5, 15, 30, 45, 55])(
  'a rollout %i minutes ago replaced everything once, and is fine',
  async (ago) => {
    expect(await findings([...series(10, ago), ...series(10, 600, ago)])).toEqual([]);
  },
);

test('what only came is a rise, and what only went a drop', async () => {
  expect(await findings([...series(10, 600), ...series(20, 15), ...series(20, 50)])).toEqual([]);
  expect(await findings([...series(10, 600), ...series(20, 600, 10), ...series(20, 600, 50)])).toEqual([]);
});

test('a share below the bound is fine', async () => {
  const some = Array.from({ length: 12 }, (_, index) => series(2, 10 * (index + 1), 10 * index));
  expect(await findings([...series(8, 600), ...some.flat()])).toEqual([]);
  expect(
    await findings([...series(8, 600), ...some.flat()], { churn: { ...SETTINGS, max: 0.1 } }),
  ).toHaveLength(1);
});

test('a shorter time than the bound of fresh is taken as that', async () => {
  const { asked } = await judge([canary({ freshMs: 30 * 60_000 })], series(10, 600));
  const question = asked.find((one) => 'sinceMs' in one);
  expect(question).toMatchObject({ sinceMs: 30 * 60_000 });
});

test('a silence is told by fresh alone', async () => {
  const { verdicts } = await judge([canary()], series(10, 600, 60));
  expect(verdicts[0]?.findings.map(({ expectation }) => expectation)).toEqual(['fresh']);
});

test('what could not be asked is unknown, of the earlier time where it is asked', async () => {
  const instead = (isOf: (beforeMs: number) => boolean) => (question: { ask: string; beforeMs?: number }) =>
    question.ask === 'newSeries' && isOf(question.beforeMs ?? 0)
      ? ({ kind: 'unavailable', reason: 'throttled', detail: 'too many' } as const)
      : undefined;
  const world = [...series(10, 15), ...series(10, 600, 15)];
  const now = await judge(
    [canary()],
    world,
    instead((beforeMs) => beforeMs === 0),
  );
  expect(now.verdicts[0]).toMatchObject({
    verdict: 'unknown',
    unavailable: [{ expectation: 'churn', reason: 'throttled' }],
  });
  const earlier = await judge(
    [canary()],
    world,
    instead((beforeMs) => beforeMs > 0),
  );
  expect(earlier.verdicts[0]).toMatchObject({
    verdict: 'unknown',
    findings: [],
    unavailable: [{ expectation: 'churn', reason: 'throttled' }],
  });
  const partly = await judge([canary()], world, (question) =>
    question.ask === 'newSeries' && question.beforeMs !== undefined
      ? { kind: 'found', value: 0, at: 0, partial: true }
      : undefined,
  );
  expect(partly.verdicts[0]).toMatchObject({
    verdict: 'unknown',
    unavailable: [{ expectation: 'churn', reason: 'incomplete' }],
  });
});
