import * as z from 'zod/mini';
import type {
  EcsContainer,
  EcsFinishedQuestion,
  EcsServiceQuestion,
  EcsTask,
  EcsTasksQuestion,
} from '../ecs/questions.ts';
import { howEnded, shortId } from '../ecs/stopped.ts';
import { answered, type Check, type Finding, forStates } from '../expectation.ts';
import type { EvidenceBook } from '../question.ts';
import { isChanging, statusOf } from './status.ts';

const NOT_NAMES = 'is not a list of container names; write [adot-collector]';

/** Containers that must run in every running task; by default those whose name or image tells of a collector. */
export const containersSettings = z
  .array(z.string({ error: NOT_NAMES }).check(z.minLength(1)), { error: NOT_NAMES })
  .check(z.minLength(1));

export type ContainersSettings = z.output<typeof containersSettings>;

const COLLECTOR = /otel|adot|collector/i;

type Trouble = 'stopped' | 'unhealthy' | 'missing';

interface Case {
  readonly name: string;
  readonly trouble: Trouble;
  readonly task: EcsTask;
  readonly detail?: string;
}

/**
 * Judges that the collector's container runs in every running task. ECS calls a task RUNNING, and the service steady, after
 * a container that is not essential has died.
 */
export const containers: Check = forStates((signal) => {
  if (signal.plane !== 'ecsService') return [];
  const place = signal.address;
  const tasks: EcsTasksQuestion = { ask: 'ecsTasks', place };
  const finished: EcsFinishedQuestion = { ask: 'ecsFinished', place };
  const service: EcsServiceQuestion = { ask: 'ecsService', place };
  const listed = signal.containers && [...new Set(signal.containers)];
  const isJudged = ({ name, image }: EcsContainer) =>
    listed ? listed.includes(name) : COLLECTOR.test(name) || COLLECTOR.test(image);
  const running = (book: EvidenceBook) => answered(book, tasks).filter(({ phase }) => phase === 'running');
  return [
    {
      path: 'containers',
      questions: listed ? [tasks, statusOf(signal), service] : [tasks],
      alongside: [finished],
      holdsIfComplete: [tasks],
      failsIfComplete: [],
      shows: () => tasks,
      judge: (book) => {
        const all = running(book);
        const cases = all.flatMap((task) =>
          task.containers.filter(isJudged).flatMap((container) => caseOf(task, container, book, finished)),
        );
        const missing = all.flatMap((task) => missingFrom(task, listed ?? []));
        // A container that the new revision brings is not yet in the tasks that are being replaced.
        const isRolling = missing.length > 0 && isChanging(signal, book);
        const { revision } = isRolling ? answered(book, service) : {};
        const told = missing.filter(({ task }) => !isRolling || task.revision === revision);
        return {
          findings: findingsOf([...cases, ...told], all.length),
          rollout: told.length < missing.length,
        };
      },
      facts: (book) => {
        const evidence = book.get(tasks);
        if (listed || (evidence?.kind === 'found' && evidence.partial)) return [];
        const all = running(book);
        const names = new Set(
          all.flatMap((task) => task.containers.filter(isJudged).map(({ name }) => name)),
        );
        if (names.size > 0) return [`collector containers: ${[...names].sort().join(', ')}`];
        if (all.length === 0 || COLLECTOR.test(place.split('/')[1] ?? '')) return [];
        return ['no container looks like a collector; list it under containers'];
      },
    },
  ];
});

/** What is wrong with a container. One that exited 0 is judged only where it is known whether it was to. */
function caseOf(
  task: EcsTask,
  container: EcsContainer,
  book: EvidenceBook,
  finished: EcsFinishedQuestion,
): Case[] {
  const { name, isStopped, isUnhealthy, exitCode } = container;
  if (!isStopped) return isUnhealthy ? [{ name, trouble: 'unhealthy', task }] : [];
  if (exitCode === 0) {
    const ends = book.get(finished);
    if (ends?.kind !== 'found') return [];
    if (ends.value.some((one) => one.revision === task.revision && one.name === name)) return [];
  }
  return [{ name, trouble: 'stopped', task, detail: howEnded(container) }];
}

function missingFrom(task: EcsTask, names: readonly string[]): Case[] {
  const there = new Set(task.containers.map(({ name }) => name));
  return names.filter((name) => !there.has(name)).map((name) => ({ name, trouble: 'missing', task }));
}

/** One finding for each container, whatever is wrong with it in whichever tasks. */
function findingsOf(cases: readonly Case[], runningTasks: number): Finding[] {
  const expected = 'there, running and not unhealthy in every running task';
  return [...Map.groupBy(cases, ({ name }) => name)].map(([subject, of]) => {
    const troubles = [...Map.groupBy(of, ({ trouble }) => trouble)];
    const observed = troubles.map(([trouble, [first, ...others]]) => {
      const many = `${trouble} in ${1 + others.length} of ${runningTasks} running tasks`;
      const example = `such as ${shortId(first?.task.id ?? '')}`;
      return `${many}, ${example}${first?.detail === undefined ? '' : `: ${first.detail}`}`;
    });
    return { expectation: 'containers', subject, expected, observed: observed.join('; ') };
  });
}
