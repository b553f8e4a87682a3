import { expect, test } from 'vitest';
import { unavailable } from '../lib/evidence.ts';
import { type AnyEvidence, questionKey } from '../lib/question.ts';
import { slowFact } from '../lib/sources/slow.ts';
import { type Source, sourceMemory, type SourcePorts } from '../lib/sources/source.ts';
import type { Signal } from '../lib/signal.ts';
import { verifyCluster } from '../lib/verify.ts';
import { worst } from '../lib/worst.ts';
import { fakeClock, testPorts } from './support/ports.ts';
import { found, judge, signal, stateSignal } from './support/world.ts';

const requests = signal({ name: 'requests', metric: 'requests_total' });
const gated = signal({ name: 'errors', metric: 'errors_total', when: { signal: 'requests', atLeast: 2 } });
const live = (series: number) => found(series === 0 ? [] : [{ group: new Map<string, string>(), series }]);
/** Answers `count` by metric; everything else with nothing. */
const byMetric =
  (counts: Record<string, ReturnType<typeof live> | ReturnType<typeof unavailable>>) =>
  (question: { ask: string; of: { metric: string } }) =>
    question.ask === 'count' ? counts[question.of.metric] : found([]);

async function errorsVerdict(counts: Parameters<typeof byMetric>[0]) {
  const { verdicts } = await judge([requests, gated], [], byMetric(counts));
  const { verdict, state, findings, unavailable: blind } = verdicts[1]!;
  return [
    verdict,
    state,
    findings.length,
    ...blind.map(({ expectation, reason }) => `${expectation} ${reason}`),
  ];
}

test('when: enough traffic opens the gate, less makes the signal idle', async () => {
  expect(await errorsVerdict({ requests_total: live(2), errors_total: live(0) })).toEqual([
    'failing',
    null,
    1,
  ]);
  expect(await errorsVerdict({ requests_total: live(1), errors_total: live(0) })).toEqual(['ok', 'idle', 0]);
  expect(await errorsVerdict({ requests_total: live(0), errors_total: live(5) })).toEqual(['ok', 'idle', 0]);
});

test('when: a gate that could not be seen excuses nothing and accuses nobody', async () => {
  const blind = unavailable('throttled', 'busy');
  expect(await errorsVerdict({ requests_total: blind, errors_total: live(0) })).toEqual([
    'unknown',
    null,
    0,
    'when throttled',
  ]);
  expect(await errorsVerdict({ requests_total: blind, errors_total: live(3) })).toEqual(['ok', null, 0]);
});

test('a place that does not exist is one finding', async () => {
  const absent = { kind: 'absent', subject: 'workspace ws-1', detail: 'not in eu-west-1' } as const;
  const { verdicts } = await judge([signal({ by: ['job'], series: { min: 1 } })], [], () => absent);
  expect(verdicts[0]).toMatchObject({
    verdict: 'failing',
    findings: [{ expectation: 'exists', subject: 'workspace ws-1', observed: 'not in eu-west-1' }],
    unavailable: [],
  });
});

test('a finding beats what could not be observed, and both are told', async () => {
  const { verdicts } = await judge(
    [signal({ labels: { require: ['a', 'b'] } })],
    [{ labels: { b: '1' } }],
    (question) =>
      question.ask === 'count' && question.of.match[0]?.label === 'b'
        ? unavailable('timeout', 'late')
        : undefined,
  );
  expect(verdicts[0]).toMatchObject({
    verdict: 'failing',
    findings: [{ subject: 'a' }],
    unavailable: [{ expectation: 'labels.require', reason: 'timeout' }],
  });
});

test('signals on one plane are asked together, equal questions once', async () => {
  const twin = signal({ name: 'twin', series: { min: 1 } });
  const { asked, rounds } = await judge(
    [signal(), twin, signal({ name: 'third', metric: 'n' })],
    [{ labels: {} }],
  );
  expect(rounds).toBe(1);
  expect(asked.map(({ of }) => of.metric)).toEqual(['m', 'n']);
});

test('worst: failing beats unknown beats ok, and nothing is ok', () => {
  expect(worst(['ok', 'unknown', 'failing'])).toBe('failing');
  expect(worst(['ok', 'unknown'])).toBe('unknown');
  expect(worst(['ok'])).toBe('ok');
});

const planned = (...names: string[]) => ({
  name: 'c',
  region: 'eu-west-1',
  signals: names.map((name) => ({ signal: signal({ name, address: name }), judged: true })),
});
const answering = (answer: Source['ask']): Source => ({ text: questionKey, ask: answer });
const fine = answering(
  async (questions) => new Map(questions.map((question) => [questionKey(question), live(1)])),
);

test('a source that is not done at the deadline is a timeout, and the report still comes', async () => {
  const ports = testPorts({ deadline: 0 });
  const clock = { ...ports.clock, sleep: async () => {} };
  const stuck = answering(() => new Promise(() => {}));
  const verdict = await verifyCluster(
    planned('slow', 'fine'),
    { ...ports, clock, onDefect: () => {} },
    ({ name }) => (name === 'slow' ? stuck : fine),
  );
  expect(verdict.verdict).toBe('unknown');
  expect(verdict.signals[0]).toMatchObject({ verdict: 'unknown', unavailable: [{ reason: 'timeout' }] });
});

test('a source that breaks is told, and stops no other', async () => {
  const defects: unknown[] = [];
  const broken = answering(async () => {
    throw new TypeError('bug');
  });
  const ports = { ...testPorts(), onDefect: (error: unknown) => defects.push(error) };
  const verdict = await verifyCluster(planned('broken', 'fine'), ports, ({ name }) =>
    name === 'broken' ? broken : fine,
  );
  expect(verdict.signals.map((one) => one.verdict)).toEqual(['unknown', 'ok']);
  expect(defects).toMatchObject([{ message: 'bug' }]);
});

test('a source that forgets a question does not make it an empty answer', async () => {
  const forgetful = answering(async () => new Map());
  const ports = { ...testPorts(), onDefect: () => {} };
  const verdict = await verifyCluster(planned('a'), ports, () => forgetful);
  expect(verdict.signals[0]).toMatchObject({
    verdict: 'unknown',
    unavailable: [{ reason: 'invalid-response' }],
  });
});

/** An add-on beside a stream: the add-on is remembered for half an hour, the stream is asked every time. */
async function cluster() {
  const memory = sourceMemory();
  const clock = fakeClock();
  const asked: string[] = [];
  let series = 1;
  let version = 'v1';
  const open = (of: Signal, ports: SourcePorts): Source => ({
    text: questionKey,
    renew: () => {
      asked.push('renew');
      memory.slow.clear();
    },
    ask: async (questions) => {
      const answers = questions.map(async (question): Promise<[string, AnyEvidence]> => {
        if (question.ask !== 'status') return [questionKey(question), live(series)];
        const status = { status: 'ACTIVE', is: 'good', issues: [], version } as const;
        const evidence = await slowFact(of.address, 0, ports, async () => {
          asked.push(`status ${version}`);
          return found(status);
        });
        return [questionKey(question), evidence];
      });
      return new Map(await Promise.all(answers));
    },
  });
  const planned = {
    name: 'c',
    region: 'eu-west-1',
    signals: [stateSignal(), signal()].map((one) => ({ signal: one, judged: true })),
  };
  const look = async () => {
    const onDefect = (error: unknown): void => {
      throw error;
    };
    const { signals } = await verifyCluster(planned, { ...testPorts({ clock, memory }), onDefect }, open);
    clock.advance(5 * 60_000);
    return signals.map(({ verdict, evidence }) => `${verdict} ${evidence.facts.join('; ')}`.trim());
  };
  return {
    asked,
    look,
    silence: () => {
      series = 0;
    },
    update: () => {
      version = 'v2';
    },
  };
}

test('what changes seldom is asked every half hour, and at once when a signal of the cluster turns', async () => {
  const { asked, look, silence, update } = await cluster();
  for (let run = 0; run < 7; run += 1) await look();
  expect(asked).toEqual(['status v1']);
  update();
  expect((await look())[0]).toContain('v2');
  expect(asked.splice(0)).toEqual(['status v1', 'status v2']);
  silence();
  await look();
  expect(asked.splice(0)).toEqual(['renew', 'status v2']);
  await look();
  expect(asked).toEqual([]);
});
