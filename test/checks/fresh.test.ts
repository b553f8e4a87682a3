import { expect, test } from 'vitest';
import { unavailable } from '../../lib/evidence.ts';
import type { Question } from '../../lib/question.ts';
import { found, judge, signal, type WorldSeries } from '../support/world.ts';

const job = (name: string, over: Partial<WorldSeries> = {}): WorldSeries => ({
  labels: { job: name },
  ...over,
});
const byJob = signal({ by: ['job'] });
const listing = (...values: string[]) => signal({ by: ['job'], labels: { values: [['job', values]] } });

async function findings(...args: Parameters<typeof judge>) {
  const { verdicts } = await judge(...args);
  return verdicts[0]?.findings.map(({ expectation, subject, observed }) => [expectation, subject, observed]);
}

test('groups with a sample inside the bound are fresh', async () => {
  const { verdicts, asked, rounds } = await judge([byJob], [job('a'), job('b', { seenMinutesAgo: 3 })]);
  expect(verdicts[0]).toMatchObject({ verdict: 'ok', state: null, findings: [], unavailable: [] });
  expect(verdicts[0]?.evidence).toMatchObject({ series: 2, newestSampleAt: null });
  expect([asked.length, rounds]).toEqual([2, 1]);
});

test('a group that has gone silent is told with the age of its newest sample', async () => {
  expect(await findings([byJob], [job('a'), job('b', { seenMinutesAgo: 14 })])).toEqual([
    ['fresh', 'job=b', 'newest sample 14m old'],
  ]);
});

test('a silent group stays failing after it has vanished from plain answers', async () => {
  expect(await findings([byJob], [job('a'), job('b', { seenMinutesAgo: 55 })])).toEqual([
    ['fresh', 'job=b', 'newest sample 55m old'],
  ]);
});

test('without memory, what was gone an hour ago is no longer expected', async () => {
  expect(await findings([byJob], [job('a'), job('b', { seenMinutesAgo: 80 })])).toEqual([]);
});

test('a listed group is expected for ever', async () => {
  expect(await findings([listing('a', 'b')], [job('a'), job('b', { seenMinutesAgo: 80 })])).toEqual([
    ['fresh', 'job=b', 'newest sample 1h 20m old'],
  ]);
});

test('a listed group that was never seen says that it is listed', async () => {
  expect(await findings([listing('a', 'typo')], [job('a')])).toEqual([
    ['fresh', 'job=typo', 'no sample in the last 6h (listed under labels.values)'],
  ]);
});

test('when everything is silent there is one finding, whatever the groups were', async () => {
  const dead = [job('a', { seenMinutesAgo: 20 }), job('b', { seenMinutesAgo: 10 })];
  expect(await findings([listing('a', 'b')], dead)).toEqual([
    ['fresh', 'all series', 'newest sample 10m old'],
  ]);
});

test('the newest silent sample is evidence', async () => {
  const { verdicts } = await judge([byJob], [job('a'), job('b', { seenMinutesAgo: 14 })]);
  expect(verdicts[0]?.evidence.newestSampleAt).toBe(1_800_000_000_000 - 14 * 60_000);
});

test('a refused "last seen" question does not change the verdict', async () => {
  const series = [job('a'), job('b', { seenMinutesAgo: 14 })];
  const refuse = (question: { ask: string }) =>
    question.ask === 'newest' ? unavailable('too-expensive', 'no') : undefined;
  expect(await findings([byJob], series, refuse)).toEqual([['fresh', 'job=b', 'no sample in the last 4m']]);
});

test('a sample that arrives between the two questions is no finding', async () => {
  const late = (question: { ask: string }) =>
    question.ask === 'newest'
      ? found([{ group: new Map([['job', 'b']]), newestSampleAt: 1_800_000_000_000 - 1000 }])
      : undefined;
  expect(await findings([byJob], [job('a'), job('b', { seenMinutesAgo: 14 })], late)).toEqual([]);
});

test('ages are taken against the time of the answer, not the local clock', async () => {
  const skewed = (question: { ask: string }) =>
    question.ask === 'newest'
      ? { ...found([{ group: new Map([['job', 'b']]), newestSampleAt: 5_000 }]), at: 605_000 }
      : undefined;
  expect(await findings([byJob], [job('a'), job('b', { seenMinutesAgo: 14 })], skewed)).toEqual([
    ['fresh', 'job=b', 'newest sample 10m old'],
  ]);
});

test('series without the label are a group of their own', async () => {
  expect(await findings([byJob], [job('a'), { labels: {}, seenMinutesAgo: 30 }])).toEqual([
    ['fresh', 'job=(none)', 'newest sample 30m old'],
  ]);
});

test('a pod that a rollout replaced is not expected back, its job is', async () => {
  const by = signal({ by: ['job', 'pod'] });
  const pod = (name: string, podName: string, seenMinutesAgo = 0): WorldSeries => ({
    labels: { job: name, pod: podName },
    seenMinutesAgo,
  });
  expect(await findings([by], [pod('a', 'a-1', 30), pod('a', 'a-2')])).toEqual([]);
  expect(await findings([by], [pod('a', 'a-1', 30), pod('b', 'b-1')])).toEqual([
    ['fresh', 'job=a', 'newest sample 30m old'],
  ]);
});

test('when nothing matches, the matcher that empties the answer is named', async () => {
  const s = signal({
    match: [
      { label: 'job', operator: '=~', value: 'kube.*' },
      { label: 'env', operator: '=', value: 'prod' },
    ],
  });
  const other = { labels: { job: 'node', env: 'prod' } };
  expect(await findings([s], [other])).toEqual([
    ['fresh', 'all series', 'no sample in the last 6h; m has 1 live series, but none with job=~"kube.*"'],
  ]);
  expect(await findings([s], [])).toEqual([
    ['fresh', 'all series', 'no sample in the last 6h; no live series is called m'],
  ]);
  const apart = [{ labels: { job: 'kubelet' } }, other];
  expect(await findings([s], apart)).toEqual([
    [
      'fresh',
      'all series',
      'no sample in the last 6h; m has 2 live series, and each matcher alone finds some, but none fits all',
    ],
  ]);
});

test('hostile label names and values are only names and values', async () => {
  const s = signal({ by: ['__proto__'], labels: undefined });
  const labels = (value: string) => Object.fromEntries([['__proto__', value]]);
  const hostile = 'a"b\\c\nd, x=y 🙈';
  expect(
    await findings([s], [{ labels: labels('ok') }, { labels: labels(hostile), seenMinutesAgo: 9 }]),
  ).toEqual([['fresh', `__proto__=${JSON.stringify(hostile)}`, 'newest sample 9m old']]);
});

const isEarlier = (question: Question): boolean =>
  question.ask === 'count' && question.beforeMs !== undefined;

test('an incomplete answer proves presence, never absence', async () => {
  const partial = (question: Question) =>
    question.ask === 'count' && !isEarlier(question)
      ? found([{ group: new Map([['job', 'a']]), series: 1 }], true)
      : undefined;
  const present = await judge([listing('a')], [], partial);
  expect(present.verdicts[0]).toMatchObject({ verdict: 'ok' });
  const missing = await judge([listing('a', 'b')], [], partial);
  expect(missing.verdicts[0]).toMatchObject({
    verdict: 'unknown',
    findings: [],
    unavailable: [{ expectation: 'fresh', reason: 'incomplete' }],
  });
});

test('a group cut from the answer about an hour ago is not simply unexpected', async () => {
  const cut = (question: Question) =>
    isEarlier(question) ? found([{ group: new Map([['job', 'a']]), series: 1 }], true) : undefined;
  const { verdicts } = await judge([byJob], [job('a'), job('b', { seenMinutesAgo: 14 })], cut);
  expect(verdicts[0]).toMatchObject({ verdict: 'unknown', unavailable: [{ reason: 'incomplete' }] });
  const known = await judge([byJob], [job('a', { seenMinutesAgo: 14 }), job('b')], cut);
  expect(known.verdicts[0]).toMatchObject({ verdict: 'failing', findings: [{ subject: 'job=a' }] });
});

test('what the present alone proves is told although the past could not be asked', async () => {
  const blind = (question: Question) =>
    isEarlier(question) ? unavailable('too-expensive', 'no') : undefined;
  const silent = await judge([byJob], [job('a', { seenMinutesAgo: 14 })], blind);
  expect(silent.verdicts[0]).toMatchObject({
    verdict: 'failing',
    findings: [{ subject: 'all series' }],
    unavailable: [{ expectation: 'fresh', reason: 'too-expensive' }],
  });
  const listed = await judge([listing('a', 'b')], [job('a')], blind);
  expect(listed.verdicts[0]).toMatchObject({ verdict: 'failing', findings: [{ subject: 'job=b' }] });
  expect((await judge([byJob], [job('a')], blind)).verdicts[0]).toMatchObject({ verdict: 'unknown' });
});

test('samples that arrive between the questions leave counts and labels unjudged, not ok', async () => {
  const late = (question: Question) =>
    question.ask === 'newest'
      ? found([{ group: new Map<string, string>(), newestSampleAt: 1_800_000_000_000 - 1000 }])
      : undefined;
  const counted = signal({ series: { min: 30 }, labels: { require: ['x'] } });
  const { verdicts } = await judge([counted], [job('a', { seenMinutesAgo: 14 })], late);
  expect(verdicts[0]).toMatchObject({
    verdict: 'unknown',
    findings: [],
    unavailable: [{ expectation: 'fresh', reason: 'incomplete' }],
  });
});

test('a bound of days looks back further than the bound', async () => {
  const daily = signal({ freshMs: 48 * 3_600_000 });
  expect(await findings([daily], [job('a', { bornMinutesAgo: 9000, seenMinutesAgo: 3000 })])).toEqual([
    ['fresh', 'all series', 'newest sample 2d 2h old'],
  ]);
  expect(await findings([daily], [])).toEqual([['fresh', 'all series', 'no sample in the last 2d 6h']]);
});

test('a finding carries the question that shows it', async () => {
  const { verdicts } = await judge([byJob], [job('a'), job('b', { seenMinutesAgo: 14 })]);
  expect(verdicts[0]?.findings[0]?.question).toContain('"ask":"newest"');
});
