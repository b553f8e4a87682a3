import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../lib/config/load.ts';
import type { Config } from '../../lib/config/schema.ts';
import { compared, identitiesOf } from '../../lib/init/compare.ts';
import { comparisonJson, comparisonText } from '../../lib/init/comparison-report.ts';
import type { Gap, Seen } from '../../lib/init/seen.ts';
import { NOON } from '../profiles/simulated-account.ts';
import { shipped } from './looked.ts';
import { adot, namespace, seen, stream, workspace } from './seen.ts';

async function config(clusters: string): Promise<Config> {
  const text = `version: 1\nclusters:\n${clusters}`;
  const loaded = await loadConfig(text, { file: 'x.yaml', env: {}, profiles: async () => shipped });
  if (!('config' in loaded)) throw new Error(JSON.stringify(loaded.problems));
  return loaded.config;
}

/** A cluster with these signals, one a line. */
const of = (...signals: string[]) =>
  config(
    `  - name: prod\n    region: eu-west-1\n    signals:\n${signals.map((one, index) => `      - { name: s${index}, ${one} }`).join('\n')}\n`,
  );

const told = async (signals: readonly string[], over: Partial<Seen>) => {
  const { unwatched, gone } = await compared(await of(...signals), [seen(over)]);
  return [
    ...unwatched.map(({ plane, what }) => `+ ${plane} ${what}`),
    ...gone.map(({ signal, detail }) => `- ${signal} ${detail}`),
  ];
};

const denied = (action: string): Gap => ({
  action,
  resource: 'eu-west-1',
  reason: 'denied',
  detail: '',
  missing: '',
});
const node = stream('scrape_duration_seconds', { job: 'node' });
const group = (name: string, gapMs: number | undefined = 60_000, ageMs = 60_000) => ({
  name,
  retentionDays: undefined,
  newestAt: NOON - ageMs,
  gapMs,
  streams: [],
});

describe('what sends telemetry and is not watched', () => {
  test('is told by job and cluster; a signal that matches it, whatever else it matches, watches it', async () => {
    const workspaces = [workspace('ws-1', { scrapes: [node, ...adot({ cluster: 'stage' })] })];
    expect(await told(['amp: ws-1, metric: up, match: { job: node, team: a }'], { workspaces })).toEqual([
      '+ amp ws-1, job=kubernetes-apiservers, cluster=stage',
      '+ amp ws-1, job=kubernetes-nodes, cluster=stage',
      '+ amp ws-1, job=kubernetes-pods, cluster=stage',
    ]);
    expect(await told(['amp: ws-1, metric: up'], { workspaces })).toEqual([]);
    const onlyProd = 'amp: ws-1, metric: up, match: { cluster: prod }';
    const unwatched = (await told([onlyProd], { workspaces })).filter((one) => one.startsWith('+'));
    expect(unwatched).toHaveLength(4);
    const byPattern =
      "amp: ws-1, metric: up, match: { job: { '=~': 'kubernetes-.*|node' }, cluster: { '=~': 'stage|' } }";
    expect(await told([byPattern], { workspaces })).toEqual([]);
  });

  test('is told of namespaces, log groups, traces, add-ons and collectors', async () => {
    const over = {
      workspaces: [workspace('ws-1')],
      namespaces: [
        namespace('CWAgent', {}, [], ['cpu_usage_idle']),
        namespace('A', { ClusterName: 'prod' }, ['ClusterName'], ['x']),
      ],
      logGroups: [group('/ecs/a')],
      traces: [{ service: 'checkout', isSteady: true }],
      eks: [{ cluster: 'prod', addons: ['adot', 'vpc-cni'] }],
      ecsClusters: ['prod'],
      ecs: ['adot-collector', 'checkout'].map((service) => ({ cluster: 'prod', service, family: service })),
    };
    expect(await told(['amp: ws-1, metric: http_requests_total'], over)).toEqual([
      '+ cloudwatch CWAgent',
      '+ cloudwatch A, ClusterName=prod',
      '+ logs /ecs/a',
      '+ xray checkout',
      '+ eksAddon prod/adot',
      '+ ecsService prod/adot-collector',
    ]);
    const all = [
      'cloudwatch: CWAgent, metric: other',
      'cloudwatch: A, metric: y, match: { ClusterName: prod }',
      'logs: /ecs/a',
      'xray: checkout',
      'eksAddon: adot',
      'ecsService: adot-collector',
    ];
    expect(await told(all, over)).toEqual([]);
  });

  test('is not told of what is silent, too seldom for any bound, or switched off on purpose', async () => {
    const silent = stream('scrape_duration_seconds', { job: 'old' }, { ageMs: 3 * 3_600_000 });
    const over = {
      workspaces: [workspace('ws-1', { scrapes: [silent] })],
      logGroups: [group('/weekly', 20 * 3_600_000), { ...group('/once'), gapMs: undefined }, group('/off')],
      traces: [{ service: 'seldom', isSteady: false }],
    };
    expect(await told(['logs: /off, off: true', 'amp: ws-1, metric: x'], over)).toEqual([]);
  });

  test('comes with a signal that would watch it, which loads', async () => {
    const over = { workspaces: [workspace('ws-1', { scrapes: [node] })], logGroups: [group('/ecs/a')] };
    const { unwatched } = await compared(await of('xray: a'), [seen(over)]);
    const signals = unwatched.map(({ signal }) =>
      JSON.stringify(signal)
        .slice(1, -1)
        .replace(/"name":"[^"]*",/, ''),
    );
    expect(await told(signals, over)).toEqual([]);
  });

  test('of another account is watched by signals with its role alone', async () => {
    const role = 'arn:aws:iam::111122223333:role/plumbline-reader';
    const both = await config(
      `  - name: a\n    region: eu-west-1\n    signals: [{ name: l, logs: /ecs/a }]\n  - name: b\n    region: eu-west-1\n    role: ${role}\n    signals: [{ name: m, logs: /ecs/b }]\n`,
    );
    expect(identitiesOf(both)).toEqual([
      { region: 'eu-west-1', role: undefined, externalId: undefined },
      { region: 'eu-west-1', role, externalId: undefined },
    ]);
    const logGroups = [group('/ecs/a'), group('/ecs/b')];
    const { unwatched, gone } = await compared(both, [seen({ logGroups }), seen({ logGroups, role })]);
    expect(unwatched.map((one) => [one.role, one.what])).toEqual([
      [null, '/ecs/b'],
      [role, '/ecs/a'],
    ]);
    expect(gone).toEqual([]);
  });
});

test('two roles to one account show the same things: what one cluster watches is watched, the rest is told once', async () => {
  const role = (name: string) => `arn:aws:iam::111122223333:role/plumbline-${name}`;
  const both = await config(
    ['a', 'b']
      .map(
        (name) =>
          `  - { name: ${name}, region: eu-west-1, role: '${role(name)}', signals: [{ name: l, logs: /ecs/${name} }] }\n`,
      )
      .join(''),
  );
  const logGroups = [group('/ecs/a'), group('/ecs/b'), group('/ecs/c')];
  const { unwatched, gone } = await compared(
    both,
    ['a', 'b'].map((name) => seen({ logGroups, role: role(name) })),
  );
  expect([unwatched.map(({ what }) => what), gone]).toEqual([['/ecs/c'], []]);
});

describe('what is watched and no longer there', () => {
  test.each([
    [
      'amp: ws-9, metric: http_requests_total',
      'there is no workspace ws-9 in eu-west-1',
      ['aps:ListWorkspaces'],
    ],
    ['ampWorkspace: ws-9', 'there is no workspace ws-9 in eu-west-1', ['aps:ListWorkspaces']],
    [
      'amp: ws-1, metric: up, match: { job: gone }',
      'nothing that it matches was scraped in the last six hours',
      ['aps:QueryMetrics', 'aps:GetLabels'],
    ],
    [
      'amp: ws-1, metric: up, labels: { values: { job: [node, gone] } }',
      'not scraped in the last six hours: job gone',
      ['aps:QueryMetrics'],
    ],
    [
      'cloudwatch: Gone, metric: x',
      'no metric that it matches was listed in the last three hours',
      ['cloudwatch:ListMetrics'],
    ],
    [
      'cloudwatch: A, metric: x, match: { ClusterName: gone }',
      'no metric that it matches was listed in the last three hours',
      ['cloudwatch:ListMetrics'],
    ],
    ['logs: /gone', 'there is no log group /gone in eu-west-1', ['logs:DescribeLogGroups']],
    ['eksAddon: gone/adot', 'there is no EKS cluster gone in eu-west-1', ['eks:ListClusters']],
    ['eksAddon: prod/gone', 'EKS cluster prod has no add-on gone', ['eks:ListAddons']],
    ['ecsService: gone/a', 'there is no ECS cluster gone in eu-west-1', ['ecs:ListClusters']],
    ['ecsService: prod/gone', 'ECS cluster prod has no service gone', ['ecs:ListServices']],
  ])('%s: %s, unless it could not be listed', async (signal, detail, actions) => {
    const over = {
      workspaces: [workspace('ws-1', { scrapes: [node] })],
      namespaces: [namespace('A', { ClusterName: 'prod' }, ['ClusterName'], ['x'])],
      eks: [{ cluster: 'prod', addons: [] }],
      ecsClusters: ['prod'],
    };
    expect((await told([signal], over)).filter((one) => one.startsWith('-'))).toEqual([`- s0 ${detail}`]);
    for (const action of actions) {
      const unseen = await told([signal], { ...over, gaps: [denied(action)] });
      expect(
        unseen.filter((one) => one.startsWith('-')),
        action,
      ).toEqual([]);
    }
  });

  test('is not what is there and silent, of AWS itself, at an endpoint, linked, off, or cannot be listed', async () => {
    const scrapes = [stream('scrape_duration_seconds', { job: 'node' }, { ageMs: 3 * 3_600_000 })];
    const signals = [
      'amp: ws-1, metric: up, match: { job: node }',
      'amp: ws-1, metric: http_requests_total, match: { job: pushed }',
      'amp: ws-9, metric: up, endpoint: "https://amp.example.com/"',
      'cloudwatch: AWS/Lambda, metric: Errors',
      'logs: /aws/lambda/a',
      'logs: /linked, account: "111122223333"',
      'logs: /gone, off: true',
      'xray: gone',
      'prometheus: "http://127.0.0.1:9090", metric: up',
    ];
    expect(await told(signals, { workspaces: [workspace('ws-1', { scrapes })] })).toEqual([]);
  });
});

describe('what may rest longer than the lists reach back is not told as gone', () => {
  test.each([
    'cloudwatch: Nightly, metric: x, fresh: 1d',
    'cloudwatch: Errors, metric: x, series: { max: 0 }',
    'cloudwatch: Idle, metric: x, when: { cloudwatch: AWS/ApplicationELB, metric: RequestCount }',
    'cloudwatch: Two, metric: x, match: { EKS_Cluster: prod }',
    'amp: ws-1, metric: up, match: { job: nightly }, fresh: 1d',
    'amp: ws-1, metric: up, match: { job: forbidden }, series: { exactly: 0 }',
    'amp: ws-1, metric: up, match: { job: node, aws_ecs_cluster_name: prod }',
    'amp: ws-unknown, metric: up',
  ])('%s', async (signal) => {
    const workspaces = [
      workspace('ws-1', { scrapes: [node] }),
      workspace('ws-unknown', { status: 'unknown' }),
    ];
    const dimensions = ['ClusterName', 'EKS_Cluster'];
    const namespaces = [namespace('Two', { ClusterName: 'x' }, dimensions, ['x'])];
    const { gone } = await compared(await of(signal), [seen({ workspaces, namespaces })]);
    expect(gone).toEqual([]);
  });

  test('a cluster that no series has is, whatever other dimensions name clusters', async () => {
    const namespaces = [namespace('Two', { ClusterName: 'x' }, ['ClusterName'], ['x'])];
    const signal = 'cloudwatch: Two, metric: x, match: { EKS_Cluster: prod }';
    expect(await told([signal], { namespaces })).toContain(
      '- s0 no metric that it matches was listed in the last three hours',
    );
  });

  test('a label that collectors add in tasks says nothing of which job is watched', async () => {
    const workspaces = [workspace('ws-1', { scrapes: [node] })];
    const signal = 'amp: ws-1, metric: up, match: { job: node, aws_ecs_cluster_name: prod }';
    expect(await told([signal], { workspaces })).toEqual([]);
  });
});

test('the text says what to do; nothing to tell is said too', async () => {
  const comparison = await compared(await of('logs: /gone'), [
    seen({ logGroups: [group('/ecs/a')], gaps: [denied('eks:ListClusters')] }),
  ]);
  expect(comparisonText(comparison)).toBe(
    [
      '1 thing not watched; to watch one, add its line under signals',
      '  eu-west-1 logs: /ecs/a',
      '    - { name: events in /ecs/a, severity: warning, logs: /ecs/a, fresh: 15m }',
      '1 signal of what is no longer there; remove it, or find out where it went',
      '  prod: s0 (logs): there is no log group /gone in eu-west-1',
      '1 place not looked at',
      '  not seen:  (eks:ListClusters on eu-west-1): denied: ',
      '',
    ].join('\n'),
  );
  expect(JSON.parse(comparisonJson(comparison, NOON))).toMatchObject({
    version: 1,
    comparedAt: '2026-11-20T12:00:00.000Z',
    unwatched: [{ plane: 'logs', what: '/ecs/a' }],
    gone: [{ cluster: 'prod', signal: 's0' }],
    unseen: [{ action: 'eks:ListClusters' }],
  });
  expect(comparisonText({ unwatched: [], gone: [], unseen: [], looked: [] })).toContain(
    'everything that sends telemetry is watched',
  );
});
