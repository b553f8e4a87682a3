import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../lib/clock.ts';
import type { Signal } from '../../lib/signal.ts';
import { verifyCluster } from '../../lib/verify.ts';
import { testPorts } from '../support/ports.ts';
import { freePort } from '../support/prometheus.ts';
import { signal } from '../support/world.ts';

const available = spawnSync('moto_server', ['--help'], { stdio: 'ignore' }).status === 0;
if (!available)
  process.stderr.write('Skipped: no `moto_server` on the PATH, so CloudWatch is not judged on it.\n');

const CREDENTIALS = { accessKeyId: 'testing', secretAccessKey: 'testing' };
const NAMESPACE = 'ContainerInsights/Prometheus';
const SET = ['EKS_Cluster', 'EKS_Namespace', 'EKS_PodName'];

describe.skipIf(!available)('the CloudWatch plane on moto', () => {
  let stop = async (): Promise<void> => {};

  beforeAll(async () => {
    const port = await freePort();
    const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
    stop = async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    };
    const url = `http://127.0.0.1:${port}`;
    vi.stubEnv('AWS_ENDPOINT_URL_CLOUDWATCH', url);
    vi.stubEnv('AWS_DISABLE_REQUEST_COMPRESSION', 'true');
    const deadline = AbortSignal.timeout(20_000);
    while (!(await fetch(`${url}/moto-api/`).catch(() => undefined)) && !deadline.aborted) {
      await systemClock.sleep(100);
    }
    const client = new CloudWatchClient({ region: 'eu-west-1', credentials: CREDENTIALS });
    const now = Date.now();
    const points = [1, 2, 3].map((minutes) => ({
      MetricName: 'otelcol_process_uptime',
      Dimensions: SET.map((Name) => ({ Name, Value: Name === 'EKS_Cluster' ? 'prod-eu' : 'x' })),
      Timestamp: new Date(now - minutes * 60_000),
      Value: 1,
    }));
    const dead = {
      MetricName: 'container_threads',
      Dimensions: [{ Name: 'EKS_Cluster', Value: 'prod-eu' }],
      Timestamp: new Date(now - 50 * 60_000),
      Value: 1,
    };
    await client.send(new PutMetricDataCommand({ Namespace: NAMESPACE, MetricData: [...points, dead] }));
  }, 40_000);

  afterAll(async () => {
    await stop();
    vi.unstubAllEnvs();
  });

  async function verdict(over: Partial<Signal>): Promise<string[]> {
    const ports = testPorts({ clock: systemClock, credentials: () => async () => CREDENTIALS });
    const one = signal({ plane: 'cloudwatch', address: NAMESPACE, freshMs: 15 * 60_000, ...over });
    const cluster = { name: 'c', region: 'eu-west-1', signals: [{ signal: one, judged: true }] };
    const { signals } = await verifyCluster(cluster, { ...ports, onDefect: () => {} });
    const [judged] = signals;
    return [
      judged?.verdict ?? '',
      ...(judged?.findings ?? []).map(({ expectation, observed }) => `${expectation}: ${observed}`),
      ...(judged?.unavailable ?? []).map(({ reason, detail }) => `${reason}: ${detail}`),
    ];
  }
  const match = [{ label: 'EKS_Cluster', operator: '=' as const, value: 'prod-eu' }];

  test('what arrives is ok', async () => {
    const dimensions = { sets: [SET], only: true };
    expect(
      await verdict({ metric: 'otelcol_process_uptime', match, dimensions, series: { exactly: 1 } }),
    ).toEqual(['ok']);
  });

  test('what is listed but dead is failing, with its age', async () => {
    expect(await verdict({ metric: 'container_threads', match })).toEqual([
      'failing',
      expect.stringMatching(/^fresh: newest sample (49|50)m/),
    ]);
  });

  test('another set of dimensions is a finding', async () => {
    const dimensions = { sets: [['EKS_Cluster']], only: false };
    expect(await verdict({ metric: 'otelcol_process_uptime', match, dimensions })).toEqual([
      'failing',
      expect.stringContaining('live are [EKS_Cluster, EKS_Namespace, EKS_PodName]'),
    ]);
  });
});
