import { describe, expect, test } from 'vitest';
import { startEksAdotCloudWatch } from '../../../rehearsal/pipelines/eks-adot-emf.ts';
import type { EksAdotCloudWatch } from '../../../rehearsal/pipelines/eks-adot-emf.ts';

const SINCE = Date.parse('2026-11-20T06:00:00Z');
const MINUTE = 60_000;
const FIRST_POD = 'observability-collector-7d5b9c6f48-x2x7p';

/** For every metric its dimensions and the minutes since the begin in which it has datapoints, as ranges. */
function live(pipeline: EksAdotCloudWatch, minutes: number, now = SINCE + 60 * MINUTE): string[] {
  return pipeline.store.metrics
    .map((metric) => {
      const { name, dimensions } = metric;
      const points = metric.datapoints(SINCE, SINCE + minutes * MINUTE, now);
      const at = points.map((point) => (point.at - SINCE) / MINUTE);
      const range = at.length === 0 ? 'never' : `${at[0]}-${at.at(-1)} (${at.length})`;
      return `${name} {${[...dimensions].map((pair) => pair.join('=')).join(' ')}} ${range}`;
    })
    .sort();
}

describe('the CloudWatch half of the EKS add-on pipeline', () => {
  const dimensions = `{EKS_Cluster=prod-eu EKS_Namespace=default EKS_PodName=${FIRST_POD}}`;

  test('has the metrics of its own collector, and no others', () => {
    const pipeline = startEksAdotCloudWatch({}, SINCE);
    expect(live(pipeline, 10)).toEqual([
      `otelcol_process_memory_rss ${dimensions} 0-9 (10)`,
      `otelcol_process_uptime ${dimensions} 0-9 (10)`,
    ]);
    expect(new Set(pipeline.store.metrics.map(({ namespace }) => namespace))).toEqual(
      new Set(['ContainerInsights/Prometheus']),
    );
    expect(pipeline.collectorPod).toBe(FIRST_POD);
  });

  test('sends the seconds of uptime since the sample before', () => {
    const { store } = startEksAdotCloudWatch({ cluster: 'staging' }, SINCE);
    const uptime = store.metrics.find(({ name }) => name === 'otelcol_process_uptime');
    expect(uptime?.dimensions.get('EKS_Cluster')).toBe('staging');
    expect(uptime?.datapoints(SINCE + MINUTE, SINCE + 2 * MINUTE, SINCE + 60 * MINUTE)).toMatchObject([
      { at: SINCE + MINUTE, sampleCount: 4, sum: 60, minimum: 15, maximum: 15 },
    ]);
  });

  test('stops, is denied, or is delivered late', () => {
    const stopped = startEksAdotCloudWatch({}, SINCE);
    stopped.stop(SINCE + 5 * MINUTE);
    expect(live(stopped, 20)[0]).toContain('0-4 (5)');
    const denied = startEksAdotCloudWatch({}, SINCE);
    denied.denyPutLogEvents(SINCE + 5 * MINUTE);
    denied.allowPutLogEvents(SINCE + 8 * MINUTE);
    expect(live(denied, 20)[0]).toContain('0-19 (17)');
    const late = startEksAdotCloudWatch({}, SINCE);
    late.delayDelivery(SINCE, SINCE + 60 * MINUTE, 10);
    expect(live(late, 20, SINCE + 12 * MINUTE)[0]).toContain('0-1 (2)');
  });

  test('goes on under another pod name after a rollout', () => {
    const pipeline = startEksAdotCloudWatch({}, SINCE);
    const second = pipeline.rollOut(SINCE + 5 * MINUTE);
    const third = pipeline.rollOut(SINCE + 8 * MINUTE);
    expect(pipeline.collectorPod).toBe(third);
    expect(new Set([FIRST_POD, second, third]).size).toBe(3);
    expect(second).toMatch(/^observability-collector-[0-9a-z]{9}-[0-9a-z]{5}$/u);
    const ranges = live(pipeline, 10).filter((line) => line.startsWith('otelcol_process_memory_rss'));
    const rangeOf = (pod: string) => ranges.find((line) => line.includes(pod))?.split('} ')[1];
    expect([FIRST_POD, second, third].map(rangeOf)).toEqual(['0-4 (5)', '5-7 (3)', '8-9 (2)']);
  });

  test('has other dimension sets once OTelLib joins them', () => {
    const pipeline = startEksAdotCloudWatch({}, SINCE);
    pipeline.joinOTelLib(SINCE + 5 * MINUTE);
    const scope = 'github.com/open-telemetry/opentelemetry-collector-contrib/receiver/prometheusreceiver';
    expect(live(pipeline, 10)).toEqual([
      `otelcol_process_memory_rss {EKS_Cluster=prod-eu EKS_Namespace=default EKS_PodName=${FIRST_POD} OTelLib=${scope}} 5-9 (5)`,
      `otelcol_process_memory_rss ${dimensions} 0-4 (5)`,
      `otelcol_process_uptime {EKS_Cluster=prod-eu EKS_Namespace=default EKS_PodName=${FIRST_POD} OTelLib=${scope}} 5-9 (5)`,
      `otelcol_process_uptime ${dimensions} 0-4 (5)`,
    ]);
  });

  test('shows every selected metric once the sets have one label each', () => {
    const pipeline = startEksAdotCloudWatch({}, SINCE);
    const metricNameSelectors = ['apiserver_request_.*', 'container_memory_.*', 'otelcol_process_.*'];
    pipeline.reconfigure(SINCE + MINUTE, {
      emf: {
        dimensionRollupOption: 'NoDimensionRollup',
        metricDeclarations: [{ dimensions: [['EKS_Cluster'], ['EKS_PodName']], metricNameSelectors }],
      },
    });
    const since = live(pipeline, 10).filter((line) => line.includes(' 1-9 '));
    expect(since.map((line) => line.split('=')[0])).toEqual([
      'apiserver_request_total {EKS_Cluster',
      'container_memory_working_set_bytes {EKS_Cluster',
      'otelcol_process_memory_rss {EKS_Cluster',
      'otelcol_process_memory_rss {EKS_PodName',
      'otelcol_process_uptime {EKS_Cluster',
      'otelcol_process_uptime {EKS_PodName',
    ]);
  });
});
