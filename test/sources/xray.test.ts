import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { CountQuestion, Question } from '../../lib/question.ts';
import type { StreamSignal } from '../../lib/signal.ts';
import { sinceOnly } from '../../lib/since.ts';
import type { SourcePorts } from '../../lib/sources/source.ts';
import { xray } from '../../lib/sources/xray.ts';
import { type SignalVerdict, verifyCluster } from '../../lib/verify.ts';
import type { ApiCall, AwsApi } from '../../rehearsal/aws-api.ts';
import type { Outcome } from '../../rehearsal/http.ts';
import { type SpansLogOptions, startSpansLog } from '../../rehearsal/spans-log.ts';
import type { SimulatedService, TraceWorld } from '../../rehearsal/trace-world.ts';
import { startXRay, type XRayOptions } from '../../rehearsal/xray.ts';
import { type FakeClock, fakeClock, testPorts } from '../support/ports.ts';
import { signal } from '../support/world.ts';
import { planeContract, type Trouble } from './plane-contract.ts';

const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const as = { credentials: () => async () => CREDENTIALS };
const NOON = Date.parse('2026-11-20T12:00:00Z');
const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

const service = (name: string, over: Partial<SimulatedService> = {}): SimulatedService => ({
  name,
  everyMs: 10 * SECOND_MS,
  ...over,
});

const silentSince = (name: string, agoMs: number): SimulatedService => service(name, { until: NOON - agoMs });

const traces = (of = 'checkout', over: Partial<StreamSignal> = {}): StreamSignal =>
  signal({
    name: of,
    plane: 'xray',
    address: of,
    metric: 'traces',
    freshMs: 15 * MINUTE_MS,
    ...over,
  });

interface Apis {
  readonly xray: AwsApi;
  readonly logs: AwsApi;
}

type Options = Partial<XRayOptions & SpansLogOptions>;

async function start(
  world: TraceWorld,
  clock: SourcePorts['clock'],
  xrayOptions: Options = {},
  logsOptions: Options = {},
): Promise<Apis> {
  const options = { clock, region: 'eu-west-1', credentials: [CREDENTIALS], world };
  const apis = {
    xray: await startXRay({ ...options, ...xrayOptions }),
    logs: await startSpansLog({ ...options, ...logsOptions }),
  };
  vi.stubEnv('AWS_ENDPOINT_URL_XRAY', apis.xray.url);
  vi.stubEnv('AWS_ENDPOINT_URL_CLOUDWATCH_LOGS', apis.logs.url);
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await Promise.all([apis.xray.close(), apis.logs.close()]);
  });
  return apis;
}

const operations = ({ xray: { calls }, logs }: Apis): string[] =>
  [...calls, ...logs.calls].map(({ operation }) => operation);

const inputs = ({ calls }: AwsApi, operation: string) =>
  calls.filter((call) => call.operation === operation).map(({ input }) => input);

/** A cluster whose traces are verified, as often as wanted, by one process. */
async function observe(
  world: TraceWorld,
  { xrayOptions, logsOptions }: { xrayOptions?: Options; logsOptions?: Options } = {},
) {
  const clock: FakeClock = fakeClock(NOON);
  const ports = { ...testPorts({ clock }), ...as };
  const apis = await start(world, clock, xrayOptions, logsOptions);
  const verify = async (signals: readonly StreamSignal[], since?: number): Promise<SignalVerdict[]> => {
    const planned = {
      name: 'prod-eu',
      region: 'eu-west-1',
      signals: signals.map((one) => ({ signal: one, judged: true })),
    };
    const [cluster = planned] = since === undefined ? [] : sinceOnly([planned], since, clock.now());
    const verdict = await verifyCluster(cluster, {
      ...ports,
      deadline: clock.now() + 30_000,
      onDefect: (error) => expect(error).toBe(null),
    });
    return [...verdict.signals];
  };
  const judge = async (one: StreamSignal, since?: number): Promise<SignalVerdict> => {
    const [verdict] = await verify([one], since);
    if (!verdict) throw new Error('no verdict');
    return verdict;
  };
  return { clock, apis, verify, judge };
}

const inXRay = (...services: SimulatedService[]): TraceWorld => ({ services, destination: 'XRay' });
const inLogs = (...services: SimulatedService[]): TraceWorld => ({
  services,
  destination: 'CloudWatchLogs',
  indexedOneOf: Number.POSITIVE_INFINITY,
});

const count: CountQuestion = {
  ask: 'count',
  of: { metric: 'traces', match: [], place: 'checkout' },
  freshMs: 15 * MINUTE_MS,
  by: [],
  enough: 1,
};
const questions: readonly Question[] = [
  count,
  { ...count, enough: 10 },
  { ...count, standing: true },
  { ...count, beforeMs: HOUR_MS },
  { ask: 'newest', of: count.of, by: [], withinMs: 6 * HOUR_MS },
  { ask: 'tracedServices', freshMs: 15 * MINUTE_MS },
];

const interfering =
  (trouble: Trouble | undefined, operation: string) =>
  (call: ApiCall): Outcome | undefined => {
    if (call.operation !== operation) return undefined;
    if (trouble === 'hangs') return 'hang';
    if (trouble === 'resets') return 'reset';
    if (trouble === 'fails') return { status: 503, body: 'unavailable' };
    if (trouble === 'throttles') return refusal('ThrottledException', 429);
    return trouble === 'talks-nonsense' ? { status: 200, body: '{}' } : undefined;
  };

function refusal(type: string, status = 400): Outcome {
  return { status, headers: { 'x-amzn-errortype': type }, body: `{"__type":"${type}","message":"no"}` };
}

const setUp =
  (world: TraceWorld, api: keyof Apis, operation: string) =>
  async (ports: SourcePorts, trouble?: Trouble) => {
    const options = { interfere: interfering(trouble, operation) };
    const apis = await start(world, ports.clock, options, options);
    if (trouble === 'denies') apis[api].deny(`${api}:${operation}`);
    return {
      source: xray(traces(), { ...ports, ...as }),
      requests: () => apis.xray.calls.length + apis.logs.calls.length,
    };
  };

describe('where the destination is asked', () => {
  planeContract(
    setUp(inXRay(service('checkout')), 'xray', 'GetTraceSegmentDestination'),
    [...questions, { ask: 'traceDestination' }],
    { now: NOON },
  );
});

describe('where the summaries are', () => {
  planeContract(setUp(inXRay(service('checkout')), 'xray', 'GetTraceSummaries'), questions, { now: NOON });
});

describe('where the spans are', () => {
  planeContract(setUp(inLogs(service('checkout')), 'logs', 'FilterLogEvents'), questions, { now: NOON });
});

describe.each([
  ['X-Ray', inXRay, 'GetTraceSummaries', 'service("checkout")'],
  [
    'CloudWatch Logs',
    inLogs,
    'FilterLogEvents',
    `aws/spans: { $.resource.attributes.['service.name'] = "checkout" }`,
  ],
] as const)('traces in %s', (_, kept, operation, question) => {
  test('one request proves each service, once the destination is known', async () => {
    const services = ['checkout', 'cart', 'search'];
    const { apis, verify, clock } = await observe(kept(...services.map((name) => service(name))));
    const signals = services.map((name) => traces(name, { traces: { min: 3 } }));
    await verify(signals);
    const first = operations(apis).length;
    expect(first).toBe(1 + services.length);
    clock.advance(5 * MINUTE_MS);
    const verdicts = await verify(signals);
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['ok', 'ok', 'ok']);
    expect(operations(apis).slice(0, 1)).toEqual(['GetTraceSegmentDestination']);
    const asked = operations(apis).filter((one) => one === operation);
    expect(asked).toHaveLength(2 * services.length);
    expect(operations(apis)).toHaveLength(first + services.length);
  });

  test('a service with traces is ok, and the report says what was asked', async () => {
    const { judge } = await observe(kept(service('checkout')));
    expect(await judge(traces())).toMatchObject({
      verdict: 'ok',
      evidence: {
        series: null,
        newestSampleAt: null,
        questions: [question, 'aws xray get-trace-segment-destination'],
      },
    });
  });

  test('silence is a finding with its age, and says who else has traces', async () => {
    const { judge } = await observe(
      kept(silentSince('checkout', 40 * MINUTE_MS), service('checkout-v2'), service('cart')),
    );
    const verdict = await judge(traces());
    expect(verdict).toMatchObject({
      verdict: 'failing',
      unavailable: [],
      findings: [
        {
          expectation: 'fresh',
          subject: 'all traces',
          expected: 'newest trace at most 15m old',
          observed: expect.stringMatching(/^newest trace 40m/),
          question,
        },
      ],
      evidence: { series: null, facts: expect.arrayContaining(['there are traces of checkout-v2, cart']) },
    });
    const newest = verdict.evidence.newestSampleAt ?? 0;
    expect(NOON - newest).toBeGreaterThan(40 * MINUTE_MS - SECOND_MS);
    expect(NOON - newest).toBeLessThan(41 * MINUTE_MS);
  });

  test('silence for longer than is looked back, of all services', async () => {
    const { judge } = await observe(kept(silentSince('checkout', 7 * HOUR_MS)));
    const { findings, evidence } = await judge(traces('checkout', { traces: { min: 5 } }));
    expect(findings).toMatchObject([{ expectation: 'fresh', observed: 'no trace in the last 6h' }]);
    expect(evidence.facts).toContain('there is no trace of any other service');
  });

  test('too few traces are a finding of their own', async () => {
    const { judge } = await observe(kept(service('checkout', { everyMs: 5 * MINUTE_MS })));
    expect(await judge(traces('checkout', { traces: { min: 3 } }))).toMatchObject({ verdict: 'ok' });
    expect((await judge(traces('checkout', { traces: { min: 10 } }))).findings).toEqual([
      {
        expectation: 'traces.min',
        subject: 'all traces',
        expected: 'at least 10 traces in 15m',
        observed: '3 traces',
        question,
      },
    ]);
  });

  test('pages without a match are read on, and a trace behind them is found', async () => {
    const options = { pageSize: 20 };
    const world = kept(service('busy', { everyMs: 2 * SECOND_MS }), silentSince('checkout', 5 * MINUTE_MS));
    const { apis, judge } = await observe(world, { xrayOptions: options, logsOptions: options });
    expect(await judge(traces())).toMatchObject({ verdict: 'ok' });
    expect(operations(apis).filter((one) => one === operation).length).toBeGreaterThan(3);
  });

  test('what cannot be read to its end is unknown, never silent', async () => {
    const options = { pageSize: 5 };
    const world = kept(service('busy', { everyMs: SECOND_MS }), silentSince('checkout', HOUR_MS));
    const { apis, judge } = await observe(world, { xrayOptions: options, logsOptions: options });
    expect(await judge(traces())).toMatchObject({
      verdict: 'unknown',
      findings: [],
      unavailable: [
        {
          expectation: 'fresh',
          reason: 'incomplete',
          detail: 'no trace in the newest 30 pages, and there are more than could be read',
        },
      ],
    });
    expect(operations(apis).filter((one) => one === operation)).toHaveLength(30);
  });

  test('no further page is begun in the last moments of a run', async () => {
    const options: Options = {
      pageSize: 5,
      interfere: () => {
        observed.clock.advance(12 * SECOND_MS);
        return undefined;
      },
    };
    const world = kept(service('busy', { everyMs: SECOND_MS }), silentSince('checkout', HOUR_MS));
    const observed = await observe(world, { xrayOptions: options, logsOptions: options });
    expect(await observed.judge(traces())).toMatchObject({
      verdict: 'unknown',
      unavailable: [{ reason: 'incomplete', detail: expect.stringContaining('in the newest 2 pages') }],
    });
  });

  test('a count that cannot be read to its end is unknown beside what is proven', async () => {
    const options = { pageSize: 4 };
    const world = kept(
      service('busy', { everyMs: SECOND_MS }),
      service('checkout', { everyMs: 20 * SECOND_MS }),
    );
    const { judge } = await observe(world, { xrayOptions: options, logsOptions: options });
    expect(await judge(traces('checkout', { traces: { min: 40 } }))).toMatchObject({
      verdict: 'unknown',
      findings: [],
      unavailable: [{ expectation: 'traces.min', reason: 'incomplete' }],
    });
  });

  test.each([
    'shop*',
    'check-out/v2',
    'a b (c)',
    "it's {$.x}",
    '日本',
    'x'.repeat(200),
    '$.name = *',
    String.raw`a"b\c`,
  ])('a service may be called %j, and is no other', async (name) => {
    const alive = await observe(kept(service(name)));
    expect(await alive.judge(traces(name))).toMatchObject({ verdict: 'ok' });
    vi.unstubAllEnvs();
    const other = await observe(kept(service(`${name}pers`), service('shoppers')));
    expect(await other.judge(traces(name))).toMatchObject({ verdict: 'failing' });
  });

  test('hostile names in answers are harmless', async () => {
    const { judge } = await observe(kept(service('red\u001b[31m\u202Etext')));
    const { evidence } = await judge(traces());
    expect(evidence.facts).toContain(String.raw`there are traces of red\u001b[31m\u202etext`);
  });

  test('only what is newer counts for a gate: not what the old collector sent just before', async () => {
    const deployed = NOON - 10 * SECOND_MS;
    const old = service('checkout', { everyMs: SECOND_MS, until: deployed, delayMs: 8 * SECOND_MS });
    const { judge, clock } = await observe(kept(old));
    expect(await judge(traces(), deployed)).toMatchObject({ verdict: 'failing' });
    expect(await judge(traces())).toMatchObject({ verdict: 'ok' });
    vi.unstubAllEnvs();
    const next = service('checkout', { everyMs: SECOND_MS, from: deployed });
    const renewed = await observe(kept(old, next));
    expect(await renewed.judge(traces(), deployed)).toMatchObject({ verdict: 'ok' });
    expect(clock.now()).toBe(NOON);
  });

  test('gates other signals: below so many traces they are idle', async () => {
    const { verify } = await observe(kept(service('edge', { everyMs: 5 * MINUTE_MS })));
    const gated = (atLeast: number) =>
      traces('checkout', { name: `gated-${atLeast}`, when: { signal: 'edge', atLeast } });
    const verdicts = await verify([traces('edge'), gated(1), gated(3), gated(4)]);
    expect(verdicts.map(({ verdict, state }) => [verdict, state])).toEqual([
      ['ok', null],
      ['failing', null],
      ['failing', null],
      ['ok', 'idle'],
    ]);
  });

  test('a bound beyond six hours is asked in parts', async () => {
    const { apis, judge } = await observe(kept(silentSince('checkout', 13 * HOUR_MS)));
    expect(await judge(traces('checkout', { freshMs: 14 * HOUR_MS }))).toMatchObject({ verdict: 'ok' });
    const { findings } = await judge(traces('checkout', { freshMs: 12 * HOUR_MS }));
    expect(findings).toMatchObject([{ observed: 'newest trace 13h old' }]);
    for (const { StartTime, EndTime } of inputs(apis.xray, 'GetTraceSummaries')) {
      expect(Number(EndTime) - Number(StartTime)).toBeLessThanOrEqual((6 * HOUR_MS) / 1000);
    }
  });

  test('a permission that is missing is unknown, and named', async () => {
    for (const action of [
      'xray:GetTraceSegmentDestination',
      operation === 'GetTraceSummaries' ? 'xray:GetTraceSummaries' : 'logs:FilterLogEvents',
    ]) {
      const { apis, judge } = await observe(kept(service('checkout')));
      apis.xray.deny(action);
      apis.logs.deny(action);
      const { verdict, unavailable } = await judge(traces());
      expect(verdict).toBe('unknown');
      expect(unavailable).toHaveLength(1);
      expect(unavailable[0]).toMatchObject({
        expectation: 'fresh',
        reason: 'denied',
        detail: expect.stringContaining(`needed: ${action}`),
      });
      vi.unstubAllEnvs();
    }
  });

  test('a refused question is rejected', async () => {
    const type = kept === inXRay ? 'InvalidRequestException' : 'InvalidParameterException';
    const options = {
      interfere: (call: ApiCall) => (call.operation === operation ? refusal(type) : undefined),
    };
    const { judge } = await observe(kept(service('checkout')), {
      xrayOptions: options,
      logsOptions: options,
    });
    expect(await judge(traces())).toMatchObject({
      verdict: 'unknown',
      unavailable: [{ reason: 'rejected' }],
    });
  });
});

test('traces that began long ago and are still added to are alive', async () => {
  const lastsMs = 3 * HOUR_MS;
  const { judge } = await observe(inXRay(service('batch', { everyMs: 5 * MINUTE_MS, lastsMs })));
  expect(await judge(traces('batch'))).toMatchObject({ verdict: 'ok' });
});

test.each([
  ['without an end yet', { Id: '1-0-0', StartTime: NOON / 1000 - 7200, IsPartial: true }, 'ok'],
  ['that ended in time', { Id: '1-0-0', StartTime: NOON / 1000 - 60, Duration: 1 }, 'ok'],
  ['that ended too early', { Id: '1-0-0', StartTime: NOON / 1000 - 7200, Duration: 1 }, 'failing'],
  ['without an id', { StartTime: NOON / 1000 - 60, Duration: 1 }, 'unknown'],
])('a summary %s', async (_, found, expected) => {
  const interfere = ({ operation, input }: ApiCall): Outcome | undefined =>
    operation === 'GetTraceSummaries' && input['FilterExpression'] !== undefined
      ? { status: 200, body: JSON.stringify({ TraceSummaries: [found] }) }
      : undefined;
  const { judge } = await observe(inXRay(), { xrayOptions: { interfere } });
  expect(await judge(traces())).toMatchObject({ verdict: expected });
});

test('a service that only others call is found, and nodes that send nothing are not named', async () => {
  const calls = [
    { name: 'payments', type: 'AWS::ECS::Fargate' },
    { name: 'bank.example', type: 'remote' },
  ];
  const { judge } = await observe(inXRay(service('shop', { calls })));
  expect(await judge(traces('payments'))).toMatchObject({ verdict: 'ok' });
  expect((await judge(traces('checkout'))).evidence.facts).toContain('there are traces of shop, payments');
});

test('the report says where traces go', async () => {
  const { judge } = await observe(inXRay(service('checkout')));
  expect((await judge(traces())).evidence.facts).toEqual(['traces go to X-Ray']);
  expect((await judge(traces('cart'))).evidence.facts).toEqual([
    'traces go to X-Ray; its OTLP endpoint refuses them while Transaction Search is off',
    'there are traces of checkout',
  ]);
  vi.unstubAllEnvs();
  const logs = await observe(inLogs(service('checkout')));
  expect((await logs.judge(traces())).evidence.facts).toEqual([
    'traces go to CloudWatch Logs (Transaction Search); X-Ray indexes about 1 % of them unless told otherwise',
  ]);
});

describe('while traces are being moved', () => {
  const moved = (agoMs: number, over: Partial<TraceWorld> = {}): TraceWorld => ({
    ...inLogs(service('checkout')),
    status: 'PENDING',
    movedAt: NOON - agoMs,
    ...over,
  });

  test.each([
    ['still are where they were', -HOUR_MS, {}],
    ['still are where they were, and the new place is not there yet', -HOUR_MS, { hasSpansGroup: false }],
    ['are already where they go', HOUR_MS, {}],
  ])('what %s is found', async (_, agoMs, over) => {
    const { judge } = await observe(moved(agoMs, over));
    const { verdict, evidence } = await judge(traces());
    expect(verdict).toBe('ok');
    expect(evidence.facts).toEqual(['traces are being moved to CloudWatch Logs (Transaction Search)']);
  });

  test('a count takes both places together, each trace once', async () => {
    const world = moved(7.5 * MINUTE_MS, {
      services: [service('checkout', { everyMs: MINUTE_MS })],
      indexedOneOf: 1,
    });
    const { judge } = await observe(world);
    expect(await judge(traces('checkout', { traces: { min: 15 } }))).toMatchObject({ verdict: 'ok' });
    expect((await judge(traces('checkout', { traces: { min: 16 } }))).findings).toMatchObject([
      { observed: '15 traces' },
    ]);
  });

  test('silence needs both, and one that refuses leaves it open', async () => {
    const world = { ...moved(HOUR_MS), services: [silentSince('checkout', 2 * HOUR_MS)] };
    const { apis, judge } = await observe(world);
    expect(await judge(traces())).toMatchObject({ verdict: 'failing' });
    apis.logs.deny('logs:FilterLogEvents');
    expect(await judge(traces())).toMatchObject({ verdict: 'unknown', unavailable: [{ reason: 'denied' }] });
  });

  test('life in one place needs no answer from the other', async () => {
    const { apis, judge } = await observe(moved(HOUR_MS));
    apis.xray.deny('xray:GetTraceSummaries');
    expect(await judge(traces())).toMatchObject({ verdict: 'ok' });
  });
});

test('minutes after they were moved, the newest trace of a quiet service is found where it still is', async () => {
  const world = {
    ...inLogs(service('checkout', { everyMs: 12 * MINUTE_MS })),
    movedAt: NOON - MINUTE_MS,
  };
  const { judge } = await observe(world);
  expect(await judge(traces())).toMatchObject({ verdict: 'ok' });
});

test('a destination that is remembered accuses nobody', async () => {
  const world = inXRay(service('checkout'));
  const { apis, judge, clock } = await observe(world);
  expect(await judge(traces())).toMatchObject({ verdict: 'ok' });
  Object.assign(world, inLogs(service('checkout')), { movedAt: NOON });
  clock.advance(20 * MINUTE_MS);
  expect(await judge(traces())).toMatchObject({ verdict: 'ok' });
  expect(inputs(apis.xray, 'GetTraceSegmentDestination')).toHaveLength(2);
  expect(inputs(apis.logs, 'FilterLogEvents')).not.toEqual([]);
  Object.assign(world, inXRay(service('checkout')), { movedAt: NOON + 20 * MINUTE_MS, hasSpansGroup: false });
  clock.advance(20 * MINUTE_MS);
  expect(await judge(traces())).toMatchObject({ verdict: 'ok' });
});

test('a missing log group of spans is absent, where traces go there', async () => {
  const { apis, judge } = await observe({ ...inLogs(service('checkout')), hasSpansGroup: false });
  await judge(traces());
  expect(inputs(apis.xray, 'GetTraceSegmentDestination')).toHaveLength(1);
  expect(inputs(apis.xray, 'GetTraceSummaries')).toEqual([]);
  expect(await judge(traces())).toMatchObject({
    verdict: 'failing',
    findings: [
      {
        expectation: 'exists',
        subject: 'log group aws/spans',
        observed:
          'there is no log group aws/spans, although traces go to CloudWatch Logs (Transaction Search)',
      },
    ],
  });
});

test('silent services of one cluster share the look for others, and add one round trip', async () => {
  const { apis, verify } = await observe(inXRay(service('search')), {
    xrayOptions: { pageSize: 10_000 },
  });
  const verdicts = await verify([traces('checkout'), traces('cart'), traces('search')]);
  expect(verdicts.map(({ verdict }) => verdict)).toEqual(['failing', 'failing', 'ok']);
  const expressions = inputs(apis.xray, 'GetTraceSummaries').map(({ FilterExpression }) => FilterExpression);
  expect(expressions.filter((one) => one === undefined)).toHaveLength(1);
  expect(expressions).toHaveLength(3 + 2 + 1);
});

test('a service that only others tell of is silent', async () => {
  const calls = [{ name: 'checkout', type: 'remote' }];
  const { judge } = await observe(
    inXRay(service('shop', { calls }), silentSince('checkout', 40 * MINUTE_MS)),
  );
  const { findings } = await judge(traces('checkout', { traces: { min: 5 } }));
  expect(findings).toMatchObject([{ expectation: 'fresh', observed: 'newest trace 40m 9s old' }]);
});

test('a service that X-Ray takes for something unknown is alive where it sends segments of its own', async () => {
  const calls = [{ name: 'checkout', type: 'remote', isSender: true }];
  const { apis, judge } = await observe(inXRay(service('shop', { calls })));
  expect(await judge(traces('checkout'))).toMatchObject({ verdict: 'ok' });
  expect(inputs(apis.xray, 'BatchGetTraces')).toHaveLength(1);
  apis.xray.deny('xray:BatchGetTraces');
  expect(await judge(traces('checkout'))).toMatchObject({
    verdict: 'unknown',
    unavailable: [
      { reason: 'denied', detail: expect.stringContaining('needed: xray:BatchGetTraces on checkout') },
    ],
  });
});

test('what begins a trace is alive, whatever X-Ray takes it for', async () => {
  const { judge } = await observe(inXRay(service('checkout', { type: 'remote' })));
  expect(await judge(traces())).toMatchObject({ verdict: 'ok' });
});

test('silence that goes on is looked at once a run, by a destination that is read anew', async () => {
  const world = inXRay(silentSince('checkout', HOUR_MS), service('shop'));
  const { apis, judge, clock } = await observe(world, { xrayOptions: { pageSize: 10_000 } });
  for (let run = 0; run < 3; run += 1) {
    const before = apis.xray.calls.length;
    expect(await judge(traces())).toMatchObject({ verdict: 'failing' });
    expect(
      apis.xray.calls
        .slice(before)
        .map(({ operation }) => operation)
        .toSorted(),
    ).toEqual(['GetTraceSegmentDestination', 'GetTraceSummaries', 'GetTraceSummaries', 'GetTraceSummaries']);
    clock.advance(5 * MINUTE_MS);
  }
});

test('while traces are being moved, nothing is said of services in the place that was not looked at', async () => {
  const world: TraceWorld = {
    ...inLogs(silentSince('checkout', HOUR_MS), service('shop')),
    status: 'PENDING',
    movedAt: NOON - HOUR_MS,
  };
  const { judge } = await observe(world);
  expect((await judge(traces())).evidence.facts).toEqual([
    'traces are being moved to CloudWatch Logs (Transaction Search)',
  ]);
});
