import { expect, test } from 'vitest';
import { drafted } from '../../lib/init/init.ts';
import { look } from '../../lib/init/look.ts';
import pLimit from 'p-limit';
import { steadyMetrics } from '../../rehearsal/metric-store.ts';
import { sentSeries } from '../../rehearsal/sent-series.ts';
import { addonsIn, emptyWorld, servicesIn, workspaceIn } from '../../rehearsal/world.ts';
import { steadyService } from '../../rehearsal/ecs-service.ts';
import { seen as steady } from '../../rehearsal/estate.ts';
import { NOON, opened, SINCE } from '../profiles/simulated-account.ts';
import { well } from './hostile-names.ts';
import { IDENTITY, NOTHING, shipped } from './looked.ts';

const CLUSTERS = Array.from({ length: 50 }, (_, index) => `cluster-${String(index).padStart(2, '0')}`);
const JOBS = ['kubernetes-nodes', 'kubernetes-pods'];
const MOST_IN_FLIGHT = 8;

/** Fifty clusters that write to one workspace and to Container Insights, with services of ECS and log groups beside them. */
function fifty() {
  const world = emptyWorld();
  const series = workspaceIn(world, 'ws-1', SINCE);
  for (const cluster of CLUSTERS) {
    addonsIn(world, cluster).set('adot', { version: 'v0.109.0-eksbuild.1', modifiedAt: SINCE });
    addonsIn(world, cluster).set('vpc-cni', { version: 'v1', modifiedAt: SINCE });
    servicesIn(world, `ecs-${cluster}`).set('adot', steadyService('adot:1', 1, SINCE));
    world.groups.set(`/aws/containerinsights/${cluster}/performance`, {
      streams: [{ name: 'ip-1', since: SINCE }],
    });
    world.groups.set(`/app/${cluster}`, { streams: [{ name: 'a', since: SINCE }] });
    const labels = (job: string) => ({
      job,
      cluster,
      instance: 'a:1',
      kubernetes_namespace: 'x',
      kubernetes_pod_name: 'y',
    });
    const sent = JOBS.map((job) =>
      sentSeries({ __name__: 'scrape_duration_seconds', ...labels(job) }, { since: SINCE, everyMs: 15_000 }),
    );
    series.push({ series: sent });
    const of = (name: string, dimensions = {}) =>
      steady(SINCE, 'ContainerInsights', name, { ClusterName: cluster, ...dimensions });
    world.metrics.push(
      steadyMetrics([
        of('node_cpu_utilization', { InstanceId: 'i-1', NodeName: 'ip-1' }),
        of('node_cpu_utilization'),
        of('pod_cpu_utilization', { Namespace: 'x', PodName: 'y' }),
        of('pod_cpu_utilization', { Namespace: 'x' }),
        of('pod_cpu_utilization'),
        of('cluster_node_count'),
      ]),
    );
  }
  world.revisions.set('adot:1', [{ name: 'aws-otel-collector', image: 'aws-otel-collector:v0.49.0' }]);
  return world;
}

test('fifty clusters are looked at with few requests for each, few of them in flight', async () => {
  const { portsAt } = await opened(fifty());
  const asked: Record<string, number> = {};
  let inFlight = 0;
  let most = 0;
  const limit = pLimit(MOST_IN_FLIGHT);
  const seen = await look(IDENTITY, {
    ...portsAt(NOON),
    limit: (request) =>
      limit(async () => {
        most = Math.max(most, (inFlight += 1));
        return request().finally(() => (inFlight -= 1));
      }),
    onRequest: ({ action }) => void (asked[action] = (asked[action] ?? 0) + 1),
  });
  expect(seen.gaps).toEqual([]);
  expect(most).toBe(MOST_IN_FLIGHT);
  expect(asked).toEqual({
    'eks:ListClusters': 1,
    'eks:ListAddons': 50,
    'ecs:ListClusters': 1,
    'ecs:ListServices': 50,
    'ecs:DescribeServices': 50,
    'aps:ListWorkspaces': 1,
    'aps:DescribeWorkspace': 1,
    'aps:GetLabels': 4,
    'aps:QueryMetrics': 8,
    'cloudwatch:ListMetrics': 1,
    // One for up to 500 series of namespaces, one for the log groups.
    'cloudwatch:GetMetricData': 2,
    'logs:DescribeLogGroups': 2,
    'xray:GetServiceGraph': 1,
  });
  const { draft, config } = await drafted([seen], NOTHING, shipped, well);
  const ofProfile = (name: string) => draft.clusters.filter(({ profile }) => profile === name);
  expect(ofProfile('eks-adot-amp').map(({ name }) => name)).toEqual(CLUSTERS);
  expect(ofProfile('eks-container-insights')).toHaveLength(50);
  expect(config?.clusters).toHaveLength(101);
  const watched = config?.clusters.flatMap(({ signals }) =>
    signals.filter((one) => one.ampWorkspace && !one.off),
  );
  expect(watched).toHaveLength(1);
});
