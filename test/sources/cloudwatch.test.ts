import { expect, onTestFinished, test, vi } from 'vitest';
import type { SignalVerdict } from '../../lib/verify.ts';
import { verifyCluster } from '../../lib/verify.ts';
import { cloudwatch } from '../../lib/sources/cloudwatch.ts';
import type { SourcePorts } from '../../lib/sources/source.ts';
import { type CloudWatch, type CloudWatchOptions, startCloudWatch } from '../../rehearsal/cloudwatch.ts';
import { createMetricStore, type MetricStore, steadyMetrics } from '../../rehearsal/metric-store.ts';
import { EKS_ADOT_NAMESPACE, startEksAdotCloudWatch } from '../../rehearsal/pipelines/eks-adot-emf.ts';
import type { Storage } from '../../rehearsal/storage.ts';
import { type FakeClock, fakeClock, testPorts } from '../support/ports.ts';
import { signal } from '../support/world.ts';
import { sourceContract } from './contract.ts';

const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const NAMESPACE = 'Shop';
const MINUTE_MS = 60_000;
const as = { credentials: () => async () => CREDENTIALS };

async function start(
  store: MetricStore,
  ports: SourcePorts,
  options: Partial<CloudWatchOptions> = {},
): Promise<CloudWatch> {
  const started = await startCloudWatch({
    clock: ports.clock,
    region: 'eu-west-1',
    credentials: [CREDENTIALS],
    store,
    ...options,
  });
  onTestFinished(() => started.close());
  vi.stubEnv('AWS_ENDPOINT_URL_CLOUDWATCH', started.url);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  return started;
}

/** The storage's series as metrics that are published every minute. */
function storeOf({ series }: Storage): MetricStore {
  const metrics = series.map((one) => {
    const { labels } = one;
    const all = one.samples(0, Number.MAX_SAFE_INTEGER);
    return {
      namespace: NAMESPACE,
      name: labels.get('__name__') ?? '',
      dimensions: Object.fromEntries([...labels].filter(([name]) => name !== '__name__')),
      since: all[0]?.at ?? 0,
      until: (all.at(-1)?.at ?? 0) + 1,
      interval: 60,
      value: all[0]?.value ?? 0,
      delayMinutes: 0,
    };
  });
  return createMetricStore(steadyMetrics(metrics));
}

const shop = (over = {}) =>
  signal({ plane: 'cloudwatch', address: NAMESPACE, freshMs: 15 * MINUTE_MS, ...over });

sourceContract(
  async (storage, ports, trouble) => {
    const started = await start(storeOf(storage), ports, {
      listedAfter: 0,
      interfere: () => (trouble === 'hangs' ? 'hang' : trouble === 'resets' ? 'reset' : undefined),
    });
    if (trouble === 'throttles') started.throttle(Number.POSITIVE_INFINITY);
    if (trouble === 'denies') started.deny('cloudwatch:ListMetrics');
    return {
      source: cloudwatch(shop(), { ...ports, ...as }),
      requests: () => started.requests.length,
      resolutionMs: MINUTE_MS,
    };
  },
  { namespace: NAMESPACE },
);

async function verdict(ports: SourcePorts, over: object): Promise<SignalVerdict> {
  const onDefect = (error: unknown): void => {
    throw error;
  };
  const cluster = { name: 'c', region: 'eu-west-1', signals: [{ signal: shop(over), judged: true }] };
  const fresh = { ...ports, deadline: ports.clock.now() + 30_000, onDefect };
  return (await verifyCluster(cluster, fresh)).signals[0]!;
}

const told = ({ verdict: is, findings, unavailable }: SignalVerdict): string[] => [
  is,
  ...findings.map(({ expectation, subject, observed }) => `${expectation} ${subject}: ${observed}`),
  ...unavailable.map(({ expectation, reason }) => `${expectation}: ${reason}`),
];

const EMF = {
  address: EKS_ADOT_NAMESPACE,
  metric: 'otelcol_process_uptime',
  match: [{ label: 'EKS_Cluster', operator: '=' as const, value: 'prod-eu' }],
  dimensions: { sets: [['EKS_Cluster', 'EKS_Namespace', 'EKS_PodName']], only: false },
};

async function pipeline(clock: FakeClock) {
  const ports = testPorts({ clock, ...as });
  const emf = startEksAdotCloudWatch({ cluster: 'prod-eu' }, clock.now() - 24 * 60 * MINUTE_MS);
  const server = await start(emf.store, ports);
  return { ports, emf, server };
}

test('the EKS add-on pipeline is ok, and in a healthy run one call decides', async () => {
  const clock = fakeClock();
  const { ports, server } = await pipeline(clock);
  expect(told(await verdict(ports, EMF))).toEqual(['ok']);
  const first = server.requests.length;
  clock.advance(5 * MINUTE_MS);
  expect(told(await verdict(ports, EMF))).toEqual(['ok']);
  expect(server.requests.slice(first).map(({ operation }) => operation)).toEqual(['GetMetricData']);
});

test('the list is asked for again after fifteen minutes', async () => {
  const clock = fakeClock();
  const { ports, server } = await pipeline(clock);
  await verdict(ports, EMF);
  clock.advance(16 * MINUTE_MS);
  const first = server.requests.length;
  await verdict(ports, EMF);
  expect(server.requests.slice(first).map(({ operation }) => operation)).toEqual([
    'ListMetrics',
    'GetMetricData',
  ]);
});

test('listed but dead: failing, with the age of the newest point', async () => {
  const clock = fakeClock();
  const { ports, emf } = await pipeline(clock);
  await verdict(ports, EMF);
  emf.stop(clock.now());
  clock.advance(40 * MINUTE_MS);
  expect(told(await verdict(ports, EMF))).toEqual([
    'failing',
    expect.stringMatching(/^fresh all series: newest sample (39|40)m/),
  ]);
});

test('a rollout does not alarm at any minute, although the new pod is listed fifteen minutes late', async () => {
  const clock = fakeClock();
  const { ports, emf } = await pipeline(clock);
  await verdict(ports, EMF);
  emf.rollOut(clock.now());
  for (let minute = 0; minute < 45; minute += 1) {
    clock.advance(MINUTE_MS);
    const seen = await verdict(ports, EMF);
    expect([minute, seen.verdict === 'failing' ? told(seen) : 'quiet']).toEqual([minute, 'quiet']);
    for (const { reason } of seen.unavailable) expect(reason).toBe('not-listed-yet');
  }
  expect(told(await verdict(ports, EMF))).toEqual(['ok']);
});

test('OTelLib joining a set is told as the only difference', async () => {
  const clock = fakeClock();
  const { ports, emf } = await pipeline(clock);
  await verdict(ports, EMF);
  emf.joinOTelLib(clock.now());
  clock.advance(45 * MINUTE_MS);
  expect(told(await verdict(ports, EMF))).toEqual([
    'failing',
    expect.stringMatching(
      /^dimensions \[EKS_Cluster, EKS_Namespace, EKS_PodName\]: no live series has exactly these, the newest sample is 4\dm.* old; live as \[EKS_Cluster, EKS_Namespace, EKS_PodName, OTelLib\], only difference: OTelLib$/,
    ),
  ]);
});

test('only: another live set is a finding', async () => {
  const ports = testPorts(as);
  const since = ports.clock.now() - 60 * MINUTE_MS;
  const metric = (dimensions: Record<string, string>) => ({
    namespace: NAMESPACE,
    name: 'm',
    dimensions,
    since,
  });
  await start(createMetricStore(steadyMetrics([metric({ A: '1' }), metric({ A: '1', B: '2' })])), ports);
  expect(told(await verdict(ports, { dimensions: { sets: [['A']], only: true } }))).toEqual([
    'failing',
    'dimensions [A, B]: live with these dimensions too',
  ]);
  expect(told(await verdict(ports, { dimensions: { sets: [['A'], ['A', 'B']], only: true } }))).toEqual([
    'ok',
  ]);
  expect(told(await verdict(ports, { dimensions: { sets: [['A', 'B', 'C']], only: false } }))).toEqual([
    'failing',
    'dimensions [A, B, C]: no live series has exactly these, nor had in the last 6h; live are [A, B], [A]',
  ]);
});

test('points up to ten minutes late do not alarm', async () => {
  const ports = testPorts(as);
  const since = ports.clock.now() - 60 * MINUTE_MS;
  const late = { namespace: NAMESPACE, name: 'm', dimensions: { A: '1' }, since, delayMinutes: 10 };
  await start(createMetricStore(steadyMetrics([late])), ports);
  expect(told(await verdict(ports, { series: { exactly: 1 } }))).toEqual(['ok']);
});

test('all pages are read, of the list and of the data', async () => {
  const ports = testPorts(as);
  const since = ports.clock.now() - 60 * MINUTE_MS;
  const metrics = Array.from({ length: 620 }, (_, i) => ({
    namespace: NAMESPACE,
    name: 'm',
    dimensions: { n: String(i) },
    since,
  }));
  const server = await start(createMetricStore(steadyMetrics(metrics)), ports, {
    pageSize: { metrics: 100, datapoints: 3000 },
  });
  const seen = await verdict(ports, { series: { exactly: 620 } });
  expect([told(seen), seen.evidence.series]).toEqual([['ok'], 620]);
  const operations = server.requests.map(({ operation }) => operation);
  expect(operations.filter((name) => name === 'ListMetrics')).toHaveLength(7);
  expect(operations.filter((name) => name === 'GetMetricData').length).toBeGreaterThan(2);
});

test.each([
  ['Forbidden', 'denied'],
  ['InternalError', 'unreachable'],
  ['PartialData', 'incomplete'],
] as const)('a query that is %s inside a 200 is unavailable: %s, not empty', async (status, reason) => {
  const ports = testPorts(as);
  const since = ports.clock.now() - 60 * MINUTE_MS;
  const metric = (n: string) => ({ namespace: NAMESPACE, name: 'm', dimensions: { n }, since });
  const troubled = await start(createMetricStore(steadyMetrics([metric('1'), metric('2')])), ports, {
    statusOf: ({ MetricStat }) => (MetricStat?.Metric?.Dimensions?.[0]?.Value === '1' ? status : undefined),
  });
  const counted = await verdict(ports, { series: { exactly: 2 } });
  expect(counted.verdict).toBe('unknown');
  expect(new Set(counted.unavailable.map((one) => one.reason))).toEqual(new Set([reason]));
  // A part may prove life.
  expect(told(await verdict(ports, {}))).toEqual(['ok']);
  expect(troubled.requests.length).toBeGreaterThan(0);
});

test('a right that is missing is named', async () => {
  const ports = testPorts(as);
  const server = await start(createMetricStore(), ports);
  server.deny('cloudwatch:ListMetrics');
  const seen = await verdict(ports, {});
  expect(seen.unavailable[0]).toMatchObject({
    reason: 'denied',
    detail: expect.stringContaining('cloudwatch:ListMetrics'),
  });
});

test('all signals of a cluster share lists and calls', async () => {
  const ports = testPorts(as);
  const since = ports.clock.now() - 60 * MINUTE_MS;
  const names = ['cpu', 'memory', 'threads'];
  const metrics = names.map((name) => ({ namespace: NAMESPACE, name, dimensions: { cluster: 'c' }, since }));
  const elsewhere = { namespace: 'Other', name: 'requests', dimensions: { cluster: 'c' }, since };
  const server = await start(createMetricStore(steadyMetrics([...metrics, elsewhere])), ports);
  const match = [{ label: 'cluster', operator: '=' as const, value: 'c' }];
  const signals = [
    ...names.map((metric) => shop({ name: metric, metric, match })),
    shop({ name: 'requests', address: 'Other', metric: 'requests', match }),
  ];
  const cluster = {
    name: 'c',
    region: 'eu-west-1',
    signals: signals.map((one) => ({ signal: one, judged: true })),
  };
  const { verdict: all } = await verifyCluster(cluster, { ...ports, onDefect: () => {} });
  expect(all).toBe('ok');
  expect(server.requests.map(({ operation = '' }) => operation).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(
    ['GetMetricData', 'ListMetrics', 'ListMetrics'],
  );
});

/** Metrics of one set of dimensions, published since then, and some only until. */
const publishing = (since: number, dimensions: Record<string, string>) => (name: string, until?: number) => ({
  namespace: NAMESPACE,
  name,
  dimensions,
  since,
  ...(until === undefined ? {} : { until }),
});

/** One signal alone, asked every minute: what a neighbour asks must not help it. */
async function everyMinute(ports: SourcePorts, clock: FakeClock, minutes: number, over: object) {
  const seen: string[] = [];
  for (let minute = 1; minute <= minutes; minute += 1) {
    clock.advance(MINUTE_MS);
    const one = await verdict(ports, over);
    seen.push(one.verdict === 'failing' ? `${minute}: ${told(one).join(' ')}` : one.verdict);
  }
  return seen;
}

test.each([
  ['10m', 10, {}],
  ['15m', 15, {}],
  ['15m, an exact count', 15, { series: { exactly: 2 } }],
])('a successor that is listed late does not alarm with fresh: %s', async (_name, minutes, over) => {
  const clock = fakeClock();
  const ports = testPorts({ clock, ...as });
  const since = clock.now() - 60 * MINUTE_MS;
  const pod = (PodName: string, from: number, until?: number) => ({
    namespace: NAMESPACE,
    name: 'm',
    dimensions: { App: 'a', PodName },
    since: from,
    ...(until === undefined ? {} : { until }),
  });
  const now = clock.now();
  const metrics = [pod('old', since, now), pod('new', now + 3 * MINUTE_MS), pod('other', since)];
  await start(createMetricStore(steadyMetrics('series' in over ? metrics : metrics.slice(0, 2))), ports);
  const signalOver = { freshMs: minutes * MINUTE_MS, ...over };
  expect((await verdict(ports, signalOver)).verdict).toBe('ok');
  const seen = await everyMinute(ports, clock, 45, signalOver);
  expect(seen.filter((one) => one !== 'ok' && one !== 'unknown')).toEqual([]);
  expect(seen.at(-1)).toBe('ok');
});

test('a neighbour with a bound of days does not blur a bound of minutes', async () => {
  const clock = fakeClock();
  const ports = testPorts({ clock, ...as });
  const since = clock.now() - 60 * MINUTE_MS;
  const metric = publishing(since, { A: '1' });
  await start(createMetricStore(steadyMetrics([metric('dead', clock.now()), metric('alive')])), ports);
  clock.advance(30 * MINUTE_MS);
  const signals = [
    shop({ name: 'dead', metric: 'dead' }),
    shop({ name: 'long', metric: 'alive', freshMs: 6 * 24 * 3_600_000 }),
  ];
  const cluster = {
    name: 'c',
    region: 'eu-west-1',
    signals: signals.map((one) => ({ signal: one, judged: true })),
  };
  const fresh = { ...ports, deadline: clock.now() + 30_000, onDefect: () => {} };
  const { signals: judged } = await verifyCluster(cluster, fresh);
  expect(judged.map(({ verdict: is }) => is)).toEqual(['failing', 'ok']);
});

test('late points do not hide that there are too many series', async () => {
  const ports = testPorts(as);
  const since = ports.clock.now() - 96 * 60 * MINUTE_MS;
  const metrics = ['1', '2', '3', '4'].map((n) => ({
    namespace: NAMESPACE,
    name: 'm',
    dimensions: { n },
    since,
    delayMinutes: 7,
  }));
  await start(createMetricStore(steadyMetrics(metrics)), ports);
  expect(told(await verdict(ports, { series: { max: 2 } }))).toEqual([
    'failing',
    'series.max all series: 4 live series',
  ]);
});

test('what a remembered list lacks is asked for anew before it is told', async () => {
  const clock = fakeClock();
  const ports = testPorts({ clock, ...as });
  const since = clock.now() - 60 * MINUTE_MS;
  const metric = (dimensions: Record<string, string>, from = since) => ({
    namespace: NAMESPACE,
    name: 'm',
    dimensions,
    since: from,
  });
  const late = metric({ A: '1', B: '2' }, clock.now() - 14 * MINUTE_MS);
  await start(createMetricStore(steadyMetrics([metric({ A: '1' }), late])), ports);
  expect((await verdict(ports, { dimensions: { sets: [['A']], only: false } })).verdict).toBe('ok');
  clock.advance(5 * MINUTE_MS);
  const both = { dimensions: { sets: [['A'], ['A', 'B']], only: false } };
  expect(told(await verdict(ports, both))).toEqual(['ok']);
});

test('a list that is refused while something fails leaves what is healthy ok', async () => {
  const clock = fakeClock();
  const ports = testPorts({ clock, ...as });
  const since = clock.now() - 60 * MINUTE_MS;
  const metric = publishing(since, { cluster: 'c' });
  const store = createMetricStore(steadyMetrics([metric('dead', clock.now() + MINUTE_MS), metric('alive')]));
  const server = await start(store, ports);
  const match = [{ label: 'cluster', operator: '=' as const, value: 'c' }];
  const signals = ['dead', 'alive'].map((name) =>
    shop({ name, metric: name, match, freshMs: 10 * MINUTE_MS }),
  );
  const cluster = {
    name: 'c',
    region: 'eu-west-1',
    signals: signals.map((one) => ({ signal: one, judged: true })),
  };
  const judge = async () => {
    const fresh = { ...ports, deadline: clock.now() + 30_000, onDefect: () => {} };
    return (await verifyCluster(cluster, fresh)).signals.map(({ verdict: is }) => is);
  };
  expect(await judge()).toEqual(['ok', 'ok']);
  clock.advance(14 * MINUTE_MS);
  server.deny('cloudwatch:ListMetrics');
  expect(await judge()).toEqual(['unknown', 'ok']);
  server.allow('cloudwatch:ListMetrics');
  expect(await judge()).toEqual(['failing', 'ok']);
});
