import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { StreamSignal } from '../../lib/signal.ts';
import { verifyCluster } from '../../lib/verify.ts';
import { testPorts } from '../support/ports.ts';
import { systemClock } from '../../lib/clock.ts';
import { hasMoto, startMoto } from '../support/moto.ts';
import { signal } from '../support/world.ts';

const available = hasMoto('CloudWatch');

const CREDENTIALS = { accessKeyId: 'testing', secretAccessKey: 'testing' };
const NAMESPACE = 'ContainerInsights/Prometheus';
const SET = ['EKS_Cluster', 'EKS_Namespace', 'EKS_PodName'];

describe.skipIf(!available)('the CloudWatch plane on moto', () => {
  let stop = async (): Promise<void> => {};

  beforeAll(async () => {
    const moto = await startMoto();
    stop = moto.stop;
    const { url } = moto;
    vi.stubEnv('AWS_ENDPOINT_URL_CLOUDWATCH', url);
    vi.stubEnv('AWS_DISABLE_REQUEST_COMPRESSION', 'true');
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

  async function verdict(over: Partial<StreamSignal>): Promise<string[]> {
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
