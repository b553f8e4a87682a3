import { expect, onTestFinished, test, vi } from 'vitest';
import type { CredentialProvider } from '../../lib/aws/credentials.ts';
import type { StreamSignal } from '../../lib/signal.ts';
import { sourceMemory, type SourcePorts } from '../../lib/sources/source.ts';
import { type SignalVerdict, verifyCluster } from '../../lib/verify.ts';
import { awsJsonError } from '../../rehearsal/aws-json.ts';
import { type CloudWatch, type CloudWatchOptions, startCloudWatch } from '../../rehearsal/cloudwatch.ts';
import { createMetricStore, steadyMetrics } from '../../rehearsal/metric-store.ts';
import { putMetrics } from '../../rehearsal/put-metric-data.ts';
import { type FakeClock, fakeClock, testPorts } from '../support/ports.ts';
import { signal } from '../support/world.ts';

const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const MINUTE_MS = 60_000;
const ROLE = 'arn:aws:iam::111122223333:role/reader';

interface World {
  readonly cloudWatch: CloudWatch;
  readonly clock: FakeClock;
  readonly run: (
    over?: Partial<SourcePorts>,
    signals?: Partial<StreamSignal>[],
  ) => Promise<readonly SignalVerdict[]>;
  readonly told: (over?: Partial<SourcePorts>) => Promise<readonly string[]>;
  readonly asked: () => readonly string[];
}

/** An account with a metric that is sent every minute until `until`. */
async function world(
  delayMs: () => number = () => MINUTE_MS,
  options: Partial<CloudWatchOptions> = {},
  until = Number.POSITIVE_INFINITY,
): Promise<World> {
  const clock = fakeClock();
  const puts = putMetrics(delayMs);
  const since = clock.now() - 24 * 60 * MINUTE_MS;
  const shop = steadyMetrics([{ namespace: 'Shop', name: 'served', dimensions: {}, since, until }]);
  const cloudWatch = await startCloudWatch({
    clock,
    region: 'eu-west-1',
    credentials: [CREDENTIALS],
    store: createMetricStore(shop, puts),
    puts,
    ...options,
  });
  onTestFinished(() => cloudWatch.close());
  vi.stubEnv('AWS_ENDPOINT_URL_CLOUDWATCH', cloudWatch.url);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const memory = sourceMemory();
  const run: World['run'] = async (over = {}, signals = [{}]) => {
    const ports = testPorts({
      clock,
      memory,
      deadline: clock.now() + 30_000,
      credentials: () => async () => CREDENTIALS,
      ...over,
    });
    const planned = signals.map((one) => ({
      judged: true,
      signal: signal({
        plane: 'cloudwatch',
        address: 'Shop',
        metric: 'served',
        role: ROLE,
        cluster: 'prod-eu',
        freshMs: 15 * MINUTE_MS,
        everyMs: 5 * MINUTE_MS,
        probe: { within: 3 * MINUTE_MS },
        ...one,
      }),
    }));
    const onDefect = (error: unknown): never => {
      throw error;
    };
    const cluster = { name: 'prod-eu', region: 'eu-west-1', signals: planned };
    return (await verifyCluster(cluster, { ...ports, onDefect })).signals;
  };
  let seen = 0;
  return {
    cloudWatch,
    clock,
    run,
    told: async (over) =>
      (await run(over)).flatMap(({ verdict, findings, unavailable, evidence }) => [
        verdict,
        ...findings.map(({ expectation, observed }) => `${expectation}: ${observed}`),
        ...unavailable.map(({ expectation, reason, detail }) => `${expectation}: ${reason}: ${detail}`),
        ...evidence.facts,
      ]),
    asked: () => {
      const asked = cloudWatch.requests.slice(seen).map(({ operation = '' }) => operation);
      seen = cloudWatch.requests.length;
      return asked.toSorted();
    },
  };
}

const COLD = () => ({ memory: sourceMemory() });
const isPut = ({ operation }: { readonly operation?: string | undefined }): boolean =>
  operation === 'PutMetricData';

test('the very first run has written and tells that it cannot tell; from then on one write and one read prove it', async () => {
  const { told, asked, clock } = await world();
  expect(await told()).toEqual([
    'unknown',
    'probe: not-listed-yet: a sample of its own was written and cannot be read yet; a later run tells after 4m',
  ]);
  asked();
  for (let run = 0; run < 3; run += 1) {
    clock.advance(5 * MINUTE_MS);
    expect(await told()).toEqual([
      'ok',
      expect.stringMatching(/^a sample of its own was readable that was written [45]m( \d+s)? ago$/),
    ]);
    expect(asked()).toEqual(['GetMetricData', 'GetMetricData', 'PutMetricData']);
  }
});

test('a process without memory reads what earlier ones wrote', async () => {
  const { told, clock } = await world();
  await told(COLD());
  clock.advance(5 * MINUTE_MS);
  expect((await told(COLD()))[0]).toBe('ok');
});

test('a gate that waits converges', async () => {
  const { told, clock } = await world();
  const memory = () => ({ memory: { ...sourceMemory(), probes } });
  const { probes } = sourceMemory();
  const verdicts: (string | undefined)[] = [];
  for (let attempt = 0; attempt < 8; attempt += 1) {
    verdicts.push((await told(memory()))[0]);
    clock.advance(30_000);
  }
  expect(verdicts[0]).toBe('unknown');
  expect(verdicts.at(-1)).toBe('ok');
  expect(verdicts).not.toContain('failing');
});

test('what is written is one metric for each probe, in a namespace of its own, with names as CloudWatch takes them', async () => {
  const { run, cloudWatch, clock } = await world();
  const signals = [{ name: 'canary' }, { name: 'größe 🚀' }];
  await run({}, signals);
  const [put, ...further] = cloudWatch.requests.filter(isPut);
  expect(further).toEqual([]);
  expect(put?.input).toMatchObject({
    Namespace: 'Plumbline/Probe',
    MetricData: [
      {
        MetricName: 'Timestamp',
        Value: clock.now() / 1000,
        Dimensions: [
          { Name: 'Cluster', Value: 'prod-eu' },
          { Name: 'Signal', Value: 'canary' },
        ],
      },
      { Dimensions: [{ Name: 'Cluster' }, { Name: 'Signal', Value: 'gr%C3%B6%C3%9Fe %F0%9F%9A%80' }] },
    ],
  });
  clock.advance(5 * MINUTE_MS);
  expect((await run({}, signals)).map(({ verdict }) => verdict)).toEqual(['ok', 'ok']);
});

test('taken and never shown: told by a process that remembers; a cold one cannot know whether anybody wrote', async () => {
  let isBlind = false;
  const { told, clock } = await world(() => (isBlind ? Number.POSITIVE_INFINITY : MINUTE_MS));
  await told();
  clock.advance(5 * MINUTE_MS);
  isBlind = true;
  expect((await told())[0]).toBe('ok');
  clock.advance(5 * MINUTE_MS);
  const cold = { ...COLD() };
  expect(await told()).toEqual([
    'failing',
    expect.stringMatching(
      /^probe: one written 5m ago is not readable; the newest that is was written (9m|10m)( \d+s)? ago$/,
    ),
  ]);
  expect(await told(cold)).toEqual(['unknown', expect.stringMatching(/^probe: incomplete: /)]);
  isBlind = false;
  await told();
  clock.advance(5 * MINUTE_MS);
  expect((await told())[0]).toBe('ok');
});

test('a sample that is as late as it may be is no finding at any minute', async () => {
  const { told, clock } = await world(() => 3 * MINUTE_MS);
  const verdicts = new Set<string | undefined>();
  for (let minute = 0; minute < 30; minute += 1) {
    verdicts.add((await told())[0]);
    clock.advance(MINUTE_MS);
  }
  expect(verdicts).toEqual(new Set(['unknown', 'ok']));
});

test('once an hour', async () => {
  const { run, clock } = await world();
  const hourly = [{ everyMs: 60 * MINUTE_MS }];
  const verdicts: (string | undefined)[] = [];
  for (let hour = 0; hour < 4; hour += 1) {
    verdicts.push((await run(COLD(), hourly))[0]?.verdict);
    clock.advance(60 * MINUTE_MS);
  }
  expect(verdicts).toEqual(['unknown', 'ok', 'ok', 'ok']);
});

test('after a pause nobody is accused', async () => {
  const { told, clock } = await world();
  await told();
  clock.advance(2 * 24 * 60 * MINUTE_MS);
  expect(await told()).toEqual(['unknown', expect.stringMatching(/^probe: not-listed-yet: /)]);
});

test.each([
  [
    'ThrottlingException',
    400,
    'CloudWatch refuses samples: cloudwatch:PutMetricData to Plumbline/Probe, as ',
  ],
  ['LimitExceededException', 400, 'CloudWatch refuses samples: '],
  ['InternalServiceFault', 500, 'CloudWatch does not take samples: '],
  ['ServiceUnavailable', 503, 'CloudWatch does not take samples: '],
])('a refusal for %s is a finding', async (type, status, words) => {
  const { told } = await world(undefined, {
    interfere: (request) => (isPut(request) ? awsJsonError(status, type, 'try less') : undefined),
  });
  const [verdict, finding] = await told();
  expect([verdict, finding]).toEqual(['failing', expect.stringContaining(`probe: ${words}`)]);
});

test('the right to write is missing: denied, with the action, the namespace and the role', async () => {
  const { cloudWatch, told } = await world();
  cloudWatch.deny('cloudwatch:PutMetricData');
  expect(await told()).toEqual([
    'unknown',
    expect.stringMatching(
      /^probe: denied: .*; needed: cloudwatch:PutMetricData to Plumbline\/Probe, as arn:aws:iam::111122223333:role\/reader$/,
    ),
  ]);
});

test('a process that has begun to remember only waits', async () => {
  const { told, clock } = await world();
  await told(COLD());
  clock.advance(2 * 60 * MINUTE_MS);
  expect(await told()).toEqual(['unknown', expect.stringMatching(/^probe: incomplete: /)]);
  clock.advance(MINUTE_MS);
  expect(await told()).toEqual(['unknown', expect.stringMatching(/^probe: not-listed-yet: /)]);
  clock.advance(3 * MINUTE_MS);
  expect((await told())[0]).toBe('ok');
});

test('what is read partly or not at all accuses nobody', async () => {
  let fault: 'InternalError' | undefined;
  const { told, clock } = await world(undefined, {
    statusOf: ({ MetricStat }) => (MetricStat?.Metric.Namespace === 'Plumbline/Probe' ? fault : undefined),
  });
  await told();
  clock.advance(5 * MINUTE_MS);
  fault = 'InternalError';
  expect(await told()).toEqual([
    'unknown',
    expect.stringMatching(/^probe: unreachable: GetMetricData: InternalError/),
  ]);
});

test.each([
  ['reset' as const, 'unreachable'],
  ['hang' as const, 'timeout'],
])('a write that the network swallows (%s) leaves the others their answers', async (outcome, reason) => {
  const { told, clock } = await world(undefined, {
    interfere: (request) => (isPut(request) ? outcome : undefined),
  });
  expect(await told({ deadline: clock.now() + 4000 })).toEqual([
    'unknown',
    expect.stringMatching(`^probe: ${reason}: `),
  ]);
});

test('where its own series are silent, it says that what sends is to blame', async () => {
  const { told, clock } = await world(undefined, {}, fakeClock().now() - 40 * MINUTE_MS);
  await told();
  clock.advance(5 * MINUTE_MS);
  expect(await told()).toEqual([
    'failing',
    expect.stringMatching(/^fresh: /),
    expect.stringMatching(
      /^a sample of its own was readable that was written .*: the backend works, look at what sends$/,
    ),
  ]);
});

test('a token that expired early is renewed for the write too', async () => {
  const expired = { accessKeyId: 'AKOLD', secretAccessKey: 's', sessionToken: 'old' };
  const fresh = { accessKeyId: 'AKNEW', secretAccessKey: 's', sessionToken: 'new' };
  let held = expired;
  const provider: CredentialProvider = async (options) => {
    if (options?.forceRefresh) held = fresh;
    return held;
  };
  const { run, clock } = await world(undefined, {
    credentials: [{ ...expired, expiresAt: fakeClock().now() - 1000 }, fresh],
  });
  await run({ credentials: () => provider });
  clock.advance(5 * MINUTE_MS);
  expect((await run({ credentials: () => provider }))[0]?.verdict).toBe('ok');
});
