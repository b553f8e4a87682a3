import { expect, test } from 'vitest';
import type { SimulatedService, SimulatedTask } from '../../rehearsal/ecs-state.ts';
import { rolledOver, steadyService } from '../../rehearsal/ecs-service.ts';
import { fakeClock } from '../support/ports.ts';
import { judgeAll, judged, ecsSignal, MINUTE_MS, NOON } from '../support/ecs-account.ts';

const HOUR_MS = 60 * MINUTE_MS;
const steady = steadyService('adot:1', 2, NOON);
const ago = (minutes: number) => NOON - minutes * MINUTE_MS;

/** The second of two tasks has stopped, and what follows it is as given. */
function lost(
  stopped: Omit<NonNullable<SimulatedTask['stopped']>, 'at'>,
  next: readonly SimulatedTask[] = [],
): SimulatedService {
  const [stays, goes] = steady.tasks;
  if (!stays || !goes) throw new Error('two tasks');
  return { ...steady, tasks: [stays, { ...goes, stopped: { at: ago(2), ...stopped } }, ...next] };
}

const starting = (minutesAgo: number, id = 'task-next'): SimulatedTask => ({
  id,
  revision: 'adot:1',
  createdAt: ago(minutesAgo),
  runsAt: Number.POSITIVE_INFINITY,
});

const SPOT = { code: 'SpotInterruption', reason: 'Your Spot Task was interrupted.' };
const OOM = { code: 'EssentialContainerExited', reason: 'Essential container in task exited' };
const PULL = {
  code: 'TaskFailedToStart',
  reason: 'CannotPullContainerError: pull image manifest has been retried 5 time(s)',
};

test('fewer tasks than desired are a finding, with the event that says most', async () => {
  const events = [
    { at: ago(30), message: '(service adot) has reached a steady state.' },
    { at: ago(40), message: '(service adot) was unable to place a task. An older trouble, which is over.' },
    {
      at: ago(9),
      message:
        '(service adot) was unable to place a task because no container instance met all of its requirements. For more information, see the Troubleshooting section.',
    },
    { at: ago(1), message: '(service adot) has begun draining connections on 1 tasks.' },
  ];
  expect(await judged({ ...steady, tasks: steady.tasks.slice(1), events })).toMatchObject({
    verdict: 'failing',
    findings: [
      {
        expectation: 'running',
        subject: 'prod/adot',
        expected: 'all desired tasks run, at least one',
        observed:
          '1 of 2 desired tasks running; event 9m ago: was unable to place a task because no container instance met all of its requirements',
        question: 'aws ecs describe-services --cluster prod --services adot',
      },
    ],
  });
});

test.each([
  [PULL, {}, 'TaskFailedToStart: CannotPullContainerError: pull image manifest has been retried 5 time(s)'],
  [
    {
      code: 'TaskFailedToStart',
      reason:
        'ResourceInitializationError: failed to validate logger args: The specified log group does not exist.',
    },
    {},
    'TaskFailedToStart: ResourceInitializationError: failed to validate logger args: The specified log group does not exist.',
  ],
  [
    OOM,
    { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' },
    'EssentialContainerExited: Essential container in task exited; aws-otel-collector exit code 137 (killed, often out of memory): OutOfMemoryError: Container killed due to memory usage',
  ],
])('why tasks stopped is told: %o', async (stopped, end, why) => {
  const [stays, goes] = lost(stopped).tasks;
  if (!stays || !goes) throw new Error('two tasks');
  const tasks = [stays, { ...goes, id: '0123456789abcdef', containers: { 'aws-otel-collector': end } }];
  const { findings } = await judged({ ...steady, tasks });
  expect(findings).toMatchObject([
    { observed: `1 of 2 desired tasks running; a task failed 2m ago (01234567): ${why}` },
  ]);
});

test('of many tasks that failed the newest is told; those that were taken away are not', async () => {
  const failed = [50, 20, 10].map((minutes): SimulatedTask => ({
    ...starting(minutes + 1, `failed-${minutes}`),
    stopped: { at: ago(minutes), ...PULL },
  }));
  const { findings } = await judged(lost(SPOT, failed));
  expect(findings[0]?.observed).toMatch(
    /; 3 tasks failed, the last 10m ago \(failed-1\): TaskFailedToStart: /,
  );
});

test('a service that is scaled to 0 is a finding', async () => {
  const events = [{ at: ago(1), message: '(service adot) has stopped 2 running tasks.' }];
  expect((await judged({ ...steady, desired: 0, tasks: [], events })).findings).toMatchObject([
    { expectation: 'running', observed: 'no task is desired: the service is scaled to 0' },
  ]);
  expect((await judged({ ...steady, scheduling: 'DAEMON', desired: 0, tasks: [] })).findings).toMatchObject([
    { observed: 'no task is desired: no instance is there for the daemon' },
  ]);
});

test('a rollout does not hide that the service was scaled to 0', async () => {
  const rolling = rolledOver({ ...steady, desired: 0 }, 'adot:2', ago(1), MINUTE_MS);
  expect((await judged({ ...rolling, tasks: [] })).findings).toMatchObject([{ expectation: 'running' }]);
});

test('with min, so many are desired and run', async () => {
  const min = (number: number) => ({ running: { min: number } });
  expect((await judged(steady, min(2))).verdict).toBe('ok');
  expect((await judged(steady, min(3))).findings).toMatchObject([
    {
      expectation: 'running.min',
      expected: 'at least 3 desired and running',
      observed: '2 of 2 desired tasks running',
    },
  ]);
  const one = { ...steady, tasks: steady.tasks.slice(1) };
  expect((await judged(one, min(1))).verdict).toBe('ok');
  expect((await judged(one, min(2))).findings).toMatchObject([{ observed: '1 of 2 desired tasks running' }]);
});

test('a rolling deployment replaces all tasks, and nothing is told at any time', async () => {
  const service = rolledOver(steadyService('adot:1', 4, NOON), 'adot:2', NOON, MINUTE_MS);
  const short = {
    ...service,
    tasks: service.tasks.map((task) => ({ ...task, runsAt: task.createdAt + 90_000 })),
  };
  const states = new Set<string | null>();
  for (let minute = -1; minute < 15; minute += 0.5) {
    const clock = fakeClock(NOON + minute * MINUTE_MS);
    const verdict = await judged(short, {}, { clock });
    expect([minute, verdict.verdict, verdict.findings]).toEqual([minute, 'ok', []]);
    states.add(verdict.state);
  }
  expect(states).toEqual(new Set([null, 'rollout']));
});

test('a shortage is held during a rollout for half an hour', async () => {
  const { completedAt: _, ...rolling } = { revision: 'adot:2', createdAt: NOON, completedAt: 0 };
  const none = { ...steady, tasks: [], deployments: [rolling, ...steady.deployments] };
  const at = async (minutes: number) => judged(none, {}, { clock: fakeClock(NOON + minutes * MINUTE_MS) });
  expect(await at(30)).toMatchObject({ verdict: 'ok', state: 'rollout' });
  expect((await at(31)).findings.map(({ expectation }) => expectation)).toEqual(['status', 'running']);
});

test.each([
  [SPOT],
  [{ code: 'ServiceSchedulerInitiated', reason: 'Scaling activity initiated by (deployment ecs-svc/1)' }],
  [{ code: 'UserInitiated', reason: 'Task stopped by user' }],
])('a task that was taken away did not fail: %o', async (stopped) => {
  expect(await judged(lost(stopped, [starting(1)]))).toMatchObject({ verdict: 'ok', state: 'rollout' });
  expect((await judged(lost(stopped))).findings).toMatchObject([
    { observed: '1 of 2 desired tasks running' },
  ]);
});

test('what replaces a task is no excuse where not all that stopped could be read', async () => {
  const { verdicts } = await judgeAll({ 'prod/adot': lost(SPOT, [starting(1)]) }, [ecsSignal()], {
    interfere: ({ operation, input }) => {
      const arns = input['tasks'];
      if (operation !== 'DescribeTasks' || !Array.isArray(arns) || !String(arns[0]).endsWith('task-1'))
        return undefined;
      return {
        status: 200,
        body: JSON.stringify({ tasks: [], failures: [{ arn: arns[0] as string, reason: 'BROKEN' }] }),
      };
    },
  });
  expect(verdicts[0]?.verdict).toBe('failing');
});

test('what replaces a task that was taken away is waited for, ten minutes long', async () => {
  expect(await judged(lost(SPOT, [starting(1)]))).toMatchObject({
    verdict: 'ok',
    state: 'rollout',
    evidence: { facts: expect.arrayContaining(['1 of 2 desired tasks running, 1 starting']) },
  });
  expect((await judged(lost(SPOT, [starting(10)]))).verdict).toBe('ok');
  expect((await judged(lost(SPOT, [starting(11)]))).verdict).toBe('failing');
  expect((await judged(lost(SPOT))).verdict).toBe('failing');
});

test('a service that grows is not short of tasks', async () => {
  const grown = { ...steady, desired: 4, tasks: [...steady.tasks, starting(1, 'a'), starting(2, 'b')] };
  expect(await judged(grown)).toMatchObject({ verdict: 'ok', state: 'rollout' });
  expect((await judged({ ...grown, desired: 5 })).findings).toMatchObject([
    { observed: '2 of 5 desired tasks running' },
  ]);
});

test('nor is one that grows after a failure that it has recovered from', async () => {
  const events = (at: number) => [{ at, message: '(service adot) has reached a steady state.' }];
  const failed = { ...starting(120, 'z'), runsAt: ago(119), stopped: { at: ago(50), ...OOM } };
  const grown = { ...steady, desired: 3, tasks: [...steady.tasks, failed, starting(1)] };
  expect(await judged({ ...grown, events: events(ago(45)) })).toMatchObject({
    verdict: 'ok',
    state: 'rollout',
  });
  expect((await judged({ ...grown, events: events(ago(55)) })).verdict).toBe('failing');
  expect((await judged({ ...grown, events: [] })).verdict).toBe('failing');
});

test.each([
  {
    code: 'ServiceSchedulerInitiated',
    reason: 'Service adot: ECS is performing maintenance on the underlying infrastructure hosting the task',
  },
  { code: 'ServiceSchedulerInitiated', reason: 'Service adot: container instance is in DRAINING state' },
])('what replaces a task that its host lost is waited for: %o', async (stopped) => {
  expect(await judged(lost(stopped, [starting(1)]))).toMatchObject({ verdict: 'ok', state: 'rollout' });
});

test.each([
  [OOM],
  [PULL],
  [{ code: 'ServiceSchedulerInitiated', reason: 'Task failed ELB health checks in (target-group arn)' }],
  [{ code: 'SomethingNew', reason: 'nobody knows' }],
])('what replaces a task that failed is no excuse: %o', async (stopped) => {
  expect((await judged(lost(stopped, [starting(1)]))).verdict).toBe('failing');
});

test('a shortage that could not be explained is told', async () => {
  const { verdicts } = await judgeAll({ 'prod/adot': lost(SPOT, [starting(1)]) }, [ecsSignal()], {
    setUp: (api) => api.deny('ecs:ListTasks'),
  });
  expect(verdicts[0]).toMatchObject({
    verdict: 'failing',
    findings: [{ expectation: 'running', observed: '1 of 2 desired tasks running' }],
    unavailable: [{ expectation: 'containers', reason: 'denied' }],
  });
});

test('the failing path looks at stopped tasks once, and the healthy one never', async () => {
  const looks = async (service: SimulatedService) => {
    const { calls } = await judgeAll({ 'prod/adot': service }, [ecsSignal()]);
    return calls.filter(({ input }) => input['desiredStatus'] === 'STOPPED').length;
  };
  expect(await looks(steady)).toBe(0);
  expect(await looks(lost(PULL))).toBe(1);
});

test('hostile words are harmless', async () => {
  const reason = `\u001b[31mred\n\u202Etext${'x'.repeat(5000)}`;
  const events = [{ at: ago(1), message: `(service adot) fail \u0007${'y'.repeat(5000)}` }];
  const { findings } = await judged({ ...lost({ code: 'Evil\u001b', reason }), events });
  const observed = findings[0]?.observed ?? '';
  expect(observed).toContain(String.raw`Evil\u001b: \u001b[31mred \u202etext`);
  expect(observed).toContain(String.raw`fail \u0007`);
  expect(observed.length).toBeLessThan(700);
  expect(observed).not.toMatch(/\p{Cc}/u);
});

test('what stopped more than an hour ago is history', async () => {
  const old = lost(PULL, [starting(1)]);
  const [stays, goes, next] = old.tasks;
  if (!stays || !goes || !next) throw new Error('three tasks');
  const tasks = [stays, { ...goes, stopped: { at: NOON - 2 * HOUR_MS, ...PULL } }, next];
  expect((await judged({ ...old, tasks })).verdict).toBe('ok');
});
