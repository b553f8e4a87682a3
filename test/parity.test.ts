import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { StreamSignal } from '../lib/signal.ts';
import { sourceMemory } from '../lib/sources/source.ts';
import { verifyCluster } from '../lib/verify.ts';
import { CREDENTIALS, startAccount } from '../rehearsal/account.ts';
import { EKS_ADOT_NAMESPACE, type EksAdotCloudWatch } from '../rehearsal/pipelines/eks-adot-emf.ts';
import type { Pipeline } from '../rehearsal/pipeline.ts';
import { fakeClock, testPorts } from './support/ports.ts';
import { signal } from './support/world.ts';

const MINUTE_MS = 60_000;
const NOON = Date.parse('2026-11-20T12:00:00Z');
const equals = (label: string, value: string) => ({ label, operator: '=' as const, value });

/** The collector's pod as it is scraped into AMP, and as awsemf makes a metric of it. */
const pods: StreamSignal = signal({
  name: 'pods',
  plane: 'amp',
  address: 'ws-rehearsal',
  metric: 'otelcol_process_uptime',
  match: [equals('job', 'kubernetes-pods')],
  by: ['kubernetes_pod_name'],
});
const emf: StreamSignal = signal({
  name: 'emf',
  plane: 'cloudwatch',
  address: EKS_ADOT_NAMESPACE,
  metric: 'otelcol_process_uptime',
  match: [equals('EKS_Cluster', 'prod-eu')],
  by: ['EKS_PodName'],
  freshMs: 15 * MINUTE_MS,
  parity: {
    with: pods,
    map: [['EKS_PodName', 'kubernetes_pod_name']],
    tolerance: 0,
    skew: 12 * MINUTE_MS,
  },
});

/** What each of the two is found to be, so many minutes after noon, in one account that remembers. */
async function look(
  happened: (pipeline: Pipeline, emf: EksAdotCloudWatch) => void,
  minutes: readonly number[],
) {
  const clock = fakeClock(NOON);
  const account = await startAccount((pipeline, own) => happened(pipeline, own), clock);
  onTestFinished(async () => {
    await account.close();
    vi.unstubAllEnvs();
  });
  for (const [name, url] of Object.entries(account.environment)) vi.stubEnv(name, url);
  const memory = sourceMemory();
  const told: string[][] = [];
  for (const minute of minutes) {
    clock.advance(NOON + minute * MINUTE_MS - clock.now());
    const ports = testPorts({ clock, memory, credentials: () => async () => CREDENTIALS });
    const onDefect = (error: unknown): void => {
      throw error;
    };
    const signals = [pods, emf].map((one) => ({ signal: one, judged: true }));
    const cluster = { name: 'prod-eu', region: 'eu-west-1', signals };
    const { signals: verdicts } = await verifyCluster(cluster, { ...ports, onDefect });
    told.push(
      verdicts.flatMap(({ signal: { name }, verdict, findings }) => [
        `${name} ${verdict}`,
        ...findings.map(({ expectation, subject, observed }) => `${expectation} ${subject}: ${observed}`),
      ]),
    );
  }
  return told;
}

const OK = ['pods ok', 'emf ok'];
const another = (kubernetes_pod_name: string) => ({
  instance: '10.0.5.99:8888',
  labels: { kubernetes_pod_name, kubernetes_namespace: 'default' },
  metrics: [{ name: 'otelcol_process_uptime', value: 1 }],
});

describe('EKS pods in AMP and in CloudWatch', () => {
  test('are the same', async () => {
    expect(await look(() => {}, [0, 5])).toEqual([OK, OK]);
  });

  test('but for one that CloudWatch never shows: told once it would be listed', async () => {
    const told = await look(
      (pipeline) => pipeline.addTarget('kubernetes-pods', another('sidecar'), NOON),
      [5, 15, 19, 25],
    );
    expect(told.slice(0, 3)).toEqual([OK, OK, OK]);
    expect(told[3]).toEqual([
      'pods ok',
      'emf failing',
      'parity missing from emf: 1 of 2 are missing for more than 20m: kubernetes_pod_name=sidecar',
    ]);
  });

  test('stay the same through a rollout, which CloudWatch lists late', async () => {
    const roll = (pipeline: Pipeline, own: EksAdotCloudWatch): void => {
      const name = own.rollOut(NOON);
      pipeline.stopTarget('kubernetes-pods', '10.0.5.10:8888', NOON, { staleMarkers: true });
      pipeline.addTarget('kubernetes-pods', another(name), NOON);
    };
    const told = await look(roll, [1, 5, 10, 15, 20, 25, 35, 50]);
    expect(told.flat().filter((line) => line.startsWith('parity'))).toEqual([]);
    expect(told.at(-1)).toEqual(OK);
  });

  test('are not compared while one side is silent, which that one tells', async () => {
    const [quiet] = await look((pipeline) => pipeline.denyRemoteWrite(NOON), [10]);
    expect(quiet?.map((line) => line.split(':')[0])).toEqual(['pods failing', 'fresh all series', 'emf ok']);
    const [dark] = await look((_, own) => own.denyPutLogEvents(NOON), [40]);
    expect(dark?.map((line) => line.split(':')[0])).toEqual(['pods ok', 'emf failing', 'fresh all series']);
  });
});
