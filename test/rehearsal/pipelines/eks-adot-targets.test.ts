import { describe, expect, test } from 'vitest';
import { startPipeline } from '../../../rehearsal/pipeline.ts';
import { appPod, eksAdotAmp } from '../../../rehearsal/pipelines/eks-adot-targets.ts';
import { evaluateQuery } from '../../../rehearsal/promql/evaluate.ts';
import { unionOf } from '../../../rehearsal/storage.ts';

const SINCE = Date.parse('2026-11-20T06:00:00Z');
const MINUTE = 60_000;

describe('the EKS add-on pipeline', () => {
  const { jobs } = eksAdotAmp();

  test('has nine jobs, two of them slow, and no two targets of one job alike', () => {
    expect(jobs.map(({ name, scrapeInterval }) => [name, scrapeInterval])).toEqual([
      ['kubernetes-apiservers', 15],
      ['kubernetes-nodes', 15],
      ['kubernetes-nodes-cadvisor', 15],
      ['kubernetes-service-endpoints', 15],
      ['kubernetes-service-endpoints-slow', 300],
      ['prometheus-pushgateway', 15],
      ['kubernetes-services', 15],
      ['kubernetes-pods', 15],
      ['kubernetes-pods-slow', 300],
    ]);
    expect(jobs.flatMap(({ targets }) => targets)).toHaveLength(48);
  });

  test.each([
    ['kubernetes-apiservers', ['instance', 'job']],
    [
      'kubernetes-pods',
      ['app', 'instance', 'job', 'kubernetes_namespace', 'kubernetes_pod_name', 'pod_template_hash'],
    ],
    ['kubernetes-pods-slow', ['app', 'instance', 'job', 'namespace', 'pod']],
    [
      'kubernetes-service-endpoints',
      ['app', 'instance', 'job', 'kubernetes_name', 'kubernetes_namespace', 'kubernetes_node'],
    ],
  ])('%s has the labels that relabelling leaves', (job, names) => {
    const labels = startPipeline(eksAdotAmp(), SINCE)
      .series.map((series) => series.labels)
      .filter((set) => set.get('job') === job && set.get('__name__') === 'up')
      .map((set) => [...set.keys()].filter((name) => name !== '__name__').sort());
    expect(labels.length).toBeGreaterThan(0);
    expect(labels.every((set) => set.join(' ') === names.join(' '))).toBe(true);
  });

  test('answers the canary query', () => {
    const query = 'count by (job) (last_over_time(scrape_duration_seconds[12m]))';
    const { result } = evaluateQuery(query, startPipeline(eksAdotAmp(), SINCE), SINCE + 60 * MINUTE);
    const samples = result.type === 'vector' ? result.samples : [];
    expect(Object.fromEntries(samples.map(({ labels, value }) => [labels.get('job'), value]))).toEqual({
      'kubernetes-apiservers': 2,
      'kubernetes-nodes': 4,
      'kubernetes-nodes-cadvisor': 4,
      'kubernetes-service-endpoints': 10,
      'kubernetes-service-endpoints-slow': 2,
      'prometheus-pushgateway': 1,
      'kubernetes-services': 3,
      'kubernetes-pods': 19,
      'kubernetes-pods-slow': 3,
    });
  });

  test('takes a rollout and a second collector', () => {
    const pipeline = startPipeline(eksAdotAmp({ pods: 2 }), SINCE);
    pipeline.addTarget('kubernetes-pods', appPod('storefront', '5f7', 2), SINCE + MINUTE);
    const both = unionOf(pipeline, startPipeline(eksAdotAmp({ pods: 2 }), SINCE));
    const ups = both.series.filter(
      ({ labels }) => labels.get('__name__') === 'up' && labels.get('job') === 'kubernetes-pods',
    );
    expect(ups).toHaveLength(7);
  });
});
