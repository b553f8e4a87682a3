import type { Container, DescribeTasksResponse, Task } from '@aws-sdk/client-ecs';
import { chunked } from '../chunked.ts';
import { type Absent, type Evidence, found, type Unavailable, unavailable } from '../evidence.ts';
import { printable } from '../printable.ts';
import { type Ecs, nameIn, partsOf, refused } from './client.ts';
import type { EcsContainer, EcsTask, StoppedTask } from './questions.ts';

/** What one ListTasks answers, and one DescribeTasks takes. */
const MOST_TASKS = 100;
/** More tasks of a service than ten pages are not read: its answer is partial. */
const MOST_PAGES = 10;
const STARTING = new Set(['PROVISIONING', 'PENDING', 'ACTIVATING']);

/** The tasks of each `CLUSTER/SERVICE` that are meant to run. */
export async function runningTasks(
  ecs: Ecs,
  places: readonly string[],
): Promise<Map<string, Evidence<readonly EcsTask[]>>> {
  return readTasks(ecs, places, 'RUNNING', taskOf);
}

/** The tasks of each `CLUSTER/SERVICE` that stopped, newest first: ECS keeps them for about an hour. */
export async function stoppedTasks(
  ecs: Ecs,
  places: readonly string[],
): Promise<Map<string, Evidence<readonly StoppedTask[]>>> {
  const all = await readTasks(ecs, places, 'STOPPED', stoppedOf);
  const sorted = [...all].map(([place, evidence]): [string, Evidence<readonly StoppedTask[]>] => {
    if (evidence.kind !== 'found') return [place, evidence];
    return [place, { ...evidence, value: evidence.value.toSorted((a, b) => b.stoppedAt - a.stoppedAt) }];
  });
  return new Map(sorted);
}

interface Listed {
  readonly arns: readonly string[];
  readonly isWhole: boolean;
}

/**
 * Lists the tasks of every service, and describes those of a cluster together. A task that ended between the two is left
 * out: ECS reports it as MISSING.
 */
async function readTasks<T>(
  ecs: Ecs,
  places: readonly string[],
  desiredStatus: 'RUNNING' | 'STOPPED',
  read: (task: Task, containers: readonly EcsContainer[]) => T | undefined,
): Promise<Map<string, Evidence<readonly T[]>>> {
  const clusters = Map.groupBy(places, (place) => partsOf(place).cluster);
  const answers = await Promise.all(
    [...clusters.values()].map(async (inside) => {
      const lists = await Promise.all(
        inside.map(async (place) => [place, await listTasks(ecs, place, desiredStatus)] as const),
      );
      const arns = lists.flatMap(([, listed]) => ('kind' in listed ? [] : listed.arns));
      const answersOf = await describeTasks(ecs, inside[0] ?? '', arns);
      return lists.map(([place, listed]): [string, Evidence<readonly T[]>] => [
        place,
        'kind' in listed ? listed : evidenceOf(listed, answersOf, read, ecs.now()),
      ]);
    }),
  );
  return new Map(answers.flat());
}

async function listTasks(
  ecs: Ecs,
  place: string,
  desiredStatus: 'RUNNING' | 'STOPPED',
): Promise<Listed | Absent | Unavailable> {
  const { commands, request } = ecs;
  const { cluster, service: serviceName } = partsOf(place);
  const arns: string[] = [];
  let nextToken: string | undefined;
  try {
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const input = {
        cluster,
        serviceName,
        desiredStatus,
        ...(nextToken === undefined ? {} : { nextToken }),
      };
      const answer = await request({ action: 'ecs:ListTasks' }, (client, options) =>
        client.send(new commands.ListTasksCommand(input), options),
      );
      if (!answer.taskArns) return unavailable('invalid-response', 'ListTasks answered without a list');
      arns.push(...answer.taskArns);
      nextToken = answer.nextToken;
      if (nextToken === undefined) break;
    }
    return { arns: [...new Set(arns)], isWhole: nextToken === undefined };
  } catch (error) {
    return refused(error, 'ListTasks', place, ecs);
  }
}

type Answer = DescribeTasksResponse | Absent | Unavailable;

/** The answer that each task is in, by its ARN. */
async function describeTasks(
  ecs: Ecs,
  place: string,
  arns: readonly string[],
): Promise<ReadonlyMap<string, Answer>> {
  const { commands, request } = ecs;
  const { cluster } = partsOf(place);
  const answers = await Promise.all(
    chunked(arns, MOST_TASKS).map(async (tasks): Promise<[string, Answer][]> => {
      try {
        const answer = await request({ action: 'ecs:DescribeTasks' }, (client, options) =>
          client.send(new commands.DescribeTasksCommand({ cluster, tasks }), options),
        );
        return tasks.map((arn) => [arn, answer]);
      } catch (error) {
        const refusal = refused(error, 'DescribeTasks', place, ecs);
        return tasks.map((arn) => [arn, refusal]);
      }
    }),
  );
  return new Map(answers.flat());
}

function evidenceOf<T>(
  { arns, isWhole }: Listed,
  answers: ReadonlyMap<string, Answer>,
  read: (task: Task, containers: readonly EcsContainer[]) => T | undefined,
  at: number,
): Evidence<readonly T[]> {
  const value: T[] = [];
  let partial = !isWhole;
  for (const arn of arns) {
    const answer = answers.get(arn);
    if (!answer) continue;
    if ('kind' in answer) return answer;
    if (!answer.tasks) return unavailable('invalid-response', 'DescribeTasks answered without tasks');
    const task = answer.tasks.find(({ taskArn }) => taskArn === arn);
    if (task) {
      const containers = task.containers && containersOf(task.containers);
      const known = containers && read(task, containers);
      if (!known) return unavailable('invalid-response', 'DescribeTasks answered without what tasks have');
      value.push(known);
    } else {
      const failure = answer.failures?.find((one) => one.arn === arn);
      partial ||= failure?.reason !== 'MISSING';
    }
  }
  return { ...found(value, at), partial };
}

/** Undefined where what every task has is missing. */
function taskOf(task: Task, containers: readonly EcsContainer[]): EcsTask | undefined {
  const { taskArn, lastStatus, desiredStatus, taskDefinitionArn, createdAt } = task;
  if (taskArn === undefined || lastStatus === undefined || taskDefinitionArn === undefined) return undefined;
  const isMeant = desiredStatus !== 'STOPPED';
  const isRunning = isMeant && lastStatus === 'RUNNING';
  return {
    id: nameIn(taskArn),
    phase: isRunning ? 'running' : isMeant && STARTING.has(lastStatus) ? 'starting' : 'ending',
    revision: nameIn(taskDefinitionArn),
    createdAt: createdAt?.getTime(),
    containers,
  };
}

function stoppedOf(task: Task, containers: readonly EcsContainer[]): StoppedTask | undefined {
  const { taskArn, stoppedAt, stoppingAt, createdAt, stopCode, stoppedReason } = task;
  if (taskArn === undefined) return undefined;
  return {
    id: nameIn(taskArn),
    stoppedAt: (stoppedAt ?? stoppingAt ?? createdAt)?.getTime() ?? 0,
    code: printable(stopCode || 'stopped'),
    reason: printable(stoppedReason || 'no reason told'),
    containers,
  };
}

/** Undefined where one has no name or state. */
function containersOf(all: readonly Container[]): readonly EcsContainer[] | undefined {
  const known = all.flatMap(({ name, image = '', lastStatus, healthStatus, exitCode, reason }) => {
    if (name === undefined || lastStatus === undefined) return [];
    return {
      name: printable(name),
      image: printable(image),
      isStopped: lastStatus === 'STOPPED',
      isUnhealthy: healthStatus === 'UNHEALTHY',
      exitCode,
      reason: reason === undefined ? undefined : printable(reason),
    };
  });
  return known.length === all.length ? known : undefined;
}
