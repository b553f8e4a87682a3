import * as z from 'zod/mini';
import { about, positive } from '../config/values.ts';
import { counted } from '../counted.ts';
import { formatDuration } from '../duration.ts';
import type {
  EcsService,
  EcsServiceQuestion,
  EcsStoppedTasksQuestion,
  EcsTasksQuestion,
} from '../ecs/questions.ts';
import { failedTasks, whyFailed } from '../ecs/stopped.ts';
import { answered, answeredAt, type Check, forStates } from '../expectation.ts';
import type { EvidenceBook } from '../question.ts';
import { isChanging, statusOf } from './status.ts';

export const runningSettings = z.strictObject({
  min: about(positive, 'At least so many tasks are desired and running.'),
});

export type RunningSettings = z.output<typeof runningSettings>;

/** A task may take so long from its creation until it runs: an image is pulled, an instance is launched. */
const LONGEST_START_MS = 10 * 60_000;
const TROUBLE = /unable|unhealthy|fail|error|insufficient|unavailable|exceed|throttl/i;

/** Judges that all tasks of a service run that are desired, and at least one; with `min`, that so many are and do. */
export const running: Check = forStates((signal) => {
  if (signal.plane !== 'ecsService') return [];
  const place = signal.address;
  const min = signal.running?.min;
  const question: EcsServiceQuestion = { ask: 'ecsService', place };
  const tasks: EcsTasksQuestion = { ask: 'ecsTasks', place };
  const stopped: EcsStoppedTasksQuestion = { ask: 'ecsStoppedTasks', place };
  const path = min === undefined ? 'running' : 'running.min';
  const needed = ({ desired }: EcsService) => min ?? Math.max(1, desired);
  const isWanted = (service: EcsService) => service.desired >= (min ?? 1);
  const isShort = (book: EvidenceBook) => {
    const service = answered(book, question);
    return service.running < needed(service);
  };
  const isHeld = (book: EvidenceBook) => {
    const service = answered(book, question);
    if (!isWanted(service)) return false;
    return isChanging(signal, book) || areStarting(service, needed(service), book, tasks, stopped);
  };
  return [
    {
      path,
      questions: [statusOf(signal), question],
      holdsIfComplete: [],
      failsIfComplete: [],
      furtherQuestions: (book) => (isShort(book) && !isHeld(book) ? [tasks, stopped] : []),
      judge: (book) => {
        const service = answered(book, question);
        // A service that is being deleted is told by its status.
        if (answered(book, statusOf(signal)).status === 'DRAINING') return { findings: [] };
        if (isWanted(service) && !isShort(book)) return { findings: [] };
        if (isHeld(book)) return { findings: [], rollout: true };
        const now = answeredAt(book, question);
        const why = isWanted(service) ? [...lastEvent(service, now), ...whyFailed(book, stopped)] : [];
        const observed = [countsOf(service), ...why].join('; ');
        const expected =
          min === undefined ? 'all desired tasks run, at least one' : `at least ${min} desired and running`;
        return { findings: [{ expectation: path, subject: place, expected, observed }] };
      },
      facts: (book) => {
        const service = answered(book, question);
        const starting = book.get(tasks);
        const many =
          starting?.kind === 'found' ? starting.value.filter(({ phase }) => phase === 'starting').length : 0;
        return [`${countsOf(service)}${many > 0 ? `, ${many} starting` : ''}`];
      },
    },
  ];
});

function countsOf({ desired, running: run, isDaemon }: EcsService): string {
  if (desired > 0) return `${run} of ${counted(desired, 'desired task')} running`;
  const why = isDaemon ? 'no instance is there for the daemon' : 'the service is scaled to 0';
  return `no task is desired: ${why}`;
}

/**
 * Whether the tasks that are missing were created a short time ago and nothing failed since the service was last steady: one
 * that grows, or replaces what was taken away. False where that could not be asked, or was answered in part.
 */
function areStarting(
  { steadyAt = 0 }: EcsService,
  needed: number,
  book: EvidenceBook,
  tasks: EcsTasksQuestion,
  stopped: EcsStoppedTasksQuestion,
): boolean {
  const [all, ended] = [book.get(tasks), book.get(stopped)];
  if (all?.kind !== 'found' || ended?.kind !== 'found' || ended.partial) return false;
  const alive = all.value.filter(({ phase, createdAt = 0 }) => {
    if (phase === 'ending') return false;
    return phase === 'running' || all.at - createdAt <= LONGEST_START_MS;
  });
  const hasFailed = failedTasks(ended.value).some(({ stoppedAt }) => stoppedAt > steadyAt);
  return alive.length >= needed && !hasFailed;
}

/** The event that says best what is wrong: trouble before what is merely new. */
function lastEvent({ events }: EcsService, now: number): string[] {
  const event = events.find(({ says }) => TROUBLE.test(says)) ?? events[0];
  return event ? [`event ${formatDuration(now - event.at)} ago: ${event.says}`] : [];
}
