import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkReport } from '../support/command-line.ts';
import { type PrometheusServer, realPrometheus } from '../support/prometheus.ts';
import { eventually, startCollector, startReceiver, startTargets, type Targets } from './collector.ts';

const SEVEN_MINUTES_MS = 420_000;

describe.skipIf(!realPrometheus.available)('a dead collector and the real five-minute lookback', () => {
  let targets: Targets;
  let receiver: PrometheusServer;
  let collector: PrometheusServer;

  beforeAll(async () => {
    targets = await startTargets();
    receiver = await startReceiver();
    collector = await startCollector(receiver, targets, ['shop']);
  }, 30_000);

  afterAll(async () => {
    await collector?.stop();
    await receiver?.stop();
    targets?.close();
  });

  const check = () =>
    checkReport(`
version: 1
clusters:
  - name: local
    region: eu-west-1
    signals: [{ name: orders, prometheus: '${receiver.url}', metric: orders_open, by: [job], fresh: 10s }]
`);
  const visible = async (): Promise<boolean> => {
    const response = await fetch(`${receiver.url}/api/v1/query?query=orders_open`);
    return ((await response.json()) as { data: { result: unknown[] } }).data.result.length > 0;
  };

  test(
    'failing with the right age while the series are visible and after they vanish',
    async () => {
      await eventually(check, ({ code }) => code === 0, 30_000);
      await collector.stop();
      const stoppedAt = Date.now();
      const ageError = (report: Awaited<ReturnType<typeof check>>['report']): number => {
        const newest = report.clusters[0]?.signals[0]?.evidence.newestSampleAt ?? '';
        return Math.abs(Date.parse(newest) - stoppedAt);
      };
      const first = await eventually(check, ({ code }) => code === 1, 30_000);
      expect(await visible()).toBe(true);
      expect(ageError(first.report)).toBeLessThan(5000);
      await eventually(visible, (is) => !is, SEVEN_MINUTES_MS);
      const last = await check();
      expect(last.code).toBe(1);
      expect(last.report.clusters[0]?.signals[0]?.findings).toMatchObject([
        { expectation: 'fresh', subject: 'all series', observed: expect.stringMatching(/^newest sample 5m/) },
      ]);
      expect(ageError(last.report)).toBeLessThan(5000);
    },
    SEVEN_MINUTES_MS + 120_000,
  );
});
