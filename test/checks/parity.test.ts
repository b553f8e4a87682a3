import { describe, expect, test } from 'vitest';
import type { PlannedParity } from '../../lib/checks/parity.ts';
import { unavailable } from '../../lib/evidence.ts';
import type { StreamSignal } from '../../lib/signal.ts';
import { type Answer, judge, signal, type WorldSeries } from '../support/world.ts';

const MINUTE_MS = 60_000;

const on = (place: string) => [{ label: 'on', operator: '=' as const, value: place }];
/** The pods as AMP has them. */
const amp = signal({ name: 'amp', match: on('amp'), by: ['pod'] });
/** The same as CloudWatch has them, later and for longer. */
const emf = (over: Partial<PlannedParity> = {}, bent: Partial<StreamSignal> = {}): StreamSignal =>
  signal({
    name: 'emf',
    plane: 'cloudwatch',
    address: 'n',
    match: on('cw'),
    by: ['PodName'],
    freshMs: 15 * MINUTE_MS,
    parity: { with: amp, map: [['PodName', 'pod']], tolerance: 0, skew: 12 * MINUTE_MS, ...over },
    ...bent,
  });

type Times = Omit<WorldSeries, 'labels'>;
const inAmp = (pod: string, times: Times = {}): WorldSeries => ({ labels: { on: 'amp', pod }, ...times });
const inCw = (pod: string, times: Times = {}): WorldSeries => ({
  labels: { on: 'cw', PodName: pod },
  ...times,
});
const both = (...pods: readonly string[]) => pods.flatMap((pod) => [inAmp(pod), inCw(pod)]);
const numbered = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => `p${String(from + index).padStart(4, '0')}`);

async function parityOf(series: readonly WorldSeries[], own = emf(), instead?: Answer) {
  const { verdicts, asked } = await judge([own, amp], series, instead);
  const told = verdicts.find((one) => one.signal.name === 'emf');
  if (!told) throw new Error('not judged');
  const findings = told.findings.filter(({ expectation }) => expectation === 'parity');
  return { ...told, parity: findings, asked, all: verdicts.flatMap((one) => one.findings) };
}

describe('the same pods on both planes', () => {
  test('are ok, for no further question', async () => {
    const { verdict, asked } = await parityOf(both('a', 'b'));
    expect(verdict).toBe('ok');
    expect(asked.filter((one) => one.ask === 'count' && one.beforeMs !== undefined)).toEqual([]);
    expect(asked).toHaveLength(2);
  });

  test.each(['amp', 'emf'])('but one that is missing from %s is named', async (lacks) => {
    const { parity } = await parityOf([...both('a', 'b'), lacks === 'amp' ? inCw('c') : inAmp('c')]);
    const [mine, other] = lacks === 'amp' ? ['PodName', 'pod'] : ['pod', 'PodName'];
    expect(parity).toEqual([
      {
        expectation: 'parity',
        subject: `missing from ${lacks}`,
        expected: `every ${mine} of ${lacks === 'amp' ? 'emf' : 'amp'} as ${other} of ${lacks}`,
        observed: `1 of 3 are missing for more than ${lacks === 'amp' ? '12m' : '20m'}: ${mine}=c`,
        question: expect.any(String) as string,
      },
    ]);
  });

  test('within the tolerance are ok, beyond it are not', async () => {
    const pods = numbered(20);
    const less = [...both(...pods.slice(0, 18)), ...pods.slice(18).map((pod) => inAmp(pod))];
    expect((await parityOf(less, emf({ tolerance: 0.1 }))).verdict).toBe('ok');
    const { parity } = await parityOf(less, emf({ tolerance: 0.09 }));
    expect(parity[0]).toMatchObject({
      expected: 'every pod of amp as PodName of emf, but for 9%',
      observed: '2 of 20 are missing for more than 20m: pod=p0018; pod=p0019',
    });
  });

  test('that differ in many are told with a few names', async () => {
    const { parity } = await parityOf([...both('a'), ...numbered(9).map((pod) => inAmp(pod))]);
    expect(parity[0]?.observed).toBe(
      '9 of 10 are missing for more than 20m: pod=p0000; pod=p0001; pod=p0002; pod=p0003; pod=p0004 and 4 more',
    );
  });

  test('by several labels are the same where all of them are', async () => {
    const by = (place: string, a: string, b: string): WorldSeries =>
      place === 'amp'
        ? { labels: { on: 'amp', pod: a, ns: b } }
        : { labels: { on: 'cw', PodName: a, Namespace: b } };
    const other = signal({ ...amp, by: ['pod', 'ns'] });
    const own = emf(
      {
        with: other,
        map: [
          ['PodName', 'pod'],
          ['Namespace', 'ns'],
        ],
      },
      { by: ['PodName', 'Namespace'] },
    );
    const series = [by('amp', 'a', 'x'), by('cw', 'a', 'x'), by('cw', 'a', 'y'), by('amp', 'a', 'y')];
    const { verdicts } = await judge([own, other], series);
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['ok', 'ok']);
  });

  test('count only where they carry the label', async () => {
    expect((await parityOf([...both('a'), { labels: { on: 'amp' } }])).parity).toEqual([]);
  });
});

describe('time', () => {
  test('a new pod is not missing before CloudWatch lists it, and is after that', async () => {
    const born = (minutes: number) => [...both('a'), inAmp('new', { bornMinutesAgo: minutes })];
    expect((await parityOf(born(19))).verdict).toBe('ok');
    expect((await parityOf(born(21))).parity).toHaveLength(1);
  });

  test('a pod that only CloudWatch has is missing from AMP once the skew is over', async () => {
    const born = (minutes: number) => [...both('a'), inCw('new', { bornMinutesAgo: minutes })];
    expect((await parityOf(born(11))).verdict).toBe('ok');
    expect((await parityOf(born(13))).parity).toHaveLength(1);
  });

  test.each([0, 3, 5, 10, 14, 16, 20])(
    'a pod that ended %i minutes ago on both is missing on none',
    async (ago) => {
      const ended = { seenMinutesAgo: ago };
      const late = { seenMinutesAgo: ago + 2 };
      expect((await parityOf([...both('a'), inAmp('old', ended), inCw('old', late)])).verdict).toBe('ok');
      expect((await parityOf([...both('a'), inAmp('old', late), inCw('old', ended)])).verdict).toBe('ok');
    },
  );

  test.each([0, 5, 10, 15, 20, 25, 30, 40])(
    'a rollout of every pod, %i minutes after it began, is healthy',
    async (now) => {
      const rolled = numbered(8).flatMap((pod, index): WorldSeries[] => {
        const replacedAgo = now - index * 2;
        if (replacedAgo <= 0) return both(pod);
        const born = { bornMinutesAgo: replacedAgo };
        const isListed = replacedAgo >= 16;
        return [
          inAmp(pod, { seenMinutesAgo: replacedAgo }),
          inCw(pod, { seenMinutesAgo: replacedAgo }),
          inAmp(`${pod}-new`, born),
          ...(isListed ? [inCw(`${pod}-new`, born)] : []),
        ];
      });
      expect((await parityOf([...both('stays'), ...rolled])).all).toEqual([]);
    },
  );

  test('a pod whose series stopped on one plane alone is told, not before both bounds and the skew', async () => {
    const stopped = (minutes: number) => [...both('a'), inCw('b'), inAmp('b', { seenMinutesAgo: minutes })];
    expect((await parityOf(stopped(26))).verdict).toBe('ok');
    expect((await parityOf(stopped(28))).parity).toMatchObject([{ subject: 'missing from amp' }]);
  });
});

describe('silence and blindness', () => {
  test.each([
    ['amp', [inCw('a')]],
    ['emf', [inAmp('a')]],
  ])('of %s is told as that alone, by that signal', async (which, series) => {
    const { verdicts } = await judge([emf(), amp], series);
    const told = verdicts.flatMap(({ signal: one, findings }) =>
      findings.map(({ expectation }) => [one.name, expectation]),
    );
    expect(told).toEqual([[which, 'fresh']]);
    const facts = verdicts.find(({ signal: one }) => one.name === 'emf')?.evidence.facts;
    expect(facts).toEqual([`not compared with amp: ${which} is silent`]);
  });

  test('of the other cannot be compared with: unknown, and whose question it was', async () => {
    const denied: Answer = (question) =>
      question.of.match.some(({ value }) => value === 'amp') ? unavailable('denied', 'needed: x') : undefined;
    const { verdict, unavailable: unseen, parity } = await parityOf(both('a'), emf(), denied);
    expect([verdict, parity]).toEqual(['unknown', []]);
    expect(unseen).toContainEqual({
      expectation: 'parity',
      reason: 'denied',
      detail: 'signal amp: needed: x',
    });
  });

  test('a place of the other that does not exist is no finding here', async () => {
    const absent: Answer = (question) =>
      question.of.match.some(({ value }) => value === 'amp')
        ? { kind: 'absent', subject: 'workspace ws-1', detail: 'no' }
        : undefined;
    const { verdict, findings, unavailable: unseen } = await parityOf(both('a'), emf(), absent);
    expect([verdict, findings]).toEqual(['unknown', []]);
    expect(unseen[0]).toMatchObject({ reason: 'rejected', detail: 'the place of signal amp does not exist' });
  });

  test('where it cannot be told late from missing, neither is said', async () => {
    const late: Answer = (question) =>
      question.ask === 'count' && question.beforeMs !== undefined
        ? unavailable('too-expensive', 'x')
        : undefined;
    const { verdict, unavailable: unseen } = await parityOf([...both('a'), inAmp('b')], emf(), late);
    expect(verdict).toBe('unknown');
    // It counts as blindness: a refusal that lasts would else hide what is missing for ever.
    expect(unseen).toEqual([{ expectation: 'parity', reason: 'too-expensive', detail: 'signal amp: x' }]);
    const partly: Answer = (question) =>
      question.ask === 'count' && question.beforeMs !== undefined
        ? { kind: 'found', value: [], at: 0, partial: true }
        : undefined;
    expect(await parityOf([...both('a'), inAmp('b')], emf(), partly)).toMatchObject({
      verdict: 'unknown',
      parity: [],
      unavailable: [{ expectation: 'parity', reason: 'incomplete' }],
    });
  });
});

describe('more than 500 values', () => {
  test('are counted: the same number is ok, fewer are told without names', async () => {
    const pods = numbered(600);
    expect((await parityOf(both(...pods))).verdict).toBe('ok');
    const less = [...both(...pods.slice(0, 500)), ...pods.slice(500).map((pod) => inAmp(pod))];
    expect((await parityOf(less, emf({ tolerance: 0.1 }))).parity).toMatchObject([
      { observed: '100 of 600 are missing for more than 20m: too many to be named' },
    ]);
    expect((await parityOf(less, emf({ tolerance: 0.2 }))).verdict).toBe('ok');
  });
});

test('hostile values are harmless', async () => {
  const evil = `\u001b[2J"; drop\n${'x'.repeat(5000)}`;
  const { parity } = await parityOf([...both('a', '__proto__', 'constructor'), inAmp(evil)]);
  expect(parity).toHaveLength(1);
  expect(parity[0]?.observed.length).toBeLessThan(250);
  expect(parity[0]?.observed).toMatch(/^[^\p{Cc}]*$/u);
});
