import { describe, expect, test } from 'vitest';
import type { SimulatedDeployment, SimulatedService } from '../../rehearsal/ecs-state.ts';
import { rolledOver, steadyService } from '../../rehearsal/ecs-service.ts';
import { judged, MINUTE_MS, NOON } from '../support/ecs-account.ts';

const steady = steadyService('adot:1', 2, NOON);
const ago = (minutes: number) => NOON - minutes * MINUTE_MS;

/** A deployment on top of the one that was complete, with all tasks of the old one running. */
function deploying(
  deployment: Partial<SimulatedDeployment>,
  over: Partial<SimulatedService> = {},
): SimulatedService {
  const newest = { revision: 'adot:2', createdAt: ago(5), ...deployment };
  return { ...steady, deployments: [newest, ...steady.deployments], ...over };
}

describe('a rollout', () => {
  test('in progress is told as such for half an hour, with the tasks that failed, and then as a finding', async () => {
    expect(await judged(deploying({ createdAt: ago(30), failedTasks: 2 }))).toMatchObject({
      verdict: 'ok',
      state: 'rollout',
      evidence: {
        facts: expect.arrayContaining(['adot:2 rollout IN_PROGRESS, 2 tasks failed to start']),
        markers: [{ of: 'service prod/adot', did: 'deployed', version: 'adot:2', at: ago(30) }],
      },
    });
    expect((await judged(deploying({ createdAt: ago(31), failedTasks: 1 }))).findings).toMatchObject([
      {
        expectation: 'status',
        subject: 'prod/adot',
        expected: 'ACTIVE, without issues',
        observed: 'rollout IN_PROGRESS for 31m; 1 task failed to start',
      },
    ]);
  });

  test('does not become younger by failing', async () => {
    const { findings } = await judged(deploying({ createdAt: ago(31), updatedAt: ago(1) }));
    expect(findings).toMatchObject([{ observed: 'rollout IN_PROGRESS for 31m' }]);
  });

  test('that was complete and moves again began when it was updated', async () => {
    const again = (minutes: number) => ({
      ...steady,
      deployments: [{ revision: 'adot:1', createdAt: ago(1440), updatedAt: ago(minutes) }],
    });
    expect(await judged(again(3))).toMatchObject({ verdict: 'ok', state: 'rollout' });
    expect((await judged(again(40))).findings).toMatchObject([{ observed: 'rollout IN_PROGRESS for 40m' }]);
  });

  test('that failed is a finding with the reason of ECS, and why its last task did', async () => {
    const stopped = {
      at: ago(2),
      code: 'TaskFailedToStart',
      reason: 'CannotPullContainerError: manifest unknown',
    };
    const failed = { at: ago(1), reason: 'ECS deployment circuit breaker: tasks failed to start.' };
    const tasks = [...steady.tasks, { id: 'task-9', revision: 'adot:2', createdAt: ago(4), stopped }];
    const { findings } = await judged(deploying({ failed, failedTasks: 3 }, { tasks }));
    expect(findings).toMatchObject([
      {
        observed:
          'rollout of adot:2 FAILED; ECS deployment circuit breaker: tasks failed to start; 3 tasks failed to start; a task failed 2m ago (task-9): TaskFailedToStart: CannotPullContainerError: manifest unknown',
      },
    ]);
  });

  test('that failed is bad while the circuit breaker goes back, and over when it has', async () => {
    const failed = {
      at: ago(4),
      reason: 'ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.',
    };
    const back = (completed: boolean): SimulatedDeployment => ({
      revision: 'adot:1',
      createdAt: ago(3),
      ...(completed ? { completedAt: ago(1) } : {}),
    });
    const bad: SimulatedDeployment = { revision: 'adot:2', createdAt: ago(10), failed };
    const deployments = [bad, ...steady.deployments];
    const rolling = await judged({ ...steady, deployments: [back(false), ...deployments] });
    expect(rolling.findings).toMatchObject([
      { observed: expect.stringMatching(/^rollout of adot:2 FAILED; .*rolling back/) },
    ]);
    expect(rolling.evidence.facts.join()).not.toContain('FAILED');
    expect(await judged({ ...steady, deployments: [back(true), ...deployments] })).toMatchObject({
      verdict: 'ok',
      state: null,
    });
  });

  test('behind a Classic Load Balancer has no state: it lasts as long as it replaces another', async () => {
    expect(await judged(deploying({ hasState: false }))).toMatchObject({ verdict: 'ok', state: 'rollout' });
    const alone = { ...steady, deployments: steady.deployments.map((one) => ({ ...one, hasState: false })) };
    expect(await judged(alone)).toMatchObject({ verdict: 'ok', state: null });
  });

  test('that is complete leaves its marker', async () => {
    const rolled = rolledOver(steady, 'adot:2', ago(20), MINUTE_MS);
    expect(await judged(rolled)).toMatchObject({
      verdict: 'ok',
      state: null,
      evidence: { markers: [{ of: 'service prod/adot', did: 'deployed', version: 'adot:2', at: ago(20) }] },
    });
  });
});

/** What the simulated ECS does not do: answers as they would come. */
async function answering(service: object) {
  const arn = 'arn:aws:ecs:eu-west-1:111122223333';
  const counts = { desiredCount: 2, runningCount: 2 };
  const full = {
    serviceName: 'adot',
    serviceArn: `${arn}:service/prod/adot`,
    status: 'ACTIVE',
    ...counts,
    ...service,
  };
  return judged(
    steady,
    {},
    {
      interfere: ({ operation }) =>
        operation === 'DescribeServices'
          ? { status: 200, body: JSON.stringify({ services: [full] }) }
          : undefined,
    },
  );
}

test('a failed deployment that is only on its way out is history once the current one is complete', async () => {
  const deployment = (status: string, rolloutState: string) => ({
    status,
    rolloutState,
    taskDefinition: 'x/adot:2',
    createdAt: ago(20) / 1000,
  });
  const failed = deployment('ACTIVE', 'FAILED');
  const after = async (state: string) => answering({ deployments: [deployment('PRIMARY', state), failed] });
  expect(await after('COMPLETED')).toMatchObject({ verdict: 'ok', state: null });
  expect((await after('IN_PROGRESS')).findings).toMatchObject([{ observed: 'rollout of adot:2 FAILED' }]);
  const replaced = { deployments: [deployment('PRIMARY', 'IN_PROGRESS'), deployment('INACTIVE', 'FAILED')] };
  expect(await answering(replaced)).toMatchObject({ verdict: 'ok', state: 'rollout' });
});

test('a deployment that bakes on purpose may take that much longer', async () => {
  const deployments = [
    { status: 'PRIMARY', rolloutState: 'IN_PROGRESS', taskDefinition: 'x/adot:2', createdAt: ago(80) / 1000 },
  ];
  const baking = (deploymentConfiguration: object) => answering({ deployments, deploymentConfiguration });
  expect(await baking({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 60 })).toMatchObject({ state: 'rollout' });
  expect(await baking({ canaryConfiguration: { canaryBakeTimeInMinutes: 60 } })).toMatchObject({
    state: 'rollout',
  });
  const linear = { linearConfiguration: { stepPercent: 20, stepBakeTimeInMinutes: 12 } };
  expect(await baking(linear)).toMatchObject({ state: 'rollout' });
  expect((await baking({ bakeTimeInMinutes: 40 })).findings).toMatchObject([
    { observed: 'rollout IN_PROGRESS for 1h 20m' },
  ]);
});

test('a task set is a rollout while it is young and not stable; a marker in any case', async () => {
  const set = (minutes: number, stabilityStatus: string) => ({
    taskSets: [
      { status: 'PRIMARY', taskDefinition: 'x/adot:7', createdAt: ago(minutes) / 1000, stabilityStatus },
    ],
  });
  expect(await answering(set(5, 'STABILIZING'))).toMatchObject({ verdict: 'ok', state: 'rollout' });
  expect(await answering(set(5, 'STEADY_STATE'))).toMatchObject({ verdict: 'ok', state: null });
  expect(await answering(set(500, 'STABILIZING'))).toMatchObject({
    verdict: 'ok',
    state: null,
    evidence: {
      facts: expect.arrayContaining(['adot:7 ACTIVE']),
      markers: [{ of: 'service prod/adot', did: 'deployed', version: 'adot:7', at: ago(500) }],
    },
  });
});

test('a service that is being deleted has one finding', async () => {
  const { findings } = await judged({ ...steady, status: 'DRAINING', desired: 0, tasks: [] });
  expect(findings).toMatchObject([{ expectation: 'status', observed: 'DRAINING' }]);
});

test('hostile words are harmless', async () => {
  const failed = { at: ago(1), reason: '\u001b[31mred\n\u202Etext' };
  const { findings } = await judged(deploying({ failed }));
  expect(findings[0]?.observed).toBe(String.raw`rollout of adot:2 FAILED; \u001b[31mred \u202etext`);
});
