import { expect, onTestFinished, test, vi } from 'vitest';
import type { Baseline } from '../lib/baseline/baseline.ts';
import { acceptSeen } from '../lib/baseline/decided.ts';
import { shownBaselines } from '../lib/baseline/shown.ts';
import type { Message } from '../lib/message.ts';
import type { PlannedCluster } from '../lib/plan.ts';
import type { StreamSignal } from '../lib/signal.ts';
import { sourceMemory } from '../lib/sources/source.ts';
import type { LogLine } from '../lib/trouble.ts';
import { watch, type WatchPorts } from '../lib/watch.ts';
import { startCloudWatch } from '../rehearsal/cloudwatch.ts';
import { createMetricStore, steadyMetrics, type SteadyMetric } from '../rehearsal/metric-store.ts';
import { answerQuery } from '../rehearsal/prometheus-api.ts';
import { answerLabels } from '../rehearsal/prometheus-labels.ts';
import type { StoredSeries } from '../rehearsal/storage.ts';
import { serve } from './support/http.ts';
import { memoryStore } from './support/memory-store.ts';
import { fakeClock, testPorts } from './support/ports.ts';
import { signal } from './support/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOON = Date.parse('2026-11-20T12:00:00Z');
const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };

/** Scraped every minute from `since` on, until it ends. */
interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly since?: number;
  until?: number;
}

function stored({ labels, since = 0, until = Number.POSITIVE_INFINITY }: Series): StoredSeries {
  return {
    labels: new Map(Object.entries({ __name__: 'm', ...labels })),
    samples: (from, to) => {
      const samples = [];
      const first = Math.ceil(Math.max(from, since) / MINUTE) * MINUTE;
      for (let at = first; at <= Math.min(to, until); at += MINUTE)
        samples.push({ at, value: 1, stale: false });
      return samples;
    },
  };
}

/** One cluster with one signal, watched by a service that remembers. */
async function watched(one: StreamSignal, from = NOON) {
  const clock = fakeClock(from);
  const store = memoryStore();
  const told: Message[] = [];
  const verdicts: Extract<LogLine, { what: 'verdict' }>['signal'][] = [];
  const cluster: PlannedCluster = {
    name: 'prod-eu',
    region: 'eu-west-1',
    signals: [{ judged: true, signal: one }],
  };
  const memory = sourceMemory();
  const credentials = () => async () => CREDENTIALS;
  const onDefect = (error: unknown): void => {
    throw error;
  };
  const ports = (): WatchPorts => ({
    ...testPorts({ clock, memory, credentials }),
    toolVersion: 'test',
    alerts: { failAfter: 2, recoverAfter: 2, blindAfter: 3, remindEvery: 4 * HOUR, mutes: [] },
    notifiers: [
      {
        channel: 'slack',
        key: 'chat',
        only: undefined,
        send: async (message) => {
          told.push(message);
          return { delivered: true };
        },
      },
    ],
    store,
    watched: [cluster],
    sending: { ...testPorts({ clock }), resolve: async (value) => ({ value }) },
    log: (line) => {
      if (line.what === 'verdict') verdicts.push(line.signal);
      if (line.what === 'defect') throw line.error;
    },
    stage: 'live',
    emit: () => {},
  });
  /** So many runs, and what people were told meanwhile. */
  const run = async (times: number, everyMs = 5 * MINUTE) => {
    told.length = 0;
    for (let time = 0; time < times; time += 1) {
      clock.advance(everyMs);
      const now = clock.now();
      await watch([cluster], { id: `run ${now}`, at: now, isConfirmation: false }, ports());
    }
    return told.map(({ title, severity, entries }) => ({
      title,
      severity,
      findings: entries.flatMap(({ findings }) =>
        findings.map(({ expectation, subject, observed }) => `${expectation} ${subject}: ${observed}`),
      ),
    }));
  };
  /** A run of a configuration without the cluster. */
  const leave = async () => {
    clock.advance(5 * MINUTE);
    const now = clock.now();
    await watch([], { id: `run ${now}`, at: now, isConfirmation: false }, { ...ports(), watched: [] });
  };
  const accept = () =>
    acceptSeen(cluster, { by: 'alice', why: 'on purpose' }, { ...ports(), onDefect, store });
  const shown = async () => (await shownBaselines(cluster, store, clock.now()))[0]?.baseline;
  const states = () => [...new Set(verdicts.map(({ verdict, state }) => `${verdict} ${state}`))];
  return { clock, run, leave, accept, shown, states, store, memory, verdicts };
}

/** Fifty series of three namespaces under two jobs, each with a pod. */
function fifty(generation: string, since = 0): Series[] {
  return Array.from({ length: 50 }, (_, index) => ({
    since,
    labels: {
      job: index % 5 === 0 ? 'nodes' : 'pods',
      namespace: ['shop', 'billing', 'search'][index % 3] ?? '',
      instance: `10.0.${index}.${generation}:8080`,
      pod: `app-${generation}-${index}`,
    },
  }));
}

/** A Prometheus with these series, and its signal. */
async function prometheus(series: Series[], clock: () => number) {
  const server = await serve(({ form, path }, response) => {
    const answer = path.endsWith('/labels') ? answerLabels : answerQuery;
    const { status, body } = answer(form, { series: series.map(stored) }, clock());
    response.writeHead(status).end(body);
  });
  return { server, queries: () => server.requests.length };
}

const LEARNED_AT = NOON + 26 * HOUR;
let known: Promise<Baseline> | undefined;

/** What a day of hourly runs over the fifty makes of it: learned once for all tests. */
function aDay(): Promise<Baseline> {
  known ??= (async () => {
    const { run, store, states, verdicts } = await canary(fifty('a'), NOON);
    expect(await run(26, HOUR)).toEqual([]);
    expect(states()).toContain('ok learning 0/24');
    expect(states()).toContain('ok learning 23/24');
    expect(verdicts.at(-1)).toMatchObject({ verdict: 'ok', state: null });
    const stored = (await store.baselines('prod-eu')).get('canary');
    if (!stored || 'trouble' in stored) throw new Error('no baseline was kept');
    return stored.baseline;
  })();
  return known;
}

async function canary(series: Series[], from: number) {
  let now = (): number => from;
  const { server, queries } = await prometheus(series, () => now());
  const service = await watched(
    signal({
      name: 'canary',
      address: server.url,
      by: ['job'],
      series: { drift: { drop: 0.2, rise: 0.2 } },
      labels: { drift: true, values: [['drift', true]] },
    }),
    from,
  );
  now = () => service.clock.now();
  return { ...service, series, queries };
}

async function learned() {
  const service = await canary(fifty('a'), LEARNED_AT);
  await service.store.writeBaseline('prod-eu', 'canary', await aDay(), 0);
  return service;
}

/** The old generation ends as the new one begins. */
function rollOut(series: Series[], at: number, generation: string): void {
  for (const one of series) one.until ??= at + 2 * MINUTE;
  series.push(...fifty(generation, at));
}

test('a day is learned without a word, and a rollout is healthy', async () => {
  const { run, series, clock, shown, states, queries } = await learned();
  expect(await shown()).toMatchObject({ maturity: { ready: true }, total: { from: 50, to: 50 } });
  rollOut(series, clock.now(), 'b');
  expect(await run(12)).toEqual([]);
  expect(states()).toContain('ok rollout');
  const before = queries();
  expect(await run(3)).toEqual([]);
  // The batch, the values of labels; and the names of labels once in 15 minutes.
  expect(queries() - before).toBeLessThanOrEqual(3 * 2 + 1);
});

test('one of fifty series that loses a label is told, with its name, and accepting ends it', async () => {
  const { run, series, clock, accept, shown, store } = await learned();
  const [victim] = series.splice(7, 1);
  if (victim) {
    const { pod: _pod, ...labels } = victim.labels;
    series.push({ labels, since: 0 });
  }
  expect(await run(3)).toEqual([
    {
      title: 'prod-eu: canary failing (prometheus)',
      severity: 'critical',
      findings: [
        'labels.drift pod: missing on 1 of 50 live series, such as job=pods, namespace=billing, instance=10.0.7.a:8080, on 98% it is there',
      ],
    },
  ]);
  expect(await accept()).toEqual([{ cluster: 'prod-eu', signal: 'canary', problem: null }]);
  expect(await run(3)).toMatchObject([{ title: expect.stringContaining('canary recovered') as string }]);
  expect((await shown())?.accepted).toEqual([
    { at: expect.any(Number) as number, by: 'alice', why: 'on purpose' },
  ]);
  expect(clock.now()).toBeGreaterThan(NOON + 26 * HOUR);
  expect((await store.baselines('prod-eu')).size).toBe(1);
});

test('doubled series are told once, as a warning, and are usual a day later', async () => {
  const { run, series, clock, states, verdicts } = await learned();
  const now = clock.now();
  series.push(
    ...series.map(({ labels }) => ({
      labels: { ...labels, instance: `b-${labels['instance']}` },
      since: now,
    })),
  );
  // A rollout would explain what began just now.
  expect(await run(3)).toEqual([]);
  expect(await run(4)).toEqual([
    {
      title: 'prod-eu: canary has more than usual (prometheus)',
      severity: 'warning',
      findings: ['series.drift all series: 100 live series, 100% more; usual from 2026-11-22 14:15:00Z on'],
    },
  ]);
  expect(states()).toContain('ok drift');
  expect(await run(30, HOUR)).toEqual([]);
  expect(verdicts.at(-1)).toMatchObject({ verdict: 'ok', state: null, findings: [] });
});

test('a namespace that is gone is told with its name, and not as silence', async () => {
  const { run, series, clock } = await learned();
  for (const one of series) if (one.labels['namespace'] === 'search') one.until = clock.now();
  const [message, ...others] = await run(5);
  expect(others).toEqual([]);
  expect(message).toMatchObject({ title: 'prod-eu: canary failing (prometheus)', severity: 'critical' });
  expect(message?.findings).toEqual([
    'series.drift all series: 34 live series, 32% fewer',
    'labels.values.drift namespace=search: no live series has this value',
  ]);
});

test.each([
  ['denied', 'denied'],
  ['missing', 'rejected'],
  ['rejected', 'rejected'],
  ['newer', 'invalid-response'],
] as const)(
  'a baseline that cannot be read, %s, leaves drift unobserved, and other expectations judged',
  async (trouble, reason) => {
    const { run, store, verdicts } = await learned();
    const { StoreError } = await import('../lib/stores/store.ts');
    vi.spyOn(store, 'baselines').mockRejectedValue(new StoreError(trouble, 'the table said no'));
    await run(1);
    expect(verdicts.at(-1)).toMatchObject({
      verdict: 'unknown',
      findings: [],
      unavailable: [{ expectation: 'series.drift', reason }, {}, {}],
    });
  },
);

test('a signal that is no longer compared is forgotten, and a cluster that left', async () => {
  const { run, store, leave } = await learned();
  expect([...(await store.baselines('prod-eu')).keys()]).toEqual(['canary']);
  await store.writeBaseline('prod-eu', 'removed', { values: new Map(), accepted: [] }, 0);
  await run(1);
  expect([...(await store.baselines('prod-eu')).keys()]).toEqual(['canary']);
  await leave();
  expect(await store.clusters()).toEqual([]);
  expect((await store.baselines('prod-eu')).size).toBe(0);
});

test('OTelLib added to every set of dimensions is told as one rename for each', async () => {
  const metrics: SteadyMetric[] = [];
  const pods = (more: Readonly<Record<string, string>>, since: number, until?: number) =>
    Array.from({ length: 8 }, (_, index): SteadyMetric => ({
      namespace: 'ContainerInsights/Prometheus',
      name: 'm',
      dimensions: { EKS_Cluster: 'prod-eu', EKS_Namespace: `n${index % 2}`, Service: `s${index}`, ...more },
      since,
      ...(until === undefined ? {} : { until }),
    }));
  const upgradeAt = NOON + 26 * HOUR;
  metrics.push(...pods({}, NOON - HOUR, upgradeAt), ...pods({ OTelLib: 'prometheus' }, upgradeAt));
  const service = await watched(
    signal({
      name: 'emf',
      plane: 'cloudwatch',
      address: 'ContainerInsights/Prometheus',
      metric: 'm',
      freshMs: 15 * MINUTE,
      dimensions: { sets: [], only: false, drift: true },
    }),
  );
  const cloudWatch = await startCloudWatch({
    clock: service.clock,
    region: 'eu-west-1',
    credentials: [CREDENTIALS],
    store: createMetricStore(steadyMetrics(metrics)),
  });
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await cloudWatch.close();
  });
  vi.stubEnv('AWS_ENDPOINT_URL_CLOUDWATCH', cloudWatch.url);
  expect(await service.run(26, HOUR)).toEqual([]);
  const told = await service.run(12);
  expect(told).toEqual([
    {
      title: 'prod-eu: emf failing (cloudwatch)',
      severity: 'critical',
      findings: [
        'dimensions.drift [EKS_Cluster, EKS_Namespace, Service] → [EKS_Cluster, EKS_Namespace, OTelLib, Service]: 8 live series have [EKS_Cluster, EKS_Namespace, OTelLib, Service] instead: OTelLib added',
      ],
    },
  ]);
});
