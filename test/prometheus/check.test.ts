import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkReport } from '../support/command-line.ts';
import { type PrometheusServer, realPrometheus } from '../support/prometheus.ts';
import {
  collectorConfig,
  eventually,
  startCollector,
  startReceiver,
  startTargets,
  type Targets,
} from './collector.ts';

const JOBS = ['shop', 'billing'];

describe.skipIf(!realPrometheus.available)('check on a real Prometheus and a real collector', () => {
  let targets: Targets;
  let receiver: PrometheusServer;
  let collector: PrometheusServer;

  beforeAll(async () => {
    targets = await startTargets();
    // A short lookback stands in for the five minutes; check.proof.ts waits for the real ones.
    receiver = await startReceiver(['--query.lookback-delta=16s']);
    collector = await startCollector(receiver, targets, JOBS);
  }, 30_000);

  afterAll(async () => {
    await collector?.stop();
    await receiver?.stop();
    targets?.close();
  });

  const config = (expectations: string, selector = 'metric: orders_open, by: [job]'): string => `
version: 1
clusters:
  - name: local
    region: eu-west-1
    signals: [{ name: orders, prometheus: '${receiver.url}', ${selector}, fresh: 7s, ${expectations} }]
`;
  const check = (expectations: string, selector?: string) => checkReport(config(expectations, selector));
  const findings = async (expectations: string, selector?: string) => {
    const { code, report } = await check(expectations, selector);
    const told = report.clusters[0]?.signals[0]?.findings ?? [];
    return [
      code,
      ...told.map(({ expectation, subject, observed }) => `${expectation} ${subject}: ${observed}`),
    ];
  };
  const plainSeries = async (job: string): Promise<number> => {
    const query = new URLSearchParams({ query: `orders_open{job="${job}"}` });
    const response = await fetch(`${receiver.url}/api/v1/query?${query.toString()}`);
    const { data } = (await response.json()) as { data: { result: unknown[] } };
    return data.result.length;
  };

  test('what arrives is ok', async () => {
    const all = `series: { exactly: 4, each: { exactly: 2 } }, labels: {
      exactly: [job, instance, env, queue], forbid: [pod], values: { job: [shop, billing], queue: { only: [a, b] } } }`;
    await eventually(
      () => check(all),
      ({ code }) => code === 0,
    );
    const { report, stderr } = await check(all);
    expect(stderr).toBe('');
    expect(report).toMatchObject({ version: 1, verdict: 'ok', tool: { name: 'plumbline' } });
    expect(report.clusters[0]?.signals[0]).toMatchObject({
      verdict: 'ok',
      findings: [],
      unavailable: [],
      evidence: { series: 4 },
    });
  });

  test('the questions can be pasted into a console', async () => {
    const { report } = await check('series: { min: 1 }, labels: { require: [env] }');
    const { questions } = report.clusters[0]!.signals[0]!.evidence;
    expect(questions.length).toBeGreaterThanOrEqual(3);
    for (const query of questions) {
      const response = await fetch(
        `${receiver.url}/api/v1/query?${new URLSearchParams({ query }).toString()}`,
      );
      expect([query, response.status]).toEqual([query, 200]);
    }
  });

  test('a missing label, a wrong count and a wrong value each fail with their own finding', async () => {
    const job = 'metric: orders_open';
    expect(await findings('labels: { require: [env, pod] }', job)).toEqual([
      1,
      'labels.require pod: missing on 4 of 4 live series',
    ]);
    expect(await findings('series: { min: 5 }', job)).toEqual([1, 'series.min all series: 4 live series']);
    expect(await findings('labels: { values: { queue: [a, b, c] } }', job)).toEqual([
      1,
      'labels.values queue=c: no live series has this value',
    ]);
    expect(await findings('labels: { values: { queue: { only: [a] } } }', job)).toEqual([
      1,
      'labels.values queue=b: 2 live series have this value',
    ]);
    expect(await findings('labels: { exactly: [job, instance, env] }', job)).toEqual([
      1,
      'labels.exactly queue: label queue is there',
    ]);
  });

  test('a match that fits nothing names the matcher', async () => {
    const selector = `metric: orders_open, match: { env: test, queue: { '=~': 'c+' } }`;
    expect(await findings('series: { min: 1 }', selector)).toEqual([
      1,
      'fresh all series: no sample in the last 6h; orders_open has 4 live series, but none with queue=~"c+"',
    ]);
  });

  test('one of two jobs stops: that group fails, the other does not', async () => {
    await collector.reload(collectorConfig(receiver, targets, ['shop']));
    const listed = 'labels: { values: { job: [shop, billing] } }';
    const seen = await eventually(
      () => findings(listed),
      ([code]) => code === 1,
    );
    expect(seen).toHaveLength(2);
    expect(seen[1]).toMatch(/^fresh job=billing: newest sample \d+s old$/);
  });

  test('the collector stops: failing with its age while the series are still visible, and after they vanish', async () => {
    await collector.stop();
    const stoppedAt = Date.now();
    const { report } = await eventually(
      () => check('series: { min: 1 }'),
      ({ code }) => code === 1,
    );
    expect(await plainSeries('shop')).toBe(2);
    const [signal] = report.clusters[0]!.signals;
    expect(signal?.findings).toMatchObject([{ expectation: 'fresh', subject: 'all series' }]);
    const newest = Date.parse(signal?.evidence.newestSampleAt ?? '');
    expect(Math.abs(newest - stoppedAt)).toBeLessThan(3000);
    await eventually(
      () => plainSeries('shop'),
      (count) => count === 0,
      30_000,
    );
    expect(await findings('series: { min: 1 }')).toMatchObject([
      1,
      expect.stringContaining('fresh all series'),
    ]);
  }, 60_000);

  test('the server stops: unknown, exit 3', async () => {
    await receiver.stop();
    const { code, report } = await check('series: { min: 1 }');
    expect(code).toBe(3);
    expect(report.clusters[0]?.signals[0]).toMatchObject({ verdict: 'unknown', findings: [] });
    expect(report.clusters[0]?.signals[0]?.unavailable[0]).toMatchObject({ reason: 'unreachable' });
  });
});
