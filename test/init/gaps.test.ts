import { expect, onTestFinished, test } from 'vitest';
import { RoleError } from '../../lib/aws/role-error.ts';
import { look } from '../../lib/init/look.ts';
import { CREDENTIALS, openAccount, REGION } from '../../rehearsal/account.ts';
import type { AmpAction } from '../../rehearsal/amp.ts';
import type { CloudWatchAction } from '../../rehearsal/cloudwatch.ts';
import { pipelines } from '../../rehearsal/pipelines/index.ts';
import { emptyWorld } from '../../rehearsal/world.ts';
import { startEcs } from '../../rehearsal/ecs.ts';
import { startEks } from '../../rehearsal/eks.ts';
import { dated, serve } from '../../rehearsal/http.ts';
import { startLogs } from '../../rehearsal/logs.ts';
import { steadyService } from '../../rehearsal/ecs-service.ts';
import { NOON, SINCE } from '../profiles/simulated-account.ts';
import { fakeClock, testPorts } from '../support/ports.ts';
import { environment } from '../support/environment.ts';
import { IDENTITY } from './looked.ts';

const credentials = () => async () => CREDENTIALS;

/** Actions that are refused together, each with what is therefore unseen. */
const REFUSED: readonly Readonly<Record<string, string>>[] = [
  {
    'aps:ListWorkspaces': 'workspaces',
    'eks:ListClusters': 'EKS clusters',
    'ecs:ListClusters': 'ECS clusters',
    'logs:DescribeLogGroups': 'log groups',
    'xray:GetServiceGraph': 'services that send traces',
  },
  {
    'aps:DescribeWorkspace': 'what arrives in ws-1234',
    'eks:ListAddons': 'the add-ons of prod-eu',
    'ecs:ListServices': 'the services of prod-eu',
    'logs:DescribeLogStreams': 'how the streams of /logs/prod-eu are called',
    'xray:GetTraceSegmentDestination': 'how steady traces are',
  },
  { 'aps:GetLabels': 'what arrives in ws-1234', 'ecs:DescribeServices': 'the tasks of prod-eu' },
  { 'aps:QueryMetrics': 'what arrives in ws-1234', 'cloudwatch:ListMetrics': 'metrics in CloudWatch' },
  { 'cloudwatch:GetMetricData': 'alive' },
];

test('whatever is refused is a gap that names the action and what is missing; the rest is seen', async () => {
  const clock = fakeClock(NOON);
  const world = emptyWorld();
  for (const profile of ['eks-adot-cloudwatch', 'ecs-fargate-sidecar', 'kyma-cloudwatch'] as const)
    pipelines[profile](world, { since: SINCE });
  const account = await openAccount(world, { clock });
  onTestFinished(() => account.close());
  environment(account.environment, NOON);
  const { amp, cloudWatch, eks, ecs, logs, xray } = account;
  for (const refused of REFUSED) {
    const actions = Object.keys(refused);
    for (const api of [eks, ecs, logs, xray]) actions.forEach((action) => api.deny(action));
    for (const action of actions) amp.deny(action as AmpAction);
    for (const action of actions) cloudWatch.deny(action as CloudWatchAction);
    const { gaps, ...seen } = await look(IDENTITY, testPorts({ clock, credentials }));
    for (const api of [eks, ecs, logs, xray]) actions.forEach((action) => api.allow(action));
    for (const action of actions) amp.allow(action as AmpAction);
    for (const action of actions) cloudWatch.allow(action as CloudWatchAction);
    expect([...new Set(gaps.map(({ action }) => action))].sort()).toEqual(actions.sort());
    for (const { action, reason, detail, missing } of gaps) {
      expect([action, reason]).toEqual([action, 'denied']);
      expect(detail).toContain(action);
      expect(missing).toContain(refused[action]);
    }
    const places = [seen.workspaces, seen.namespaces, seen.logGroups, seen.eks, seen.ecs, seen.traces];
    expect(places.filter(({ length }) => length > 0).length).toBeGreaterThan(0);
  }
});

test('an answer without a list is a gap, and not a region without anything', async () => {
  const clock = fakeClock(NOON);
  const server = await serve(() => dated({ status: 200, body: '{}' }, NOON));
  onTestFinished(() => server.close());
  const services = ['AMP', 'CLOUDWATCH', 'CLOUDWATCH_LOGS', 'EKS', 'ECS', 'XRAY'];
  environment(Object.fromEntries(services.map((one) => [`AWS_ENDPOINT_URL_${one}`, server.url])), NOON);
  const { gaps } = await look(IDENTITY, testPorts({ clock, credentials }));
  expect(gaps.map(({ action, reason }) => `${action} ${reason}`).sort()).toEqual([
    'aps:ListWorkspaces invalid-response',
    'cloudwatch:ListMetrics invalid-response',
    'ecs:ListClusters invalid-response',
    'eks:ListClusters invalid-response',
    'logs:DescribeLogGroups invalid-response',
    'xray:GetServiceGraph invalid-response',
  ]);
});

test('lists are read to their last page, and a region that throttles is asked again', async () => {
  const clock = fakeClock(NOON);
  const common = { clock, region: REGION, credentials: [CREDENTIALS] };
  const names = Array.from({ length: 11 }, (_, index) => `c${index}`);
  const each = <T>(of: T) => new Map(names.map((name) => [name, of]));
  const addon = { version: 'v1', modifiedAt: SINCE };
  const eks = await startEks({ ...common, addons: each(each(addon)), pageSize: 4 });
  const ecs = await startEcs({
    ...common,
    services: each(each(steadyService('x:1', 1, SINCE))),
    revisions: new Map(),
    pageSize: 4,
  });
  const logs = await startLogs({
    ...common,
    groups: new Map(Array.from({ length: 120 }, (_, index) => [`/app/${index}`, { streams: [] }])),
  });
  const servers = [eks, ecs, logs];
  onTestFinished(async () => void (await Promise.all(servers.map((server) => server.close()))));
  const account = await openAccount(emptyWorld(), { clock });
  onTestFinished(() => account.close());
  environment(
    {
      ...account.environment,
      AWS_ENDPOINT_URL_EKS: eks.url,
      AWS_ENDPOINT_URL_ECS: ecs.url,
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: logs.url,
    },
    NOON,
  );
  logs.throttle(4);
  const seen = await look(IDENTITY, testPorts({ clock, credentials, deadline: NOON + 600_000 }));
  expect(seen.gaps).toEqual([]);
  expect(seen.eks.map(({ addons }) => addons.length)).toEqual(names.map(() => 11));
  expect(seen.ecs).toHaveLength(11 * 11);
  expect(seen.ecs.every(({ family }) => family === 'x')).toBe(true);
  expect(seen.logGroups).toHaveLength(120);
  expect(logs.calls.length).toBeGreaterThanOrEqual(4 + 3);
  expect(clock.slept.length).toBeGreaterThan(0);
});

test('another account is looked at through its role; where that cannot be assumed, everything is a gap that says so', async () => {
  const role = 'arn:aws:iam::111122223333:role/plumbline-reader';
  const identity = { region: REGION, role, externalId: '6c1f' };
  const asked: unknown[] = [];
  const seen = await look(
    identity,
    testPorts({
      clock: fakeClock(NOON),
      credentials: (as) => async () => {
        asked.push(as);
        throw new RoleError({
          role,
          externalId: '6c1f',
          cause: Object.assign(new Error('no'), { name: 'AccessDenied' }),
        });
      },
    }),
  );
  expect(asked.length).toBeGreaterThan(5);
  expect(asked.every((as) => as === identity)).toBe(true);
  expect(seen).toMatchObject({
    role,
    workspaces: [],
    namespaces: [],
    logGroups: [],
    eks: [],
    ecs: [],
    traces: [],
  });
  expect(seen.gaps).toHaveLength(6);
  for (const { detail } of seen.gaps) expect(detail).toContain(`sts:AssumeRole on ${role}`);
});
