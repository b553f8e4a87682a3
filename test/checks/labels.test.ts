import { expect, test } from 'vitest';
import type { LabelsSettings } from '../../lib/checks/labels.ts';
import { unavailable } from '../../lib/evidence.ts';
import { found, judge, signal, type WorldSeries } from '../support/world.ts';

const on = (labels: Record<string, string>, seenMinutesAgo = 0): WorldSeries => ({ labels, seenMinutesAgo });
const world = [on({ job: 'a', instance: '1' }), on({ job: 'a', instance: '2' }), on({ job: 'b', pod: 'x' })];

async function findings(labels: LabelsSettings, series = world, by: string[] = ['job']) {
  const { verdicts } = await judge([signal({ by, labels })], series);
  return verdicts[0]?.findings.map(
    ({ expectation, subject, observed }) => `${expectation} ${subject}: ${observed}`,
  );
}

test.each<[string, LabelsSettings, string[]]>([
  ['required and there', { require: ['job'] }, []],
  [
    'required and missing',
    { require: ['instance'] },
    ['labels.require instance: missing on 1 of 3 live series (job=b)'],
  ],
  ['forbidden and absent', { forbid: ['task_arn'] }, []],
  ['forbidden and there', { forbid: ['pod'] }, ['labels.forbid pod: present on 1 of 3 live series (job=b)']],
  ['values that exist', { values: [['instance', ['1', '2']]] }, []],
  [
    'a value that does not exist',
    { values: [['instance', ['1', '3']]] },
    ['labels.values instance=3: no live series has this value'],
  ],
  ['no other value', { values: [['job', { only: ['a', 'b'] }]] }, []],
  [
    'another value',
    { values: [['job', { only: ['a'] }]] },
    ['labels.values job=b: 1 live series have this value'],
  ],
  ['a series without the label is not another value', { values: [['pod', { only: ['x'] }]] }, []],
  [
    'not exactly these names',
    { exactly: ['job', 'instance'] },
    [
      'labels.exactly instance: missing on 1 of 3 live series (job=b)',
      'labels.exactly pod: label pod is there',
    ],
  ],
])('%s', async (_name, labels, expected) => {
  expect(await findings(labels)).toEqual(expected);
});

test('exactly these names', async () => {
  expect(await findings({ exactly: ['job', 'instance'] }, world.slice(0, 2))).toEqual([]);
});

test('a value is text, never a pattern', async () => {
  const series = [on({ job: 'axb' }), on({ job: 'a.b' })];
  expect(await findings({ values: [['job', { only: ['a.b'] }]] }, series)).toEqual([
    'labels.values job=axb: 1 live series have this value',
  ]);
});

test('stale series carry nothing', async () => {
  const series = [on({ job: 'a' }), on({ job: 'a', task_arn: 'x' }, 10)];
  expect(await findings({ forbid: ['task_arn'] }, series)).toEqual([]);
});

test('what silence implies is not told', async () => {
  const silent = world.map(({ labels }) => on({ ...labels }, 20));
  const labels: LabelsSettings = { require: ['x'], values: [['instance', ['9']]], exactly: ['job'] };
  expect(await findings(labels, silent)).toEqual(['fresh all series: newest sample 20m old']);
});

test('the same label called __proto__ is a label like any other', async () => {
  const labelled = Object.fromEntries([['__proto__', 'x']]);
  expect(await findings({ require: ['__proto__'] }, [on(labelled)], [])).toEqual([]);
  expect(await findings({ require: ['__proto__'] }, [on({})], [])).toEqual([
    'labels.require __proto__: missing on 1 of 1 live series',
  ]);
});

test('what could not be asked is unknown for that expectation alone', async () => {
  const labels: LabelsSettings = { require: ['instance'], forbid: ['zone'] };
  const { verdicts } = await judge([signal({ labels })], world, (question) =>
    question.ask === 'count' && question.of.match.some(({ label }) => label === 'zone')
      ? unavailable('too-expensive', 'limit')
      : undefined,
  );
  expect(verdicts[0]).toMatchObject({
    verdict: 'failing',
    findings: [{ expectation: 'labels.require', subject: 'instance' }],
    unavailable: [{ expectation: 'labels.forbid', reason: 'too-expensive', detail: 'limit' }],
  });
});

test('an incomplete answer refutes "on none", but does not prove it', async () => {
  const partly = (series: number) =>
    judge([signal({ labels: { forbid: ['zone'] } })], world, (question) =>
      question.ask === 'count' && question.of.match.length > 0
        ? found(series === 0 ? [] : [{ group: new Map<string, string>(), series }], true)
        : undefined,
    );
  expect((await partly(2)).verdicts[0]).toMatchObject({
    verdict: 'failing',
    findings: [{ subject: 'zone' }],
  });
  expect((await partly(0)).verdicts[0]).toMatchObject({
    verdict: 'unknown',
    unavailable: [{ expectation: 'labels.forbid', reason: 'incomplete' }],
  });
});
