import { expect, onTestFinished, test, vi } from 'vitest';
import { configSchema } from '../lib/config/schema.ts';
import { plan, type PlannedCluster } from '../lib/plan.ts';
import { sinceOnly } from '../lib/since.ts';
import { verifyCluster } from '../lib/verify.ts';
import { type CloudWatch, type CloudWatchOptions, startCloudWatch } from '../rehearsal/cloudwatch.ts';
import { createMetricStore, type SteadyMetric, steadyMetrics } from '../rehearsal/metric-store.ts';
import { answerQuery } from '../rehearsal/prometheus-api.ts';
import { storedSeries } from '../rehearsal/storage.ts';
import { type FakeClock, fakeClock, testPorts } from './support/ports.ts';

const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const MINUTE_MS = 60_000;

function planned(when: object, more: object = {}): PlannedCluster {
  const signals = [
    {
      name: 'durations',
      prometheus: 'http://127.0.0.1:9090',
      metric: 'durations_count',
      fresh: '15m',
      when: {
        cloudwatch: 'AWS/ApplicationELB',
        metric: 'RequestCount',
        ...when,
      },
      ...more,
    },
  ];
  const config = configSchema.parse({ version: 1, clusters: [{ name: 'c', region: 'eu-west-1', signals }] });
  const result = plan(config, {});
  return 'clusters' in result ? result.clusters[0]! : expect.unreachable();
}

interface Shop {
  readonly clock: FakeClock;
  readonly server: CloudWatch;
  readonly judge: (cluster: PlannedCluster) => Promise<string>;
}

/** An application that writes durations, and the load balancer in front of it; both while there is traffic. */
async function shop(
  requests: (now: number) => readonly Partial<SteadyMetric>[],
  durationsUntil: (now: number) => number,
  options: Partial<CloudWatchOptions> = {},
): Promise<Shop> {
  const clock = fakeClock();
  const start = clock.now();
  const defaults = {
    namespace: 'AWS/ApplicationELB',
    name: 'RequestCount',
    dimensions: { LoadBalancer: 'app/shop' },
    since: start - 3 * 60 * MINUTE_MS,
  };
  const server = await startCloudWatch({
    clock,
    region: 'eu-west-1',
    credentials: [CREDENTIALS],
    store: createMetricStore(
      steadyMetrics(
        requests(start).map((one) => ({
          ...defaults,
          ...one,
        })),
      ),
    ),
    ...options,
  });
  onTestFinished(() => server.close());
  vi.stubEnv('AWS_ENDPOINT_URL_CLOUDWATCH', server.url);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const samples = [];
  for (let at = start - 60 * MINUTE_MS; at <= durationsUntil(start); at += MINUTE_MS) {
    samples.push({ at, value: 1, stale: false });
  }
  const storage = { series: [storedSeries(new Map([['__name__', 'durations_count']]), samples)] };
  const ports = testPorts({
    clock,
    credentials: () => async () => CREDENTIALS,
    fetch: async (_url, init) => {
      const form = new URLSearchParams(init?.body as string);
      const { status, body } = answerQuery(form, storage, clock.now());
      return new Response(body, { status });
    },
  });
  const judge = async (cluster: PlannedCluster): Promise<string> => {
    const onDefect = (error: unknown): void => {
      throw error;
    };
    const now = { ...ports, deadline: clock.now() + 30_000, onDefect };
    const { signals } = await verifyCluster(cluster, now);
    return signals
      .map(({ verdict, state, findings, unavailable }) =>
        [
          `${verdict}${state === null ? '' : ` (${state})`}`,
          ...findings.map(({ expectation }) => expectation),
          ...unavailable.map(({ expectation, reason }) => `${expectation}: ${reason}`),
        ].join(' '),
      )
      .join(', ');
  };
  return { clock, server, judge };
}

test('the gate is planned as a signal that is only asked, as far back as its signal may be silent', () => {
  const { signals } = planned(
    { match: { LoadBalancer: 'app/shop' }, atLeast: 10 },
    { fresh: '20m', region: 'us-east-1', role: 'arn:aws:iam::111122223333:role/r', externalId: 'x1' },
  );
  expect(signals).toMatchObject([
    { judged: true, signal: { when: { signal: signals[1]?.signal.name, atLeast: 10, sums: true } } },
    {
      judged: false,
      signal: {
        plane: 'cloudwatch',
        address: 'AWS/ApplicationELB',
        metric: 'RequestCount',
        freshMs: 20 * MINUTE_MS,
        region: 'us-east-1',
        role: 'arn:aws:iam::111122223333:role/r',
        externalId: 'x1',
        match: [
          {
            label: 'LoadBalancer',
            operator: '=',
            value: 'app/shop',
          },
        ],
      },
    },
  ]);
});

test('with traffic silence fails, below it the signal is idle', async () => {
  const { judge } = await shop(
    () => [{ value: 3 }],
    (start) => start - 30 * MINUTE_MS,
  );
  expect(await judge(planned({ atLeast: 30 }))).toBe('failing fresh');
  expect(await judge(planned({ atLeast: 100 }))).toBe('ok (idle)');
});

test('other sets of dimensions of the same requests are not added to them', async () => {
  const zones = ['a', 'b', 'c'].map((zone) => ({
    dimensions: { LoadBalancer: 'app/shop', AvailabilityZone: zone },
    value: 1,
  }));
  const { judge } = await shop(
    () => [{ value: 3 }, ...zones],
    (start) => start - 30 * MINUTE_MS,
  );
  expect(await judge(planned({ match: { LoadBalancer: 'app/shop' }, atLeast: 46 }))).toBe('ok (idle)');
  expect(await judge(planned({ match: { LoadBalancer: 'app/shop' }, atLeast: 30 }))).toBe('failing fresh');
});

test('when traffic ends, no minute of what follows is a failure', async () => {
  const { judge, clock } = await shop(
    (start) => [{ until: start }],
    (start) => start,
  );
  const seen = new Set<string>();
  for (let minute = 0; minute < 60; minute += 0.5) {
    seen.add(await judge(planned({})));
    clock.advance(MINUTE_MS / 2);
  }
  expect([...seen]).toEqual(['ok', 'ok (idle)']);
});

test('requests that have never been counted are no traffic', async () => {
  const { judge } = await shop(
    () => [],
    (start) => start - 30 * MINUTE_MS,
  );
  expect(await judge(planned({}))).toBe('ok (idle)');
});

test('a gate that cannot be read accuses nobody and excuses nothing', async () => {
  const silent = await shop(
    () => [{}],
    (start) => start - 30 * MINUTE_MS,
  );
  silent.server.deny('cloudwatch:GetMetricData');
  expect(await silent.judge(planned({}))).toBe('unknown when: denied');
  const well = await shop(
    () => [{}],
    (start) => start,
  );
  well.server.deny('cloudwatch:ListMetrics');
  expect(await well.judge(planned({}))).toBe('ok');
});

test('it costs a list in a quarter of an hour and a read each time', async () => {
  const { judge, server, clock } = await shop(
    () => [{}],
    (start) => start + 60 * MINUTE_MS,
  );
  await judge(planned({}));
  clock.advance(5 * MINUTE_MS);
  await judge(planned({}));
  expect(server.requests.map(({ operation }) => operation)).toEqual([
    'ListMetrics',
    'GetMetricData',
    'GetMetricData',
  ]);
});

test('under --since the gate keeps its time', async () => {
  const { judge, clock } = await shop(
    () => [{ value: 3 }],
    (start) => start,
  );
  const cluster = planned({ atLeast: 30 });
  clock.advance(3 * MINUTE_MS);
  const since = clock.now() - 2 * MINUTE_MS;
  expect(await judge(sinceOnly([cluster], since, clock.now())[0]!)).toBe('failing fresh');
  expect(await judge(cluster)).toBe('ok');
});
