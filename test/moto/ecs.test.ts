import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../lib/clock.ts';
import { type Question, questionKey } from '../../lib/question.ts';
import { ecsService } from '../../lib/sources/ecsService.ts';
import { ecsSignal } from '../support/ecs-account.ts';
import { hasMoto, startMoto } from '../support/moto.ts';
import { testPorts } from '../support/ports.ts';

const available = hasMoto('ECS');

const CREDENTIALS = { accessKeyId: 'testing', secretAccessKey: 'testing' };

describe.skipIf(!available)('the ECS plane on moto', () => {
  let stop = async (): Promise<void> => {};

  beforeAll(async () => {
    const moto = await startMoto();
    stop = moto.stop;
    vi.stubEnv('AWS_ENDPOINT_URL_ECS', moto.url);
    const client = new ECSClient({ region: 'eu-west-1', credentials: CREDENTIALS });
    await client.send(new CreateClusterCommand({ clusterName: 'prod' }));
    const containerDefinitions = [{ name: 'aws-otel-collector', image: 'x/aws-otel-collector', memory: 100 }];
    await client.send(new RegisterTaskDefinitionCommand({ family: 'adot', containerDefinitions }));
    const taskDefinition = 'adot:1';
    const service = { cluster: 'prod', serviceName: 'adot', taskDefinition, desiredCount: 2 };
    await client.send(new CreateServiceCommand(service));
    // Moto starts no tasks for its services.
    const awsvpcConfiguration = { subnets: ['subnet-1'] };
    const task = {
      cluster: 'prod',
      taskDefinition,
      group: 'service:adot',
      networkConfiguration: { awsvpcConfiguration },
    };
    await client.send(new RunTaskCommand({ ...task, launchType: 'FARGATE', startedBy: 'ecs-svc/1' }));
  }, 40_000);

  afterAll(async () => {
    await stop();
    vi.unstubAllEnvs();
  });

  async function ask(...questions: readonly Question[]) {
    const ports = testPorts({ clock: systemClock, credentials: () => async () => CREDENTIALS });
    const answers = await ecsService(ecsSignal(), ports).ask(questions);
    return questions.map((question) => answers.get(questionKey(question)));
  }

  test('tells of a service, its rollout and its tasks', async () => {
    const place = 'prod/adot';
    const answers = await ask(
      { ask: 'status', place },
      { ask: 'ecsService', place },
      { ask: 'ecsTasks', place },
    );
    expect(answers).toMatchObject([
      { kind: 'found', value: { version: 'adot:1', changedAt: expect.any(Number) } },
      { kind: 'found', value: { desired: 2, revision: 'adot:1' } },
      {
        kind: 'found',
        partial: false,
        value: [{ revision: 'adot:1', containers: [{ name: 'aws-otel-collector' }] }],
      },
    ]);
  });

  test('a service, or a cluster, that does not exist is absent', async () => {
    const places = ['prod/none', 'nowhere/adot'];
    const answers = await ask(...places.map((place): Question => ({ ask: 'status', place })));
    expect(answers).toMatchObject([
      { kind: 'absent', subject: 'ECS service prod/none' },
      { kind: 'absent', subject: 'ECS cluster nowhere' },
    ]);
  });
});
