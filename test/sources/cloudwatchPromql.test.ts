import { expect, onTestFinished, test, vi } from 'vitest';
import type { AwsCredentials } from '../../lib/aws/credentials.ts';
import { systemClock } from '../../lib/clock.ts';
import { type Question, questionKey } from '../../lib/question.ts';
import type { Signal, StreamSignal } from '../../lib/signal.ts';
import { cloudwatchPromql } from '../../lib/sources/cloudwatchPromql.ts';
import type { SourcePorts } from '../../lib/sources/source.ts';
import { type SignalVerdict, verifyCluster } from '../../lib/verify.ts';
import {
  type CloudWatchPromql,
  type CloudWatchPromqlOptions,
  startCloudWatchPromql,
} from '../../rehearsal/cloudwatch-promql.ts';
import { CREDENTIALS as ACCOUNT_CREDENTIALS, startAccount } from '../../rehearsal/account.ts';
import { json } from '../../rehearsal/http.ts';
import { asOtlp } from '../../rehearsal/otlp.ts';
import { type Storage, storedSeries } from '../../rehearsal/storage.ts';
import { fakeClock, testPorts } from '../support/ports.ts';
import { signal } from '../support/world.ts';
import { sourceContract } from './contract.ts';

const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const EMPTY: Storage = { series: [] };
const QUESTION: Question = { ask: 'count', of: { metric: 'm', match: [] }, freshMs: 60_000, by: [] };
const MINUTE_MS = 60_000;

async function start(
  storage: Storage,
  ports: SourcePorts,
  options: Partial<CloudWatchPromqlOptions> = {},
): Promise<CloudWatchPromql> {
  const started = await startCloudWatchPromql({
    clock: ports.clock,
    region: 'eu-west-1',
    credentials: [CREDENTIALS],
    storage,
    ...options,
  });
  onTestFinished(() => started.close());
  vi.stubEnv('AWS_ENDPOINT_URL_CLOUDWATCH', started.url);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  return started;
}

const as = (credentials: AwsCredentials = CREDENTIALS): Partial<SourcePorts> => ({
  credentials: () => async () => credentials,
});
const metrics = (over: Partial<StreamSignal> = {}) =>
  signal({ plane: 'cloudwatchPromql', address: 'eu-west-1', freshMs: 5 * MINUTE_MS, ...over });
const askOne = async (ports: SourcePorts, over: Partial<StreamSignal> = {}) =>
  [...(await cloudwatchPromql(metrics(over), ports).ask([QUESTION])).values()][0];

/** A sample a minute for two hours, of each of the given series. */
function steady(ports: SourcePorts, ...series: readonly Record<string, string>[]): Storage {
  const now = ports.clock.now();
  const samples = Array.from({ length: 120 }, (_, i) => ({
    at: now - (119 - i) * MINUTE_MS - 1000,
    value: 1,
    stale: false,
  }));
  return { series: series.map((labels) => storedSeries(new Map(Object.entries(labels)), samples)) };
}

async function verify(ports: SourcePorts, ...signals: readonly Signal[]): Promise<readonly SignalVerdict[]> {
  const cluster = {
    name: 'c',
    region: 'eu-west-1',
    signals: signals.map((one) => ({ signal: one, judged: true })),
  };
  const onDefect = (error: unknown): void => {
    throw error;
  };
  return (await verifyCluster(cluster, { ...ports, onDefect })).signals;
}

sourceContract(async (storage, ports, trouble) => {
  const started = await start(storage, ports, {
    interfere: () => (trouble === 'hangs' ? 'hang' : trouble === 'resets' ? 'reset' : undefined),
  });
  if (trouble === 'throttles') started.throttle(Number.POSITIVE_INFINITY);
  if (trouble === 'denies') started.deny('cloudwatch:GetMetricData');
  return {
    source: cloudwatchPromql(metrics(), { ...ports, ...as() }),
    requests: () => started.requests.length,
  };
});

test('every question goes to the query API of the region, by POST, with nothing that it does not know', async () => {
  const ports = testPorts(as());
  const started = await start(EMPTY, ports);
  expect(await askOne(ports)).toMatchObject({ kind: 'found', value: [] });
  expect(started.requests).toMatchObject([{ method: 'POST', path: '/api/v1/query' }]);
  expect([...(started.requests[0]?.form ?? [])]).toEqual([['query', 'count(last_over_time(m[1m]))']]);
});

test.each([
  ['eu-west-1', 'https://monitoring.eu-west-1.amazonaws.com/api/v1/query'],
  ['us-gov-west-1', 'https://monitoring.us-gov-west-1.amazonaws.com/api/v1/query'],
  ['cn-north-1', 'https://monitoring.cn-north-1.amazonaws.com.cn/api/v1/query'],
])('%s is asked at %s', async (region, url) => {
  const asked: string[] = [];
  const refuse: typeof fetch = async (input) => {
    asked.push(input instanceof URL ? input.href : '');
    return new Response('{"message":"no"}', { status: 403 });
  };
  await askOne(testPorts({ ...as(), fetch: refuse }), { region });
  expect(asked).toEqual([url]);
});

test('an endpoint of the signal comes before the settings of the SDK', async () => {
  const ports = testPorts(as());
  const started = await start(EMPTY, ports);
  vi.stubEnv('AWS_ENDPOINT_URL_CLOUDWATCH', 'http://127.0.0.1:1');
  for (const ending of ['', '/', '/api/v1', '/api/v1/query']) {
    expect(await askOne(ports, { endpoint: `${started.url}${ending}` })).toMatchObject({ kind: 'found' });
  }
});

test('settings of the SDK that are no address make it unavailable', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL_CLOUDWATCH', 'nonsense');
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  expect(await askOne(testPorts(as()))).toMatchObject({
    kind: 'unavailable',
    detail: expect.stringContaining('the address of CloudWatch in eu-west-1'),
  });
});

test('the attributes of OpenTelemetry are labels like any others', async () => {
  const ports = testPorts(as());
  const name = 'http.server.active_requests';
  const storage = steady(
    ports,
    { __name__: name, job: 'checkout', instance: 'a' },
    { __name__: name, job: 'checkout', instance: 'b' },
    { __name__: name, job: 'catalog', instance: 'c' },
  );
  await start(asOtlp(storage, { account: '111122223333', region: 'eu-west-1' }), ports);
  const service = '@resource.service.name';
  const [verdict] = await verify(
    ports,
    metrics({
      metric: name,
      match: [{ label: '@aws.region', operator: '=~', value: 'eu-.*' }],
      by: [service],
      series: { exactly: 3, each: { min: 1 } },
      labels: {
        require: [service],
        values: [[service, ['checkout', 'catalog', 'gone']]],
        exactly: [service, '@resource.service.instance.id', '@aws.account'],
      },
    }),
  );
  expect(verdict?.findings.map(({ expectation, subject }) => `${expectation} ${subject}`)).toEqual([
    'fresh @resource.service.name=gone',
    'labels.exactly @aws.region',
  ]);
  expect(verdict?.unavailable).toEqual([]);
  expect(verdict?.evidence.questions[0]).toBe(
    'count by ("@resource.service.name") ' +
      '(last_over_time({"http.server.active_requests","@aws.region"=~"eu-.*"}[5m]))',
  );
});

test('an answer of more than 500 groups proves that they are there, and neither absence nor how many', async () => {
  const ports = testPorts(as());
  const many = Array.from({ length: 501 }, (_, n) => ({ __name__: 'm', n: String(n).padStart(3, '0') }));
  await start(steady(ports, ...many), ports);
  const [present, counted, whole] = await verify(
    ports,
    metrics({ name: 'present', by: ['n'], series: { min: 500 } }),
    metrics({ name: 'counted', by: ['n'], series: { max: 501 } }),
    metrics({ name: 'whole', series: { exactly: 501 } }),
  );
  const incomplete = (expectation: string) => expect.objectContaining({ expectation, reason: 'incomplete' });
  // Whether a group of an hour ago is missing cannot be told.
  expect(present).toMatchObject({ verdict: 'unknown', findings: [], unavailable: [incomplete('fresh')] });
  expect(counted?.unavailable).toContainEqual(incomplete('series.max'));
  expect(counted?.evidence.series).toBeNull();
  expect(whole).toMatchObject({ verdict: 'ok', evidence: { series: 501 } });
});

test('questions whose answers do not fit together are asked apart', async () => {
  const ports = testPorts(as());
  const series = ['a', 'b', 'c'].flatMap((metric) =>
    Array.from({ length: 200 }, (_, n) => ({ __name__: metric, n: String(n) })),
  );
  const started = await start(steady(ports, ...series), ports);
  const questions = ['a', 'b', 'c'].map((metric): Question => ({
    ...QUESTION,
    of: { metric, match: [] },
    by: ['n'],
  }));
  const answers = await cloudwatchPromql(metrics(), ports).ask(questions);
  expect(questions.map((question) => answers.get(questionKey(question)))).toMatchObject(
    questions.map(() => ({ kind: 'found', partial: false, value: { length: 200 } })),
  );
  expect(started.requests).toHaveLength(3);
});

test('the simulated account shows what the pipeline sends', async () => {
  const account = await startAccount(() => {});
  onTestFinished(() => account.close());
  for (const [name, value] of Object.entries(account.environment)) vi.stubEnv(name, value);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const clock = systemClock;
  const ports = testPorts({ ...as(ACCOUNT_CREDENTIALS), clock, deadline: clock.now() + 30_000 });
  const service = '@resource.service.name';
  const [verdict] = await verify(
    ports,
    metrics({
      metric: 'scrape_duration_seconds',
      match: [{ label: service, operator: '=~', value: 'kubernetes-(pods|nodes)' }],
      by: [service],
      series: { each: { min: 1 } },
      labels: { require: ['@aws.region'], values: [[service, ['kubernetes-pods', 'kubernetes-nodes']]] },
    }),
  );
  expect(verdict).toMatchObject({ verdict: 'ok', findings: [], unavailable: [] });
  expect(verdict?.evidence.series).toBeGreaterThan(2);
  expect(account.cloudWatchPromql.requests.length).toBeGreaterThan(0);
});

test('a right that is missing is named, and so are both where the refusal names none', async () => {
  const ports = testPorts(as());
  const started = await start(EMPTY, ports, {
    interfere: ({ form }) =>
      form.get('query')?.includes('plain') ? json(403, '{"message":"Forbidden"}') : undefined,
  });
  started.deny('cloudwatch:ListMetrics');
  const role = 'arn:aws:iam::111122223333:role/reader';
  const plain: Question = { ...QUESTION, of: { metric: 'plain', match: [] } };
  const source = () => cloudwatchPromql(metrics({ role }), ports);
  expect([...(await source().ask([QUESTION])).values()]).toMatchObject([
    {
      reason: 'denied',
      detail: expect.stringContaining('not authorized to perform: cloudwatch:ListMetrics'),
    },
  ]);
  expect([...(await source().ask([plain])).values()]).toMatchObject([
    {
      reason: 'denied',
      detail: `HTTP 403: Forbidden; needed: cloudwatch:GetMetricData and cloudwatch:ListMetrics, as ${role}`,
    },
  ]);
});

test('without credentials the remedy is told and nothing is sent unsigned', async () => {
  const ports = testPorts();
  const started = await start(EMPTY, ports);
  expect(await askOne(ports)).toMatchObject({
    reason: 'denied',
    detail: expect.stringMatching(/no AWS credentials.*AWS_PROFILE/),
  });
  expect(started.requests).toEqual([]);
});

test('the signature is for the service, the region and the clock of the run', async () => {
  const ports = testPorts(as());
  await start(EMPTY, ports);
  expect(await askOne(ports, { region: 'us-east-1' })).toMatchObject({ reason: 'clock' });
  const late = testPorts({ ...as(), clock: fakeClock(ports.clock.now() - 10 * MINUTE_MS) });
  expect(await askOne(late)).toMatchObject({
    reason: 'clock',
    detail: expect.stringContaining('Signature expired'),
  });
});

test('422 for too many requests is tried again', async () => {
  const ports = testPorts(as());
  const started = await start(EMPTY, ports);
  started.throttle(2);
  expect(await askOne(ports)).toMatchObject({ kind: 'found' });
  expect(started.requests).toHaveLength(3);
});

test('422 that says nothing is tried again, and one question that causes it blinds no other', async () => {
  const ports = testPorts(as());
  const started = await start(steady(ports, { __name__: 'm' }), ports, {
    interfere: ({ form }) => (form.get('query')?.includes('guilty') ? { status: 422, body: '' } : undefined),
  });
  const questions = ['m', 'guilty', 'm2'].map((metric): Question => ({
    ...QUESTION,
    of: { metric, match: [] },
  }));
  const answers = await cloudwatchPromql(metrics(), ports).ask(questions);
  expect(
    [...answers.values()].map((answer) => (answer.kind === 'unavailable' ? answer.reason : answer.kind)),
  ).toEqual(expect.arrayContaining(['found', 'throttled', 'found']));
  expect(answers.get(questionKey(questions[1] ?? QUESTION))).toMatchObject({ reason: 'throttled' });
  expect(started.requests.length).toBeGreaterThan(3);
});

test('a question that looks back too far is too expensive', async () => {
  const ports = testPorts(as());
  const started = await start(EMPTY, ports);
  const long: Question = { ...QUESTION, freshMs: 8 * 24 * 3_600_000 };
  expect([...(await cloudwatchPromql(metrics(), ports).ask([long])).values()]).toMatchObject([
    { kind: 'unavailable', reason: 'too-expensive', detail: expect.stringContaining('7 days') },
  ]);
  expect(started.requests).toHaveLength(1);
});
