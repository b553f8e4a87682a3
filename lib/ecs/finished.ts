import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { awsFailure } from '../aws/failure.ts';
import { type Evidence, found, unavailable } from '../evidence.ts';
import { printable } from '../printable.ts';
import type { AnyEvidence } from '../question.ts';
import type { Ecs } from './client.ts';
import type { EcsTask, FinishedContainer } from './questions.ts';

/** Reads a revision, or remembers it: a revision never changes. */
export type ReadRevision = (revision: string) => Promise<Evidence<readonly FinishedContainer[]>>;

/**
 * Which containers of the tasks exited 0 because they were to: only then are definitions read. What cannot be read
 * makes the whole unavailable, since nothing else tells an init container from a dead one.
 */
export async function finishedIn(
  tasks: Evidence<readonly EcsTask[]> | undefined,
  read: ReadRevision,
): Promise<Evidence<readonly FinishedContainer[]>> {
  if (!tasks) return unavailable('invalid-response', 'ECS told nothing about the tasks');
  if (tasks.kind !== 'found') return tasks;
  const revisions = new Set(
    tasks.value
      .filter(({ containers }) => containers.some(({ isStopped, exitCode }) => isStopped && exitCode === 0))
      .map(({ revision }) => revision),
  );
  const answers = await Promise.all([...revisions].map(read));
  const value: FinishedContainer[] = [];
  for (const answer of answers) {
    if (answer.kind !== 'found') return answer;
    value.push(...answer.value);
  }
  return found(value, tasks.at);
}

/** The containers of a revision whose end others wait for. */
export async function readRevision(ecs: Ecs, revision: string): Promise<AnyEvidence> {
  const { commands, request, as } = ecs;
  try {
    const { taskDefinition } = await request({ action: 'ecs:DescribeTaskDefinition' }, (client, options) =>
      client.send(new commands.DescribeTaskDefinitionCommand({ taskDefinition: revision }), options),
    );
    const containers = taskDefinition?.containerDefinitions;
    if (!containers) {
      return unavailable('invalid-response', 'DescribeTaskDefinition answered without containers');
    }
    const value = awaited(containers).map((name) => ({ revision, name }));
    return found(value, ecs.now());
  } catch (error) {
    return awsFailure(error, `ecs:DescribeTaskDefinition on ${revision}, as ${as}`);
  }
}

function awaited(containers: readonly ContainerDefinition[]): string[] {
  const waits = containers.flatMap(({ dependsOn = [] }) => dependsOn);
  const ends = waits.filter(({ condition }) => condition === 'COMPLETE' || condition === 'SUCCESS');
  return [...new Set(ends.map(({ containerName = '' }) => printable(containerName)))];
}
