import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { systemClock } from '../../lib/clock.ts';
import type { StreamSignal } from '../../lib/signal.ts';
import type { SourcePorts } from '../../lib/sources/source.ts';
import { verifyCluster } from '../../lib/verify.ts';
import { answerQuery } from '../../rehearsal/prometheus-api.ts';
import { type Storage, storedSeries } from '../../rehearsal/storage.ts';
import { fakeClock, testPorts } from '../support/ports.ts';
import { signal } from '../support/world.ts';

const MINUTE_MS = 60_000;
const NOW = 1_800_000_000_000;

function storage(series: Readonly<Record<string, number>>, untilMinutesAgo = 0): Storage {
  return {
    series: Object.entries(series).map(([job, value]) => {
      const labels = new Map([
        ['__name__', 'm'],
        ['job', job],
      ]);
      const samples = Array.from({ length: 60 }, (_, index) => {
        return { at: NOW - (60 - index + untilMinutesAgo) * MINUTE_MS + 50_000, value, stale: false };
      });
      return storedSeries(labels, samples);
    }),
  };
}

type Promql = Partial<NonNullable<StreamSignal['promql']>>;
const own = (settings: Promql): StreamSignal['promql'] => ({
  query: 'm',
  returns: undefined,
  min: undefined,
  max: undefined,
  ...settings,
});

function server(of: Storage, change: (body: string) => string = (body) => body) {
  const asked: string[] = [];
  const ports = testPorts({
    clock: fakeClock(NOW),
    fetch: async (_url, init) => {
      const form = new URLSearchParams(init?.body as string);
      asked.push(form.get('query') ?? '');
      const { status, body } = answerQuery(form, of, NOW);
      return new Response(change(body), { status });
    },
  });
  return { asked, ports };
}

async function verdicts(ports: SourcePorts, settings: readonly Promql[]) {
  const signals = settings.map((one, index) => ({
    signal: signal({ name: `s${index}`, promql: own(one) }),
    judged: true,
  }));
  const onDefect = (error: unknown): void => {
    throw error;
  };
  const { signals: judged } = await verifyCluster(
    { name: 'c', region: 'eu-west-1', signals },
    { ...ports, onDefect },
  );
  return judged.map(({ verdict, findings, unavailable }) =>
    [
      verdict,
      ...findings.map(({ expectation, subject, observed }) => `${expectation} ${subject}: ${observed}`),
      ...unavailable.map(({ expectation, reason }) => `${expectation}: ${reason}`),
    ].join(' | '),
  );
}

const told = async (of: Storage, settings: Promql) => (await verdicts(server(of).ports, [settings]))[0];

test.each<[Promql, string]>([
  [{ query: 'm > 2' }, 'ok'],
  [{ query: 'm > 9' }, 'failing | promql query: nothing'],
  [{ query: 'm > 9', returns: 'nothing' }, 'ok'],
  [{ query: 'm > 2', returns: 'nothing' }, 'failing | promql query: 3 of m with job=c'],
  [{ query: 'm', min: 1, max: 3 }, 'ok'],
  [{ query: 'm', min: 2 }, 'failing | promql query: 1 of 3 values are not: 1 of m with job=a'],
  [{ query: 'sum(m)', max: 5 }, 'failing | promql query: 6'],
  [{ query: 'scalar(sum(m))', min: 7 }, 'failing | promql query: 6'],
  [{ query: '1 + 1', max: 2 }, 'ok'],
  [
    { query: 'm / 0', max: 100 },
    'failing | promql query: 3 of 3 values are not: +Inf with job=a; +Inf with job=b; +Inf with job=c',
  ],
  [{ query: '(m - m) / 0', min: 1, max: 1 }, 'ok'],
  [{ query: 'rate(m[5m])' }, 'unknown | promql: rejected'],
])('%j: %s', async (settings, expected) => {
  expect(await told(storage({ a: 1, b: 2, c: 3 }), settings)).toBe(expected);
});

test('of many rows the first are told, in an order that stays, and how many there are', async () => {
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`j${index + 10}`, index]));
  expect(await told(storage(many), { query: 'm', returns: 'nothing' })).toBe(
    'failing | promql query: 0 of m with job=j10; 1 of m with job=j11; 10 of m with job=j20 and 37 more',
  );
});

test.each<Promql>([{ query: 'm > 9', returns: 'nothing' }, { query: 'm' }, { query: 'm', min: 100 }])(
  'when the signal is silent, %j is not judged: fresh tells',
  async (settings) => {
    expect(await told(storage({ a: 1 }, 30), settings)).toMatch(
      /^failing \| fresh all series: newest sample 30m.* old$/,
    );
  },
);

test('a partial answer proves what it shows, and never that there is nothing', async () => {
  const partial = (body: string) => body.replace(/\}$/, ',"warnings":["a store did not answer"]}');
  const ask = async (settings: Promql) =>
    (await verdicts(server(storage({ a: 1 }), partial).ports, [settings]))[0];
  expect(await ask({ query: 'm' })).toBe('ok');
  expect(await ask({ query: 'm > 9' })).toBe('unknown | promql: incomplete');
  expect(await ask({ query: 'm > 9', returns: 'nothing' })).toBe('unknown | promql: incomplete');
  expect(await ask({ query: 'm', returns: 'nothing' })).toBe('failing | promql query: 1 of m with job=a');
  expect(await ask({ query: 'm', max: 0 })).toBe('failing | promql query: 1 of m with job=a');
});

test('queries of users travel together, apart from what Plumbline asks', async () => {
  const { asked, ports } = server(storage({ a: 1 }));
  expect(
    await verdicts(ports, [{ query: 'm > 0' }, { query: 'count(m) # how many' }, { query: 'm or m' }]),
  ).toEqual(['ok', 'ok', 'ok']);
  expect(asked).toHaveLength(2);
  expect(asked.filter((query) => query.includes('label_replace(m or m, '))).toHaveLength(1);
});

test('what cannot be evaluated or fits in no batch costs the others nothing, and is asked alone from then on', async () => {
  const { asked, ports } = server(storage({ a: 1 }));
  const settings = [
    { query: 'm > 0' },
    { query: 'm > on (job) m' },
    { query: 'scalar(sum(m))' },
    { query: 'm == 1' },
  ];
  const expected = ['ok', 'unknown | promql: rejected', 'ok', 'ok'];
  expect(await verdicts(ports, settings)).toEqual(expected);
  asked.length = 0;
  expect(await verdicts(ports, settings)).toEqual(expected);
  expect(asked).toHaveLength(4);
});

test('a query whose answer is too large blinds nobody else', async () => {
  const huge = (body: string) =>
    body.includes('"huge"') ? body.replace('"huge"', `"${'x'.repeat(9e6)}"`) : body;
  const { ports } = server(storage({ a: 1, huge: 5 }), huge);
  expect(await verdicts(ports, [{ query: 'm{job="a"}' }, { query: 'm{job="huge"}' }])).toEqual([
    'ok',
    'unknown | promql: too-expensive',
  ]);
});

test('a query that hangs takes no time from what others must ask to tell a rollout from a finding', async () => {
  const now = systemClock.now();
  const since = (minutes: number, pod: string) =>
    storedSeries(
      new Map([
        ['__name__', 'm'],
        ['pod', pod],
      ]),
      Array.from({ length: minutes * 4 + 1 }, (_, index) => ({
        at: now - index * 15_000,
        value: 1,
        stale: false,
      })).toReversed(),
    );
  const stored = { series: [since(60, 'old'), since(3, 'new')] };
  const ports = testPorts({
    clock: systemClock,
    deadline: now + 3000,
    fetch: async (_url, init) => {
      const form = new URLSearchParams(init?.body as string);
      await sleep(form.get('query') === 'hangs' ? 60_000 : 50, undefined, { signal: init!.signal! });
      const { status, body } = answerQuery(form, stored, now);
      return new Response(body, { status });
    },
  });
  const series = { min: undefined, max: 1, exactly: undefined, each: undefined };
  const signals = [
    signal({ name: 'own', promql: own({ query: 'hangs' }) }),
    signal({ name: 'others', series }),
  ].map((one) => ({ signal: one, judged: true }));
  const cluster = { name: 'c', region: 'eu-west-1', signals };
  const { signals: judged } = await verifyCluster(cluster, { ...ports, onDefect: () => {} });
  expect(judged.map(({ verdict, state }) => [verdict, state])).toEqual([
    ['unknown', null],
    ['ok', 'rollout'],
  ]);
});
