import { expect, onTestFinished, test, vi } from 'vitest';
import { sinceOnly } from '../../lib/since.ts';
import type { StreamSignal } from '../../lib/signal.ts';
import type { SourcePorts } from '../../lib/sources/source.ts';
import { type SignalVerdict, verifyCluster } from '../../lib/verify.ts';
import { type CloudWatch, type CloudWatchOptions, startCloudWatch } from '../../rehearsal/cloudwatch.ts';
import { createMetricStore, type SteadyMetric, steadyMetrics } from '../../rehearsal/metric-store.ts';
import { type FakeClock, fakeClock, testPorts } from '../support/ports.ts';
import { signal } from '../support/world.ts';

const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const NAMESPACE = 'Shop';

interface Shop {
  readonly clock: FakeClock;
  readonly ports: SourcePorts;
  readonly server: CloudWatch;
  readonly judge: (over: Partial<StreamSignal>, since?: number) => Promise<SignalVerdict>;
  readonly told: (over: Partial<StreamSignal>, since?: number) => Promise<string[]>;
}

/** Metrics that are published every minute since yesterday, as far as they say nothing else. */
async function shop(
  metrics: (now: number) => readonly (Partial<SteadyMetric> & Pick<SteadyMetric, 'dimensions'>)[],
  options: Partial<CloudWatchOptions> = {},
): Promise<Shop> {
  const clock = fakeClock();
  const ports = testPorts({ clock, credentials: () => async () => CREDENTIALS });
  const defaults = { namespace: NAMESPACE, name: 'latency', since: clock.now() - 24 * HOUR_MS };
  const store = createMetricStore(
    steadyMetrics(metrics(clock.now()).map((one) => ({ ...defaults, ...one }))),
  );
  const server = await startCloudWatch({
    clock,
    region: 'eu-west-1',
    credentials: [CREDENTIALS],
    store,
    ...options,
  });
  onTestFinished(() => server.close());
  vi.stubEnv('AWS_ENDPOINT_URL_CLOUDWATCH', server.url);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const judge = async (over: Partial<StreamSignal>, since?: number): Promise<SignalVerdict> => {
    const of = signal({
      plane: 'cloudwatch',
      address: NAMESPACE,
      metric: 'latency',
      freshMs: 15 * MINUTE_MS,
      ...over,
    });
    const cluster = { name: 'c', region: 'eu-west-1', signals: [{ signal: of, judged: true }] };
    const onDefect = (error: unknown): void => {
      throw error;
    };
    const [asked = cluster] = since === undefined ? [] : sinceOnly([cluster], since, clock.now());
    const now = { ...ports, deadline: clock.now() + 30_000, onDefect };
    return (await verifyCluster(asked, now)).signals[0]!;
  };
  const told = async (over: Partial<StreamSignal>, since?: number): Promise<string[]> => {
    const { verdict, findings, unavailable } = await judge(over, since);
    return [
      verdict,
      ...findings.map(({ expectation, subject, observed }) => `${expectation} ${subject}: ${observed}`),
      ...unavailable.map(({ expectation, reason }) => `${expectation}: ${reason}`),
    ];
  };
  return { clock, ports, server, judge, told };
}

const over = 15 * MINUTE_MS;
const dimensions = { Service: 'checkout' };

test('a bound that holds is ok; one that does not is told with what was expected', async () => {
  const { judge } = await shop(() => [{ dimensions, value: 800 }]);
  expect(await judge({ statistic: { is: 'average', over, min: 800, max: 800 } })).toMatchObject({
    verdict: 'ok',
    findings: [],
  });
  expect(
    (await judge({ by: ['Service'], statistic: { is: 'average', over, max: 799 } })).findings,
  ).toMatchObject([
    {
      expectation: 'statistic.max',
      subject: 'Service=checkout',
      expected: 'average over 15m at most 799',
      observed: 'average 800',
    },
  ]);
  expect((await judge({ statistic: { is: 'maximum', over, min: 800.0001 } })).findings).toMatchObject([
    {
      expectation: 'statistic.min',
      subject: 'all series',
      expected: 'maximum over 15m at least 800',
      observed: 'maximum 800',
    },
  ]);
});

test.each([
  ['average', 2.5],
  ['sum', 300],
  ['sampleCount', 120],
  ['minimum', 1],
  ['maximum', 4],
] as const)('%s is that of all samples of all series of the window', async (is, value) => {
  const { told } = await shop(() => [
    { dimensions: { Pod: 'a' }, interval: 15, value: 1 },
    { dimensions: { Pod: 'b' }, interval: 15, value: 4 },
  ]);
  const below = { statistic: { is, over, min: value + 0.01 } };
  expect(await told({ statistic: { is, over, min: value, max: value } })).toEqual(['ok']);
  expect(await told(below)).toEqual(['failing', `statistic.min all series: ${is} ${value}`]);
});

test('a series with four times the samples weighs four times as much in an average', async () => {
  const { told } = await shop(() => [
    { dimensions: { Pod: 'a' }, interval: 15, value: 1 },
    { dimensions: { Pod: 'b' }, interval: 60, value: 6 },
  ]);
  expect(await told({ statistic: { is: 'average', over, max: 1.9 } })).toEqual([
    'failing',
    'statistic.max all series: average 2',
  ]);
});

test('percentiles of several series are not made one: the worst of them is told', async () => {
  const { told } = await shop(() => [
    { dimensions: { Service: 'a', Pod: '1' }, value: 100 },
    { dimensions: { Service: 'a', Pod: '2' }, value: 900 },
    { dimensions: { Service: 'b', Pod: '3' }, value: (at: number) => ((at / MINUTE_MS) % 15) * 10 },
  ]);
  const by = ['Service'];
  expect(await told({ by, statistic: { is: 'p99', over, max: 800 } })).toEqual([
    'failing',
    'statistic.max Service=a: p99 900, the highest of its series',
  ]);
  expect(await told({ by, statistic: { is: 'p50', over, min: 90 } })).toEqual([
    'failing',
    'statistic.min Service=b: p50 70',
  ]);
});

test('samples that are published under several sets of dimensions are counted once', async () => {
  const under = (own: Record<string, string>) => ({ dimensions: own, name: 'orders', value: 2 });
  const { told } = await shop(() => [
    under({}),
    under({ Cluster: 'c' }),
    under({ Cluster: 'c', Service: 'checkout' }),
    under({ Cluster: 'c', Service: 'checkout', Pod: 'x' }),
  ]);
  const sum = (extra: object, least: number) =>
    told({ metric: 'orders', statistic: { is: 'sum', over, min: least, max: least }, ...extra });
  expect(await sum({}, 30)).toEqual(['ok']);
  expect(await sum({ match: [{ label: 'Cluster', operator: '=', value: 'c' }] }, 30)).toEqual(['ok']);
  expect(await sum({ by: ['Service'] }, 30)).toEqual(['ok']);
  const sets = [['Cluster', 'Pod', 'Service']];
  expect(await sum({ dimensions: { sets, only: false } }, 30)).toEqual(['ok']);
});

test('where the most fitting set has ended, the others answer', async () => {
  const { told, server } = await shop((now) => [
    { dimensions: {}, value: 1, until: now - 2 * HOUR_MS },
    { dimensions: { Service: 'a' }, value: 5 },
    { dimensions: { Service: 'b' }, value: 5 },
  ]);
  expect(await told({ statistic: { is: 'sum', over, min: 150, max: 150 } })).toEqual(['ok']);
  expect(server.requests.filter(({ operation }) => operation === 'GetMetricData')).toHaveLength(3);
});

test('each group is answered by a set of its own: what is published otherwise than the others is judged too', async () => {
  const { told } = await shop(() => [
    { dimensions: { Service: 'a' }, value: 1 },
    { dimensions: { Service: 'b', Region: 'x' }, value: 1000 },
    { dimensions: {}, value: 5000 },
  ]);
  expect(await told({ by: ['Service'], statistic: { is: 'maximum', over, max: 10 } })).toEqual([
    'failing',
    'statistic.max Service=b: maximum 1000',
  ]);
});

test('a set that took the place of another answers at once', async () => {
  const { told, clock } = await shop((now) => [
    { dimensions: { Service: 'a' }, value: 1, until: now - 30 * MINUTE_MS },
    { dimensions: { Service: 'a', Region: 'x' }, value: 1, since: now - 3 * HOUR_MS },
  ]);
  for (let minute = 0; minute < 30; minute += 1) {
    expect(await told({ by: ['Service'], statistic: { is: 'sum', over: HOUR_MS, min: 60 } })).toEqual(['ok']);
    clock.advance(MINUTE_MS);
  }
});

test('a group whose points come later than those of others has no smaller sum', async () => {
  const { told } = await shop(() => [
    { dimensions: { Service: 'a' }, value: 1 },
    { dimensions: { Service: 'b' }, value: 1, delayMinutes: 8 },
  ]);
  expect(await told({ by: ['Service'], statistic: { is: 'sum', over, min: 15 } })).toEqual(['ok']);
});

test('no samples are none: their count and their sum are 0', async () => {
  const { told } = await shop((now) => [{ dimensions, value: 1, until: now - 50 * MINUTE_MS }]);
  const quiet = { by: ['Service'], freshMs: HOUR_MS };
  expect(await told({ ...quiet, statistic: { is: 'sampleCount', over, min: 1 } })).toEqual([
    'failing',
    'statistic.min Service=checkout: sampleCount 0',
  ]);
  expect(await told({ ...quiet, statistic: { is: 'sum', over, max: 1 } })).toEqual(['ok']);
  expect(await told({ ...quiet, statistic: { is: 'maximum', over, max: 1 } })).toEqual([
    'unknown',
    'statistic.max: not-listed-yet',
  ]);
});

test('a percentile that CloudWatch has not made is not known, rather than ok', async () => {
  const { judge } = await shop((now) => [
    { dimensions, until: now - 30 * MINUTE_MS },
    { dimensions, since: now - 4 * MINUTE_MS },
  ]);
  const { verdict, unavailable } = await judge({ by: ['Service'], statistic: { is: 'p99', over, max: 800 } });
  expect(verdict).toBe('unknown');
  expect(unavailable[0]?.detail).toBe(
    'Service=checkout: there is no p99 over 15m: no sample that counts has come, or CloudWatch makes none of its values',
  );
});

test.each(['maximum', 'p99'])(
  'under --since nothing older counts for a %s, however late points are',
  async (is) => {
    let mended = 0;
    const { told, clock } = await shop((now) => {
      mended = now;
      return [{ dimensions, value: (at) => (at < now ? 900 : 1) }];
    });
    const seen: string[] = [];
    for (let minute = 0; minute < 20; minute += 1) {
      seen.push((await told({ statistic: { is, over, max: 800 } }, mended)).join(' '));
      clock.advance(MINUTE_MS);
    }
    expect(seen.at(-1)).toBe('ok');
    expect(seen.filter((one) => one.includes('900'))).toEqual([]);
  },
);

test('under --since a gate does not pass on what was before', async () => {
  let broken = 0;
  const { told, clock } = await shop((now) => {
    broken = now;
    return [{ dimensions, value: (at) => (at < now ? 1 : 900) }];
  });
  for (let minute = 0; minute < 20; minute += 1) {
    expect(await told({ statistic: { is: 'maximum', over, max: 800 } }, broken)).not.toContain('ok');
    clock.advance(MINUTE_MS);
  }
});

test('points that are late by up to ten minutes do not lessen a sum', async () => {
  const { told, clock } = await shop(() => [{ dimensions, value: 1, delayMinutes: 9 }]);
  for (let minute = 0; minute < 5; minute += 1) {
    expect(await told({ statistic: { is: 'sum', over, min: 15, max: 15 } })).toEqual(['ok']);
    clock.advance(61_000);
  }
});

test('what is silent is fresh’s business: one silence, one finding', async () => {
  const { told } = await shop((now) => [
    { dimensions: { Service: 'a' }, value: 1 },
    { dimensions: { Service: 'b' }, value: 1, until: now - 20 * MINUTE_MS },
  ]);
  expect(await told({ by: ['Service'], statistic: { is: 'sum', over: HOUR_MS, min: 55 } })).toEqual([
    'failing',
    expect.stringMatching(/^fresh Service=b: newest sample 2\dm old$/),
  ]);
});

test('the sum of a pod that a rollout replaced is not missed before its successor is listed', async () => {
  const pod = (PodName: string, since: number, until: number) => ({
    dimensions: { Service: 'a', PodName },
    value: 1,
    since,
    until,
  });
  const { told, clock } = await shop((now) => [
    pod('other', now - HOUR_MS, Infinity),
    pod('old', now - HOUR_MS, now),
    pod('new', now + MINUTE_MS, Infinity),
  ]);
  const enough = { statistic: { is: 'sum', over, min: 25 } };
  const seen = new Set<string>();
  for (let minute = 0; minute < 50; minute += 1) {
    for (const word of await told(enough)) seen.add(word);
    clock.advance(MINUTE_MS);
  }
  expect([...seen].sort()).toEqual(['ok', 'statistic.min: not-listed-yet', 'unknown']);
});

test('a lasting loss is told once a successor would be listed', async () => {
  const { told, clock } = await shop((now) => [
    { dimensions: { Service: 'a', PodName: 'x' }, value: 1 },
    { dimensions: { Service: 'a', PodName: 'y' }, value: 1, until: now },
  ]);
  clock.advance(26 * MINUTE_MS);
  expect(await told({ statistic: { is: 'sum', over, min: 25 } })).toEqual([
    'failing',
    'statistic.min all series: sum 15',
  ]);
});

test.each([
  ['Forbidden', 'denied'],
  ['InternalError', 'unreachable'],
  ['PartialData', 'incomplete'],
] as const)('a statistic that is %s inside a 200 is unavailable: %s, not small', async (status, reason) => {
  const { told } = await shop(() => [{ dimensions }], {
    statusOf: ({ MetricStat }) => (MetricStat?.Stat === 'Sum' ? status : undefined),
  });
  expect(await told({ statistic: { is: 'sum', over, min: 1 } })).toEqual([
    'unknown',
    `statistic.min: ${reason}`,
  ]);
});

test('statistics share lists, and one call for all that look equally far back', async () => {
  const names = ['cpu', 'memory', 'threads'];
  const { ports, clock, server } = await shop(() =>
    names.map((name) => ({ dimensions: { Cluster: 'c' }, name })),
  );
  const signals = names.map((metric) => ({
    signal: signal({
      name: metric,
      plane: 'cloudwatch',
      address: NAMESPACE,
      metric,
      freshMs: 15 * MINUTE_MS,
      match: [
        {
          label: 'Cluster',
          operator: '=',
          value: 'c',
        },
      ],
      statistic: {
        is: 'average',
        over,
        max: 5,
      },
    }),
    judged: true,
  }));
  const cluster = { name: 'c', region: 'eu-west-1', signals };
  const ask = () => verifyCluster(cluster, { ...ports, deadline: clock.now() + 30_000, onDefect: () => {} });
  expect((await ask()).verdict).toBe('ok');
  const operations = server.requests.map(({ operation }) => operation);
  expect(operations).toEqual(['ListMetrics', 'GetMetricData', 'GetMetricData']);
});

test('days are read in longer periods', async () => {
  const { told } = await shop((now) => [{ dimensions, value: 1, since: now - 7 * 24 * HOUR_MS }]);
  const days = 3 * 24 * HOUR_MS;
  expect(await told({ statistic: { is: 'sum', over: days, min: 4320, max: 4320 } })).toEqual(['ok']);
});
