import { expect, test } from 'vitest';
import type { SimulatedContainer, SimulatedEnd, SimulatedService } from '../../rehearsal/ecs-state.ts';
import { rolledOver, steadyService } from '../../rehearsal/ecs-service.ts';
import { ecsSignal, judgeAll, judged, MINUTE_MS, NOON, REVISIONS } from '../support/ecs-account.ts';

const steady = steadyService('shop:1', 4, NOON);
const LONG_AGO = NOON - 80_000_000;
const INIT_DONE = { agent: { stoppedAt: LONG_AGO, exitCode: 0 } };
const COLLECTOR = 'aws-otel-collector';

/** The first `count` tasks have containers that ended so; the init container of all is done. */
function ended(ends: Readonly<Record<string, SimulatedEnd>>, count = 1): SimulatedService {
  const tasks = steady.tasks.map((task, index) => ({
    ...task,
    containers: { ...INIT_DONE, ...(index < count ? ends : {}) },
  }));
  return { ...steady, tasks };
}

test('a sidecar that died in a running task is a finding, although ECS shows all of them running', async () => {
  const dead = {
    [COLLECTOR]: { stoppedAt: NOON - MINUTE_MS, exitCode: 137, reason: 'OutOfMemoryError: killed' },
  };
  const verdict = await judged(ended(dead, 2));
  expect(verdict).toMatchObject({
    verdict: 'failing',
    findings: [
      {
        expectation: 'containers',
        subject: COLLECTOR,
        expected: 'there, running and not unhealthy in every running task',
        observed:
          'stopped in 2 of 4 running tasks, such as task-0: exit code 137 (killed, often out of memory): OutOfMemoryError: killed',
      },
    ],
    evidence: { facts: expect.arrayContaining(['shop:1 ACTIVE', '4 of 4 desired tasks running']) },
  });
});

test('an unhealthy container is a finding, and one container has one', async () => {
  const { findings } = await judged({
    ...ended({ [COLLECTOR]: { unhealthyAt: NOON - MINUTE_MS } }, 2),
  });
  expect(findings).toMatchObject([{ observed: 'unhealthy in 2 of 4 running tasks, such as task-0' }]);
  const both = ended({ [COLLECTOR]: { unhealthyAt: NOON - MINUTE_MS } }, 2);
  const [first, ...others] = both.tasks;
  if (!first) throw new Error('no task');
  const dead = { ...first, containers: { ...INIT_DONE, [COLLECTOR]: { stoppedAt: NOON - 1 } } };
  expect((await judged({ ...both, tasks: [dead, ...others] })).findings).toMatchObject([
    {
      subject: COLLECTOR,
      observed:
        'stopped in 1 of 4 running tasks, such as task-0: no exit code; unhealthy in 1 of 4 running tasks, such as task-1',
    },
  ]);
});

test('an init container that exited 0 is done; any other exit of it is not', async () => {
  expect(await judged(ended({}))).toMatchObject({ verdict: 'ok', findings: [], unavailable: [] });
  const dependsOn = [{ containerName: 'agent', condition: 'COMPLETE' }];
  const app = { name: 'app', image: 'a', dependsOn };
  const revisions = new Map([['shop:1', [app, { name: 'agent', image: 'adot' }]]]);
  expect((await judged(ended({}), {}, { revisions })).verdict).toBe('ok');
  expect((await judged(ended({ agent: { stoppedAt: LONG_AGO, exitCode: 1 } }))).findings).toMatchObject([
    { subject: 'agent', observed: expect.stringContaining('exit code 1') },
  ]);
});

test('a container that nobody waits for is dead when it exits 0', async () => {
  const { findings } = await judged(ended({ [COLLECTOR]: { stoppedAt: NOON - MINUTE_MS, exitCode: 0 } }));
  expect(findings).toMatchObject([{ subject: COLLECTOR, observed: expect.stringMatching(/: exit code 0$/) }]);
});

test('what one revision waits for another does not', async () => {
  const [first, ...others] = ended({}).tasks;
  if (!first) throw new Error('no task');
  const alone: readonly SimulatedContainer[] = [{ name: 'agent', image: 'adot' }];
  const revisions = new Map([...REVISIONS, ['shop:3', alone]]);
  const service = { ...steady, tasks: [{ ...first, revision: 'shop:3' }, ...others] };
  expect((await judged(service, {}, { revisions })).findings).toMatchObject([
    { subject: 'agent', observed: 'stopped in 1 of 4 running tasks, such as task-0: exit code 0' },
  ]);
});

test('who waits only for its start or its health does not wait for its end', async () => {
  for (const condition of ['START', 'HEALTHY']) {
    const revisions = new Map([
      [
        'shop:1',
        [
          { name: 'app', image: 'a', dependsOn: [{ containerName: COLLECTOR, condition }] },
          { name: COLLECTOR, image: 'c' },
        ],
      ],
    ]);
    const { findings } = await judged(
      ended({ [COLLECTOR]: { stoppedAt: NOON - MINUTE_MS, exitCode: 0 } }),
      {},
      { revisions },
    );
    expect(findings).toMatchObject([{ subject: COLLECTOR }]);
  }
});

test('containers that are not of the collector are not judged', async () => {
  expect((await judged(ended({ app: { stoppedAt: NOON - 1, exitCode: 1 } }))).verdict).toBe('ok');
  const { findings } = await judged(ended({ app: { stoppedAt: NOON - 1, exitCode: 1 } }), {
    containers: ['app'],
  });
  expect(findings).toMatchObject([{ expectation: 'containers', subject: 'app' }]);
});

test('tasks that start or end are not judged', async () => {
  const dead = { ...INIT_DONE, [COLLECTOR]: { stoppedAt: NOON - 1, exitCode: 1 } };
  const [first, second, ...others] = steady.tasks.map((task) => ({ ...task, containers: INIT_DONE }));
  if (!first || !second) throw new Error('no tasks');
  const beginning = { ...first, containers: dead, runsAt: Number.POSITIVE_INFINITY };
  const stopped = {
    at: NOON,
    code: 'ServiceSchedulerInitiated',
    reason: 'Scaling activity initiated by (x)',
  };
  const ending = { ...second, containers: dead, stopped };
  expect((await judged({ ...steady, desired: 2, tasks: [beginning, ending, ...others] })).verdict).toBe('ok');
});

test('a listed container must be in every running task', async () => {
  expect((await judged(ended({}), { containers: [COLLECTOR, 'app'] })).verdict).toBe('ok');
  expect((await judged(ended({}), { containers: [COLLECTOR, 'fluent-bit'] })).findings).toMatchObject([
    { subject: 'fluent-bit', observed: 'missing in 4 of 4 running tasks, such as task-0' },
  ]);
});

test('a container that a new revision brings is not missed in the tasks that it replaces', async () => {
  const rolling = rolledOver(ended({}, 0), 'shop:2', NOON - 2.5 * MINUTE_MS, MINUTE_MS);
  const { verdicts } = await judgeAll({ 'prod/adot': rolling }, [
    ecsSignal('prod/adot', { containers: ['extra'] }),
    ecsSignal('prod/adot', { name: 'other', containers: ['extra', 'never'] }),
  ]);
  expect(verdicts[0]).toMatchObject({ verdict: 'ok', state: 'rollout' });
  expect(verdicts[1]?.findings.map(({ subject }) => subject)).toEqual(['never']);
  const { findings } = await judged(ended({}), { containers: ['extra'] });
  expect(findings).toMatchObject([{ subject: 'extra' }]);
});

test('a task without anything like a collector is told of, unless the service is one', async () => {
  const plain = steadyService('plain:1', 1, NOON);
  const { verdicts } = await judgeAll(
    { 'prod/shop': plain, 'prod/ADOTService': { ...plain, tasks: [], desired: 1 } },
    [ecsSignal('prod/shop')],
  );
  expect(verdicts[0]).toMatchObject({
    verdict: 'ok',
    evidence: {
      facts: expect.arrayContaining(['no container looks like a collector; list it under containers']),
    },
  });
  const collector = await judgeAll({ 'prod/ADOTService': plain }, [ecsSignal('prod/ADOTService')]);
  expect(collector.verdicts[0]?.evidence.facts).toEqual(['plain:1 ACTIVE', '1 of 1 desired task running']);
});

test('hostile names are harmless', async () => {
  const name = `otel\u001b[31m\u202E${'n'.repeat(1000)}`;
  const revisions = new Map([...REVISIONS, ['shop:1', [{ name, image: 'evil' }]]]);
  const dead = { [name]: { stoppedAt: NOON - 1, exitCode: 1, reason: 'bad\u0007' } };
  const [finding] = (await judged(ended(dead), {}, { revisions })).findings;
  expect(finding?.subject).toMatch(/^otel\\u001b\[31m\\u202en+…$/);
  expect(finding?.observed).toMatch(/exit code 1: bad\\u0007$/);
});
