import { describe, expect, test } from 'vitest';
import { recognised, recognisers } from '../../lib/init/recognise/index.ts';
import { tellsClusters } from '../../lib/init/seen.ts';
import { shipped } from './looked.ts';
import { adot, namespace, seen, stream, workspace } from './seen.ts';

const eks = (...clusters: string[]) => clusters.map((cluster) => ({ cluster, addons: ['adot'] }));
const PER_NODE = ['ClusterName', 'InstanceId', 'NodeName'];
const DECLARED = ['EKS_Cluster', 'EKS_Namespace', 'EKS_PodName'];

test('there is a recogniser for every profile of an account', () => {
  const ofAccounts = [...shipped.keys()].filter((name) => name !== 'local-prometheus');
  expect(Object.keys(recognisers).sort()).toEqual(ofAccounts.sort());
});

describe('clusters that share a workspace', () => {
  const shared = (...labels: Record<string, string>[]) =>
    workspace('ws-1', { scrapes: labels.flatMap((one) => adot(one)) });

  test('are told apart by a label, and each has its add-on', () => {
    const found = recognised(
      seen({ workspaces: [shared({ cluster: 'prod' }, { cluster: 'stage' })], eks: eks('prod', 'stage') }),
    );
    expect(found.map(({ name, with: given, signals }) => [name, given?.['labels'], signals])).toEqual([
      ['prod', { cluster: 'prod' }, []],
      ['stage', { cluster: 'stage' }, []],
    ]);
  });

  test('of which one has no label: it is told apart by having none, and nobody guesses which it is', () => {
    const found = recognised(
      seen({ workspaces: [shared({ cluster: 'prod' }, {})], eks: eks('prod', 'stage') }),
    );
    expect(found.map(({ name, with: given }) => [name, given?.['labels'], given?.['eksCluster']])).toEqual([
      ['prod', { cluster: 'prod' }, 'prod'],
      ['ws-1', { cluster: '' }, undefined],
    ]);
    expect(found[1]?.signals.map(({ settings }) => settings)).toEqual([{ name: 'addon', off: true }]);
  });

  test('without any label are not guessed at: they are watched as one, and that is said', () => {
    const [found, ...others] = recognised(seen({ workspaces: [shared({})], eks: eks('prod', 'stage') }));
    expect(others).toEqual([]);
    expect(found).toMatchObject({ name: 'ws-1', with: { workspace: 'ws-1' } });
    expect(found?.with).not.toHaveProperty('eksCluster');
    expect(found?.notes.join(' ')).toContain('no label tells which cluster this is, or whether it is one');
  });
});

test('the only cluster with the add-on is the one that scrapes without a label, where all clusters could be seen', () => {
  const workspaces = [workspace('ws-1', { scrapes: adot({}) })];
  expect(recognised(seen({ workspaces, eks: eks('prod') }))).toMatchObject([
    { name: 'prod', with: { eksCluster: 'prod' }, signals: [] },
  ]);
  const denied = { reason: 'denied' as const, detail: '', missing: '' };
  for (const action of ['eks:ListClusters', 'eks:ListAddons']) {
    const gaps = [{ action, resource: 'eu-west-1', ...denied }];
    expect(recognised(seen({ workspaces, eks: eks('prod'), gaps }))).toMatchObject([{ name: 'ws-1' }]);
  }
});

test('a cluster that a label names already is not the one without a label too', () => {
  const workspaces = [workspace('ws-1', { scrapes: [...adot({ cluster: 'prod' }), ...adot({})] })];
  const found = recognised(seen({ workspaces, eks: eks('prod') }));
  expect(found.map(({ name }) => name)).toEqual(['prod', 'ws-1']);
});

test('two workspaces without labels are not both of the only cluster', () => {
  const workspaces = ['ws-1', 'ws-2'].map((id) =>
    workspace(id, { scrapes: adot({}), alias: `alias of ${id}` }),
  );
  const found = recognised(seen({ workspaces, eks: eks('prod') }));
  expect(found.map(({ name }) => name)).toEqual(['alias-of-ws-1', 'alias-of-ws-2']);
});

test('what is silent is no pipeline; a slow job is none of the fast ones', () => {
  const silent = workspace('ws-1', { scrapes: adot({}, { ageMs: 3_600_000 }) });
  expect(recognised(seen({ workspaces: [silent] }))).toEqual([]);
  const slow = stream('scrape_duration_seconds', { job: 'kubernetes-pods-slow' }, { everyMs: 300_000 });
  const ended = stream('scrape_duration_seconds', { job: 'kubernetes-services' }, { ageMs: 3_600_000 });
  const mixed = workspace('ws-1', { scrapes: [...adot({}), slow, ended] });
  expect(recognised(seen({ workspaces: [mixed] }))[0]?.with).toMatchObject({
    jobs: ['kubernetes-apiservers', 'kubernetes-nodes', 'kubernetes-pods'],
    slowJobs: ['kubernetes-pods-slow'],
  });
});

test('clusters that share a namespace are told apart by their dimension', () => {
  const both = ['prod', 'stage'].flatMap((cluster) => [
    namespace('ContainerInsights', { ClusterName: cluster }, PER_NODE, ['node_cpu_utilization']),
    namespace('ContainerInsights/Prometheus', { EKS_Cluster: cluster }, DECLARED, [
      'otelcol_process_uptime_seconds_total',
    ]),
  ]);
  const found = recognised(seen({ namespaces: both, eks: eks('prod') }));
  expect(found.map(({ profile, with: given }) => [profile, given])).toEqual([
    ['eks-adot-cloudwatch', { eksCluster: 'prod', metric: 'otelcol_process_uptime_seconds_total' }],
    ['eks-adot-cloudwatch', { eksCluster: 'stage', metric: 'otelcol_process_uptime_seconds_total' }],
    ['eks-container-insights', { eksCluster: 'prod' }],
    ['eks-container-insights', { eksCluster: 'stage' }],
  ]);
  expect(found.map(({ signals }) => signals.length)).toEqual([0, 1, 0, 0]);
});

test('another set of dimensions in those namespaces is not those pipelines', () => {
  const others = [
    namespace(
      'ContainerInsights/Prometheus',
      { ClusterName: 'prod' },
      ['ClusterName', 'Namespace'],
      ['otelcol_process_uptime'],
    ),
    namespace('ContainerInsights', { ClusterName: 'prod' }, ['ClusterName'], ['node_cpu_utilization']),
  ];
  expect(recognised(seen({ namespaces: others }))).toEqual([]);
});

describe('Kyma', () => {
  const group = (name: string, streams = ['shop.checkout-1.app']) => ({
    name,
    retentionDays: 7,
    newestAt: seen().at,
    gapMs: 60_000,
    streams,
  });
  const application = namespace(
    'checkout',
    {},
    ['OTelLib'],
    ['process.cpu.time'],
    ['io.opentelemetry.runtime'],
  );
  const self = namespace(
    'otel-collector',
    {},
    ['OTelLib'],
    ['otelcol_process_uptime'],
    ['…/prometheusreceiver'],
  );

  test('is recognised by its logs beside a namespace of an application', () => {
    const found = recognised(seen({ namespaces: [application, self], logGroups: [group('/logs/prod')] }));
    expect(found).toMatchObject([
      { name: 'prod', profile: 'kyma-cloudwatch', with: { namespace: 'checkout' } },
    ]);
  });

  test('has traces to watch only where they come all the time, with a bound that they were seen to keep', () => {
    const of = (isSteady: boolean) =>
      recognised(
        seen({
          namespaces: [application, self],
          logGroups: [group('/logs/prod')],
          traces: [{ service: 'checkout', isSteady }],
        }),
      )[0];
    expect(of(false)?.with).not.toHaveProperty('service');
    expect(of(false)?.signals).toEqual([]);
    expect(of(true)?.with).toMatchObject({ service: 'checkout' });
    expect(of(true)?.signals.map(({ settings }) => settings)).toEqual([{ name: 'traces', fresh: '1h' }]);
  });

  test('twice in an account has metrics that nothing tells apart: it is not guessed which are whose', () => {
    const logGroups = [group('/logs/prod'), group('/logs/stage')];
    expect(recognised(seen({ namespaces: [application, self], logGroups }))).toEqual([]);
  });

  test('is not what any log group of pods beside any application is', () => {
    expect(recognised(seen({ namespaces: [application], logGroups: [group('/logs/prod')] }))).toEqual([]);
    const newer = seen({ namespaces: [application], logGroups: [group('/logs/kyma', ['default'])] });
    expect(recognised(newer)).toMatchObject([{ name: 'kyma', with: { streams: 'default' } }]);
  });
});

test('a sidecar has a log group of its namespace’s name, and no dimension that names clusters', () => {
  const logGroups = [
    { name: '/metrics/shop', retentionDays: undefined, newestAt: seen().at, gapMs: 1, streams: [] },
  ];
  const of = (labels: Record<string, string>) =>
    namespace('shop', labels, ['OTelLib'], ['process_cpu_seconds_total'], ['prometheusreceiver']);
  expect(recognised(seen({ logGroups, namespaces: [of({})] }))).toMatchObject([
    { profile: 'app-sidecar-emf' },
  ]);
  expect(recognised(seen({ logGroups, namespaces: [of({ ClusterName: 'a' })] }))).toEqual([]);
  expect(recognised(seen({ namespaces: [of({})] }))).toEqual([]);
});

test.each([
  ['cluster', true],
  ['k8s_cluster_name', true],
  ['EKS_Cluster', true],
  ['ClusterName', true],
  ['alpha_eksctl_io_cluster_name', false],
  ['cluster_ip', false],
  ['aws_ecs_cluster_arn', false],
  ['environment', false],
])('the label %s names clusters: %s', (label, tells) => {
  expect(tellsClusters(label)).toBe(tells);
});
