import { formatDuration } from '../duration.ts';
import type { EvidenceBook } from '../question.ts';
import type { EcsContainer, EcsStoppedTasksQuestion, StoppedTask } from './questions.ts';

/** Stops that say nothing against the task: somebody, the scheduler or the infrastructure took it away. */
const TAKEN_AWAY = /^(?:UserInitiated|SpotInterruption|TerminationNotice|InfrastructureHealth)$/;
/** The scheduler's own code stands for failed health checks too; its words tell them apart. */
const MOVED =
  /^Scaling activity initiated|instance is in DRAINING state|performing maintenance on the underlying infrastructure/;
/** As many containers of a stopped task as are named. */
const MOST_NAMED = 3;

/** The tasks that failed, newest first; the others stopped because they were told to. */
export function failedTasks(stopped: readonly StoppedTask[]): readonly StoppedTask[] {
  return stopped.filter(({ code, reason }) => !TAKEN_AWAY.test(code) && !MOVED.test(reason));
}

/**
 * Why tasks of the service failed, by the newest of them: `3 tasks failed lately, the last 2m ago (1a2b3c4d):
 * TaskFailedToStart: CannotPullContainerError: …`. Nothing where none failed, or that could not be asked.
 */
export function whyFailed(book: EvidenceBook, question: EcsStoppedTasksQuestion): string[] {
  const evidence = book.get(question);
  if (evidence?.kind !== 'found') return [];
  const failed = failedTasks(evidence.value);
  const [last] = failed;
  if (!last) return [];
  const ago = `${formatDuration(evidence.at - last.stoppedAt)} ago`;
  const many =
    failed.length === 1 ? `a task failed ${ago}` : `${failed.length} tasks failed, the last ${ago}`;
  const ended = last.containers
    .filter(({ exitCode, reason }) => reason !== undefined || (exitCode ?? 0) !== 0)
    .slice(0, MOST_NAMED)
    .map((container) => `${container.name} ${howEnded(container)}`);
  return [`${many} (${shortId(last.id)}): ${[`${last.code}: ${last.reason}`, ...ended].join('; ')}`];
}

/** How a container ended: `exit code 137 (killed, often out of memory): OutOfMemoryError: …`. */
export function howEnded({ exitCode, reason }: EcsContainer): string {
  const killed = exitCode === 137 ? ' (killed, often out of memory)' : '';
  const code = exitCode === undefined ? 'no exit code' : `exit code ${exitCode}${killed}`;
  return reason === undefined ? code : `${code}: ${reason}`;
}

/** As much of a task's id as the console's search needs. */
export function shortId(id: string): string {
  return id.slice(0, 8);
}
