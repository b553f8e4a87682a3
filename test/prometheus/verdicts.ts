import * as fc from 'fast-check';
import type { StreamSignal } from '../../lib/signal.ts';
import { verifyCluster, type SignalVerdict } from '../../lib/verify.ts';
import { answerQuery } from '../../rehearsal/prometheus-api.ts';
import { fakeClock, testPorts } from '../support/ports.ts';
import { signal } from '../support/world.ts';
import type { Comparison } from './compare.ts';
import { END, evaluationTimes, HOUR, MINUTE } from './series.ts';

/** Mostly nothing, so that many signals are ok. */
function seldom<T>(...settings: T[]): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, fc.constantFrom(...settings));
}

/** Any signal over the compared series: every expectation, and so every question that can be asked. */
export const anySignal: fc.Arbitrary<StreamSignal> = fc
  .record({
    metric: fc.constantFrom('m', 'n', 'nothing', 'special'),
    match: fc.constantFrom(
      [],
      [{ label: 'job', operator: '=~' as const, value: 'pods|nodes|slow' }],
      [{ label: 'job', operator: '!~' as const, value: 'words|odd' }],
      [{ label: 'job', operator: '=' as const, value: 'ended' }],
      [
        { label: 'job', operator: '=' as const, value: 'new' },
        { label: 'g', operator: '!=' as const, value: '' },
      ],
    ),
    by: fc.constantFrom([], ['job'], ['g'], ['job', 'g'], ['__proto__'], ['job', 'pod']),
    freshMs: fc.constantFrom(1, 4, 5, 12, 15, 60, 61, 120).map((minutes) => minutes * MINUTE),
    series: fc.constantFrom<StreamSignal['series'][]>(
      undefined,
      { min: 3, max: 4 },
      { exactly: 5 },
      { exactly: 0 },
      { max: 2, each: { min: 2, max: 2 } },
      { each: { exactly: 1 } },
    ),
    labels: fc.constantFrom<StreamSignal['labels'][]>(
      undefined,
      { require: ['instance', 'g'], forbid: ['__proto__', 'code'] },
      {
        values: [
          ['job', ['pods', 'ended', 'with "quotes"']],
          ['g', ['north', 'two\nlines', 'back\\slash', 'never']],
        ],
      },
      { values: [['job', { only: ['pods', 'nodes', 'a.b'] }]] },
      { exactly: ['job', 'instance', 'g'] },
    ),
    statistic: seldom<StreamSignal['statistic']>(
      { is: 'average', over: 15 * MINUTE, max: 20, min: 0 },
      { is: 'sum', over: 10 * MINUTE, min: 50 },
      { is: 'sampleCount', over: HOUR, min: 60, max: 1000 },
      { is: 'minimum', over: 7 * MINUTE, min: 1 },
      { is: 'maximum', over: 15 * MINUTE, max: 9 },
    ),
    targets: seldom<StreamSignal['targets']>(
      { up: 0.9, timeout: 10_000, over: 10 * MINUTE },
      { up: 1, timeout: 3, over: 30 * MINUTE },
    ),
    promql: seldom<StreamSignal['promql']>(
      { query: 'm{job="slow"} > 3 # few', returns: undefined, min: 50, max: undefined },
      { query: 'count(m) > 1000', returns: 'nothing', min: undefined, max: undefined },
      { query: 'm == 1', returns: 'nothing', min: undefined, max: undefined },
      { query: 'special', returns: 'something', min: undefined, max: 1 },
      { query: 'scalar(count(m{job="pods"}))', returns: 'something', min: 3, max: undefined },
      { query: 'nope', returns: 'something', min: undefined, max: undefined },
    ),
  })
  .map((settings) => signal({ ...settings, expectsSeries: settings.series?.exactly !== 0 }));

export const anyTime = fc.constantFrom(...evaluationTimes);

/** The signal's verdict at `at`, by the real server and by the simulated one, through all that Plumbline asks. */
export async function verdicts(comparison: Comparison, one: StreamSignal, at: number) {
  const seconds = (at / 1000).toFixed(3);
  const real: typeof fetch = (_url, init) => {
    const form = new URLSearchParams(init?.body as string);
    form.set('time', seconds);
    return fetch(`${comparison.url}/api/v1/query`, { ...init, body: form });
  };
  const simulated: typeof fetch = async (_url, init) => {
    const form = new URLSearchParams(init?.body as string);
    form.set('time', seconds);
    const { status, body } = answerQuery(form, comparison.storage, END + HOUR);
    return new Response(body, { status });
  };
  return { real: await verdict(one, real, at), simulated: await verdict(one, simulated, at) };
}

async function verdict(
  one: StreamSignal,
  fetchPort: typeof fetch,
  at: number,
): Promise<SignalVerdict | undefined> {
  const ports = testPorts({ clock: fakeClock(at), fetch: fetchPort });
  const onDefect = (error: unknown): void => {
    throw error;
  };
  const cluster = { name: 'c', region: 'eu-west-1', signals: [{ signal: one, judged: true }] };
  return (await verifyCluster(cluster, { ...ports, onDefect })).signals[0];
}
