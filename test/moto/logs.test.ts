import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../lib/clock.ts';
import type { StreamSignal } from '../../lib/signal.ts';
import { verifyCluster } from '../../lib/verify.ts';
import { lines, ofGroup } from '../support/log-account.ts';
import { hasMoto, startMoto } from '../support/moto.ts';
import { testPorts } from '../support/ports.ts';

const available = hasMoto('CloudWatch Logs');
const CREDENTIALS = { accessKeyId: 'testing', secretAccessKey: 'testing' };
const logGroupName = '/logs/prod-eu';

describe.skipIf(!available)('the plane of log groups on moto', () => {
  let stop = async (): Promise<void> => {};

  beforeAll(async () => {
    const moto = await startMoto();
    stop = moto.stop;
    vi.stubEnv('AWS_ENDPOINT_URL_CLOUDWATCH', moto.url);
    vi.stubEnv('AWS_ENDPOINT_URL_CLOUDWATCH_LOGS', moto.url);
    vi.stubEnv('AWS_DISABLE_REQUEST_COMPRESSION', 'true');
    const at = { region: 'eu-west-1', credentials: CREDENTIALS };
    const logs = new CloudWatchLogsClient(at);
    for (let other = 0; other < 60; other += 1) {
      await logs.send(new CreateLogGroupCommand({ logGroupName: `/logs/other-${other}` }));
    }
    await logs.send(new CreateLogGroupCommand({ logGroupName }));
    await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 7 }));
    for (const logStreamName of ['default.web-1.app', 'otel-stream-1', 'otel-stream-2']) {
      await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
      const agoMs = logStreamName === 'otel-stream-2' ? 40 * 60_000 : 30_000;
      const logEvents = [{ timestamp: Date.now() - agoMs, message: '{}' }];
      await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
    }
    const counted = {
      MetricName: 'IncomingLogEvents',
      Dimensions: [{ Name: 'LogGroupName', Value: logGroupName }],
      Timestamp: new Date(Date.now() - 120_000),
      Value: 3,
    };
    await new CloudWatchClient(at).send(
      new PutMetricDataCommand({ Namespace: 'AWS/Logs', MetricData: [counted] }),
    );
  }, 60_000);

  afterAll(async () => {
    await stop();
    vi.unstubAllEnvs();
  });

  async function told(over: Partial<StreamSignal> = {}): Promise<readonly string[]> {
    const ports = testPorts({ clock: systemClock, credentials: () => async () => CREDENTIALS });
    const signal = ofGroup({ address: logGroupName, ...over });
    const cluster = { name: 'c', region: 'eu-west-1', signals: [{ signal, judged: true }] };
    const { signals } = await verifyCluster(cluster, { ...ports, onDefect: () => {} });
    return lines(signals[0]);
  }

  test('a group is found on whatever page it stands, alive, and as it is set up', async () => {
    const set = { retention: 7 * 86_400_000, logClass: 'STANDARD', encrypted: false };
    expect(await told(set)).toEqual(['ok']);
    expect(await told({ retention: 'never' })).toEqual([
      'failing',
      `retention ${logGroupName}: log events expire after 7 days`,
    ]);
  });

  test('a group that only others begin like is absent', async () => {
    const address = '/logs/other';
    expect((await told({ address }))[1]).toMatch(/^exists log group \/logs\/other:/);
  });

  test('a live stream with another name is a finding', async () => {
    const like = '{ns}.{pod}.{container}';
    expect(await told({ streams: { like } })).toEqual([
      'failing',
      `streams.like ${like}: otel-stream-1 has events, one of 2 such streams of late`,
    ]);
    expect(await told({ streams: { like: '{any}' } })).toEqual(['ok']);
  });
});
