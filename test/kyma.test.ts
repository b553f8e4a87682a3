import { readFile } from 'node:fs/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { loadConfig } from '../lib/config/load.ts';
import { plan } from '../lib/plan.ts';
import { verifyCluster } from '../lib/verify.ts';
import { startAmp } from '../rehearsal/amp.ts';
import { startCloudWatch } from '../rehearsal/cloudwatch.ts';
import { createMetricStore, steadyMetrics } from '../rehearsal/metric-store.ts';
import { type StoredSeries, storedSeries } from '../rehearsal/storage.ts';
import { fakeClock, testPorts } from './support/ports.ts';

const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const MINUTE_MS = 60_000;
const DROPPED = 'GatewayAllTelemetryDataDropped';

/** The conditions of two pipelines, sent once a minute; the tracing one is not well in between. Minutes from `start`. */
function conditions(start: number, sick: number, well: number): StoredSeries[] {
  const series = (kind: string, name: string, value: number, reason: string, from: number, to: number) =>
    storedSeries(
      new Map(
        Object.entries({
          __name__: 'kyma_resource_status_conditions',
          type: 'TelemetryFlowHealthy',
          status: value === 1 ? 'True' : 'False',
          reason,
          k8s_resource_kind: kind,
          k8s_resource_name: name,
        }),
      ),
      Array.from({ length: to - from }, (_, index) => {
        return { at: start + (from + index) * MINUTE_MS, value, stale: false };
      }),
    );
  return [
    series('metricpipelines', 'amp', 1, 'FlowHealthy', 0, 200),
    series('tracepipelines', 'xray', 1, 'FlowHealthy', 0, sick),
    series('tracepipelines', 'xray', 0, DROPPED, sick, well),
    series('tracepipelines', 'xray', 1, 'FlowHealthy', well, 200),
  ];
}

/** The signal of the page that is asked of the plane. */
async function signalOf(plane: string) {
  const page = await readFile(new URL('../docs/kyma.md', import.meta.url), 'utf8');
  const block = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)]
    .map(([, text = '']) => text)
    .find((text) => text.includes(plane));
  const signals = (block ?? '').replaceAll(/^(?=.)/gm, '      ');
  const text = `version: 1\nclusters:\n  - name: kyma\n    region: eu-west-1\n    signals:\n${signals}`;
  const loaded = await loadConfig(text, { file: 'kyma', env: {} });
  const planned = 'config' in loaded ? plan(loaded.config, {}) : expect.unreachable();
  return 'clusters' in planned ? planned.clusters[0]! : expect.unreachable();
}

test('in AMP: a flow that is not healthy fails with its reason, and heals', async () => {
  const clock = fakeClock();
  const series = conditions(clock.now() - 60 * MINUTE_MS, 70, 85);
  const server = await startAmp({
    clock,
    region: 'eu-west-1',
    credentials: [CREDENTIALS],
    workspaces: new Map([['ws-1234', { series }]]),
  });
  onTestFinished(() => server.close());
  vi.stubEnv('AWS_ENDPOINT_URL_AMP', server.url);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const cluster = await signalOf('amp: ws-1234');
  const ports = testPorts({ clock, credentials: () => async () => CREDENTIALS });
  const judge = async () => {
    const now = {
      ...ports,
      deadline: clock.now() + 30_000,
      onDefect: (error: unknown) => expect(error).toBe(null),
    };
    return (await verifyCluster(cluster, now)).signals[0];
  };
  expect(await judge()).toMatchObject({ verdict: 'ok', findings: [], unavailable: [] });
  clock.advance(12 * MINUTE_MS);
  expect(await judge()).toMatchObject({
    verdict: 'failing',
    findings: [
      {
        expectation: 'promql',
        subject: 'query',
        expected: 'nothing is returned',
        observed: `0 of kyma_resource_status_conditions with k8s_resource_kind=tracepipelines, k8s_resource_name=xray, reason=${DROPPED}, status=False, type=TelemetryFlowHealthy`,
        question: 'kyma_resource_status_conditions{type="TelemetryFlowHealthy"} == 0',
      },
    ],
  });
  clock.advance(20 * MINUTE_MS);
  expect(await judge()).toMatchObject({ verdict: 'ok', findings: [], unavailable: [] });
});

test('in CloudWatch: the minimum tells, whatever is rolled up besides', async () => {
  const clock = fakeClock();
  const since = clock.now() - 180 * MINUTE_MS;
  const of = (
    kind: string,
    dimensions: Record<string, string>,
    value: number,
    from = since,
    until = Infinity,
  ) => ({
    namespace: 'telemetry',
    name: 'kyma.resource.status.conditions',
    value,
    since: from,
    until,
    dimensions: {
      'k8s.resource.kind': kind,
      ...dimensions,
    },
  });
  const full = (value: number) => ({
    type: 'TelemetryFlowHealthy',
    status: value === 1 ? 'True' : 'False',
    reason: 'x',
    'k8s.resource.name': 'p',
  });
  const turn = clock.now() + 10 * MINUTE_MS;
  const metrics = [
    of('metricpipelines', full(1), 1),
    of('tracepipelines', full(1), 1, since, turn),
    of('tracepipelines', full(0), 0, turn),
    { ...of('', {}, -1), dimensions: { type: 'TelemetryFlowHealthy' } },
  ];
  const server = await startCloudWatch({
    clock,
    region: 'eu-west-1',
    credentials: [CREDENTIALS],
    store: createMetricStore(steadyMetrics(metrics)),
  });
  onTestFinished(() => server.close());
  vi.stubEnv('AWS_ENDPOINT_URL_CLOUDWATCH', server.url);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const cluster = await signalOf('cloudwatch: telemetry');
  const ports = testPorts({ clock, credentials: () => async () => CREDENTIALS });
  const judge = async () => {
    const now = {
      ...ports,
      deadline: clock.now() + 30_000,
      onDefect: (error: unknown) => expect(error).toBe(null),
    };
    const [one] = (await verifyCluster(cluster, now)).signals;
    return [one?.verdict, ...(one?.findings ?? []).map(({ subject, observed }) => `${subject}: ${observed}`)];
  };
  expect(await judge()).toEqual(['ok']);
  clock.advance(40 * MINUTE_MS);
  expect(await judge()).toEqual([
    'failing',
    'k8s.resource.kind=tracepipelines, k8s.resource.name=p: minimum 0',
  ]);
});
