import { describe, expect, test } from 'vitest';
import { type Question, questionKey } from '../../lib/question.ts';
import { ecsService } from '../../lib/sources/ecsService.ts';
import type { SimulatedService } from '../../rehearsal/ecs-state.ts';
import { steadyService } from '../../rehearsal/ecs-service.ts';
import { fakeClock, testPorts } from '../support/ports.ts';
import {
  as,
  ecsSignal,
  judgeAll,
  judged,
  MINUTE_MS,
  NOON,
  type Services,
  startAccount,
} from '../support/ecs-account.ts';
import { planeContract } from './plane-contract.ts';

const ACTIONS = ['DescribeServices', 'ListTasks', 'DescribeTasks', 'DescribeTaskDefinition'];
const steady = steadyService('adot:1', 2, NOON);
const INIT_DONE = { agent: { stoppedAt: NOON - 86_000_000, exitCode: 0 } };

function withTasks(service: SimulatedService, containers: SimulatedService['tasks'][number]['containers']) {
  return {
    ...service,
    tasks: service.tasks.map((task) => ({ ...task, ...(containers ? { containers } : {}) })),
  };
}

const sidecars = withTasks(steadyService('shop:1', 3, NOON), INIT_DONE);

describe('as any plane', () => {
  const place = 'prod/shop';
  const questions: Question[] = [
    { ask: 'status', place },
    { ask: 'ecsService', place },
    { ask: 'ecsTasks', place },
    { ask: 'ecsFinished', place },
    { ask: 'ecsStoppedTasks', place },
  ];
  planeContract(
    async (ports, trouble) => {
      const started = await startAccount({ [place]: sidecars }, ports, {
        interfere: () => {
          if (trouble === 'hangs') return 'hang';
          if (trouble === 'resets') return 'reset';
          if (trouble === 'fails') return { status: 503, body: 'unavailable' };
          return trouble === 'talks-nonsense' ? { status: 200, body: '{}' } : undefined;
        },
      });
      if (trouble === 'throttles') started.throttle(Number.POSITIVE_INFINITY);
      if (trouble === 'denies') for (const action of ACTIONS) started.deny(`ecs:${action}`);
      return {
        source: ecsService(ecsSignal(place), { ...ports, ...as }),
        requests: () => started.calls.length,
      };
    },
    questions,
    { now: NOON },
  );

  test.each([
    ['a service without counts', { services: [{ serviceName: 'shop', status: 'ACTIVE' }] }, 'ecsService'],
    ['another service', { services: [{ serviceName: 'cart', status: 'ACTIVE' }] }, 'status'],
    ['a task without a state', { taskArns: ['t'], tasks: [{ taskArn: 't', containers: [] }] }, 'ecsTasks'],
    [
      'a task without containers',
      { taskArns: ['t'], tasks: [{ taskArn: 't', lastStatus: 'RUNNING' }] },
      'ecsTasks',
    ],
  ] as const)('%s is no answer', async (_, body, ask) => {
    const ports = testPorts({ clock: fakeClock(NOON) });
    const interfere = () => ({ status: 200, body: JSON.stringify(body) });
    await startAccount({}, ports, { interfere });
    const question: Question = { ask, place };
    const answers = await ecsService(ecsSignal(place), { ...ports, ...as }).ask([question]);
    expect(answers.get(questionKey(question))).toMatchObject({
      kind: 'unavailable',
      reason: 'invalid-response',
    });
  });
});

test('a healthy service is ok, and the report says what runs', async () => {
  expect(await judged(steady)).toMatchObject({
    verdict: 'ok',
    state: null,
    unavailable: [],
    evidence: {
      facts: ['adot:1 ACTIVE', '2 of 2 desired tasks running', 'collector containers: aws-otel-collector'],
      markers: [{ of: 'service prod/adot', did: 'deployed', version: 'adot:1', at: NOON - 86_400_000 }],
      questions: [
        'aws ecs describe-services --cluster prod --services adot',
        "aws ecs describe-tasks --cluster prod --tasks $(aws ecs list-tasks --cluster prod --service-name adot --query 'taskArns[:100]' --output text)",
      ],
    },
  });
});

describe('what it costs', () => {
  const places = ['prod/a', 'prod/b', 'prod/c', 'prod/d'];
  const operations = (calls: readonly { readonly operation: string }[]) =>
    calls.map(({ operation }) => operation);

  test('four services of a cluster take six requests', async () => {
    const services = Object.fromEntries(places.map((place) => [place, named(steady, place)]));
    const { verdicts, calls } = await judgeAll(
      services,
      places.map((place) => ecsSignal(place)),
    );
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(operations(calls).sort()).toEqual([
      'DescribeServices',
      'DescribeTasks',
      ...places.map(() => 'ListTasks'),
    ]);
  });

  test('a revision is read once, and only where a container exited 0', async () => {
    const ports = testPorts({ clock: fakeClock(NOON) });
    const api = await startAccount({ 'prod/shop': sidecars }, ports);
    const open = () => ecsService(ecsSignal('prod/shop'), { ...ports, ...as });
    const question: Question = { ask: 'ecsFinished', place: 'prod/shop' };
    for (let run = 0; run < 3; run += 1) {
      const answers = await open().ask([question]);
      expect(answers.get(questionKey(question))).toMatchObject({
        value: [{ revision: 'shop:1', name: 'agent' }],
      });
    }
    expect(operations(api.calls).filter((name) => name === 'DescribeTaskDefinition')).toHaveLength(1);
  });

  test('more than ten services take two requests, more than a hundred tasks two pages', async () => {
    const many = Object.fromEntries(Array.from({ length: 11 }, (_, at) => [`prod/s${at}`, `s${at}`]));
    const services = Object.fromEntries(Object.keys(many).map((place) => [place, named(steady, place)]));
    const { verdicts, calls } = await judgeAll(
      services,
      Object.keys(many).map((place) => ecsSignal(place)),
    );
    expect(verdicts.every(({ verdict }) => verdict === 'ok')).toBe(true);
    expect(operations(calls).filter((name) => name === 'DescribeServices')).toHaveLength(2);

    const large = withTasks(steadyService('adot:1', 230, NOON), undefined);
    const one = await judgeAll({ 'prod/adot': large }, [ecsSignal()]);
    expect(one.verdicts[0]).toMatchObject({ verdict: 'ok' });
    expect(operations(one.calls).filter((name) => name === 'ListTasks')).toHaveLength(3);
    expect(operations(one.calls).filter((name) => name === 'DescribeTasks')).toHaveLength(3);
  });

  test('services of equal names in two ECS clusters are two', async () => {
    const services: Services = {
      'prod/adot': steady,
      'edge/adot': { ...named(steady, 'edge/adot'), desired: 0, tasks: [] },
    };
    const { verdicts } = await judgeAll(services, [ecsSignal('prod/adot'), ecsSignal('edge/adot')]);
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['ok', 'failing']);
  });
});

describe('more tasks than are read', () => {
  const huge = steadyService('adot:1', 1001, NOON);

  test('leave a healthy answer incomplete', async () => {
    const verdict = await judged(huge);
    expect(verdict).toMatchObject({
      verdict: 'unknown',
      findings: [],
      unavailable: [{ expectation: 'containers', reason: 'incomplete' }],
    });
  });

  test('do not hide what was seen, nor say what was not', async () => {
    const [first, ...others] = huge.tasks;
    const dead = {
      ...first,
      containers: { 'aws-otel-collector': { stoppedAt: NOON - MINUTE_MS, exitCode: 1 } },
    };
    const verdict = await judged({ ...huge, tasks: [dead as (typeof huge.tasks)[0], ...others] });
    expect(verdict.findings).toMatchObject([
      {
        expectation: 'containers',
        observed: expect.stringMatching(/^stopped in 1 of 1000 running tasks, such as task-0: exit code 1$/),
      },
    ]);
    const plain = await judgeAll({ 'prod/shop': steadyService('plain:1', 1001, NOON) }, [
      ecsSignal('prod/shop'),
    ]);
    expect(plain.verdicts[0]?.evidence.facts).toEqual([
      'plain:1 ACTIVE',
      '1001 of 1001 desired tasks running',
    ]);
  });
});

describe('what does not exist', () => {
  test('is a finding: the service, also one that was deleted, or its cluster', async () => {
    const deleted = { ...steady, status: 'INACTIVE' as const, desired: 0, tasks: [] };
    const { verdicts } = await judgeAll({ 'prod/adot': steady, 'prod/gone': deleted }, [
      ecsSignal('prod/none'),
      ecsSignal('prod/gone'),
      ecsSignal('elsewhere/adot'),
      ecsSignal('prod/adot'),
    ]);
    expect(verdicts.map(({ findings }) => findings)).toMatchObject([
      [{ expectation: 'exists', subject: 'ECS service prod/none' }],
      [
        {
          expectation: 'exists',
          subject: 'ECS service prod/gone',
          observed: 'the service is INACTIVE: it was deleted',
        },
      ],
      [{ expectation: 'exists', subject: 'ECS cluster elsewhere' }],
      [],
    ]);
  });

  test('is not what failed for another reason', async () => {
    const failures = [
      { arn: 'arn:aws:ecs:eu-west-1:1:service/prod/adot', reason: 'THROTTLED', detail: 'evil\u001b[0m' },
    ];
    const verdict = await judged(
      steady,
      {},
      {
        interfere: ({ operation }) =>
          operation === 'DescribeServices'
            ? { status: 200, body: JSON.stringify({ services: [], failures }) }
            : undefined,
      },
    );
    expect(verdict).toMatchObject({
      verdict: 'unknown',
      unavailable: [
        {
          expectation: 'status',
          reason: 'rejected',
          detail: String.raw`ecs:DescribeServices on prod/adot: THROTTLED: evil\u001b[0m`,
        },
        { expectation: 'running', reason: 'rejected' },
      ],
    });
  });
});

describe('what is denied', () => {
  test.each([
    ['DescribeServices', ['status', 'running']],
    ['ListTasks', ['containers']],
    ['DescribeTasks', ['containers']],
    ['DescribeTaskDefinition', ['containers']],
  ] as const)('%s blinds no more than needs it, and is named', async (action, blind) => {
    const verdict = await judged(sidecars, {}, { setUp: (api) => api.deny(`ecs:${action}`) });
    expect(verdict).toMatchObject({ verdict: 'unknown', findings: [] });
    expect(verdict.unavailable.map(({ expectation }) => expectation)).toEqual(blind);
    for (const { reason, detail } of verdict.unavailable) {
      expect(reason).toBe('denied');
      expect(detail).toMatch(new RegExp(`needed: ecs:${action} on .*, as the default AWS credentials`));
    }
  });

  test('without definitions a container that exited 0 is not judged, and any other is', async () => {
    const dead = { 'aws-otel-collector': { stoppedAt: NOON - MINUTE_MS, exitCode: 137 } };
    const setUp: Parameters<typeof judged>[2] = { setUp: (api) => api.deny('ecs:DescribeTaskDefinition') };
    const verdict = await judged(withTasks(sidecars, { ...INIT_DONE, ...dead }), {}, setUp);
    expect(verdict.findings.map(({ subject }) => subject)).toEqual(['aws-otel-collector']);
  });

  test('one service of a batch leaves the others to be asked alone', async () => {
    const services: Services = { 'prod/adot': steady, 'prod/secret': named(steady, 'prod/secret') };
    const refusal = {
      __type: 'AccessDeniedException',
      message: 'not authorized to perform: ecs:DescribeServices',
    };
    const { verdicts } = await judgeAll(services, [ecsSignal('prod/adot'), ecsSignal('prod/secret')], {
      interfere: ({ operation, input }) =>
        operation === 'DescribeServices' && JSON.stringify(input).includes('secret')
          ? { status: 400, body: JSON.stringify(refusal) }
          : undefined,
    });
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['ok', 'unknown']);
  });
});

describe('a task that ends between the two calls', () => {
  const arn = (id: string) => `arn:aws:ecs:eu-west-1:111122223333:task/prod/${id}`;
  const task = (id: string, over: object = {}) => ({
    taskArn: arn(id),
    taskDefinitionArn: 'arn:aws:ecs:eu-west-1:111122223333:task-definition/adot:1',
    lastStatus: 'RUNNING',
    desiredStatus: 'RUNNING',
    containers: [{ name: 'aws-otel-collector', image: 'x', lastStatus: 'RUNNING' }],
    ...over,
  });
  const judgeWith = async (answer: object) =>
    judged(
      steady,
      {},
      {
        interfere: ({ operation }) =>
          operation === 'DescribeTasks' ? { status: 200, body: JSON.stringify(answer) } : undefined,
      },
    );

  test('is no trouble where ECS says that it is missing; anything else leaves the answer incomplete', async () => {
    const failing = (reason: string) => ({
      tasks: [task('task-0')],
      failures: [{ arn: arn('task-1'), reason }],
    });
    const incomplete = {
      verdict: 'unknown',
      unavailable: [{ expectation: 'containers', reason: 'incomplete' }],
    };
    expect(await judgeWith(failing('MISSING'))).toMatchObject({ verdict: 'ok', unavailable: [] });
    expect(await judgeWith(failing('BROKEN'))).toMatchObject(incomplete);
    expect(await judgeWith({ tasks: [task('task-0')] })).toMatchObject(incomplete);
  });

  test('is on its way only before it runs', async () => {
    const phases = ['PROVISIONING', 'PENDING', 'ACTIVATING', 'RUNNING', 'DEACTIVATING', 'STOPPED'];
    const ports = testPorts({ clock: fakeClock(NOON) });
    const answer = {
      taskArns: phases.map(arn),
      tasks: phases.map((lastStatus) => task(lastStatus, { lastStatus })),
    };
    await startAccount({}, ports, { interfere: () => ({ status: 200, body: JSON.stringify(answer) }) });
    const question: Question = { ask: 'ecsTasks', place: 'prod/adot' };
    const answers = await ecsService(ecsSignal(), { ...ports, ...as }).ask([question]);
    expect(answers.get(questionKey(question))).toMatchObject({
      value: [...Array(3).fill('starting'), 'running', 'ending', 'ending'].map((phase) => ({ phase })),
    });
  });

  test.each(['RUNNING', 'DEACTIVATING', 'STOPPING', 'DEPROVISIONING', 'STOPPED'])(
    'is not judged while it is %s',
    async (lastStatus) => {
      const containers = [{ name: 'aws-otel-collector', image: 'x', lastStatus: 'STOPPED', exitCode: 1 }];
      const ending = task('task-1', { lastStatus, desiredStatus: 'STOPPED', containers });
      expect((await judgeWith({ tasks: [task('task-0'), ending] })).verdict).toBe('ok');
      const running = task('task-1', { containers });
      expect((await judgeWith({ tasks: [task('task-0'), running] })).verdict).toBe('failing');
    },
  );
});

/** Tasks of different services have different ids. */
function named(service: SimulatedService, place: string): SimulatedService {
  return {
    ...service,
    tasks: service.tasks.map((task) => ({ ...task, id: `${place.replace('/', '-')}-${task.id}` })),
  };
}
