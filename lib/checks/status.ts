import { formatDuration } from '../duration.ts';
import type { EcsStoppedTasksQuestion } from '../ecs/questions.ts';
import { whyFailed } from '../ecs/stopped.ts';
import { answered, answeredAt, type Check, forStates } from '../expectation.ts';
import type { Condition, EvidenceBook, StatusQuestion } from '../question.ts';
import type { StatePlane, StateSignal } from '../signal.ts';

/** An update that takes longer than this is not on a healthy way any more. */
const LONGEST_CHANGE_MS = 30 * 60_000;

const CALLED: Readonly<Record<StatePlane, string>> = {
  eksAddon: 'add-on',
  ecsService: 'service',
  ampWorkspace: 'workspace',
};

/** What a good state does not say: people take it for more than it is. */
const SAYS_NOTHING: Partial<Record<StatePlane, string>> = {
  eksAddon: 'tells of the operator, not whether a collector runs',
  ampWorkspace: 'says nothing of what arrives',
};

/** Judges that a piece of the machinery is in the state that its API calls good, without anything it says is wrong. */
export const status: Check = forStates((signal) => {
  const question = statusOf(signal);
  const stopped: EcsStoppedTasksQuestion = { ask: 'ecsStoppedTasks', place: signal.address };
  const isRight = (book: EvidenceBook) => answered(book, question).is === 'good' || isChanging(signal, book);
  return [
    {
      path: 'status',
      questions: [question],
      holdsIfComplete: [],
      failsIfComplete: [],
      shows: () => question,
      furtherQuestions: (book) => (signal.plane === 'ecsService' && !isRight(book) ? [stopped] : []),
      judge: (book) => {
        const condition = answered(book, question);
        if (isRight(book)) return { findings: [], rollout: condition.is === 'changing' };
        const told = [wordsOf(condition, answeredAt(book, question)), ...condition.issues];
        const observed = [...told, ...whyFailed(book, stopped)].join('; ');
        return {
          findings: [
            { expectation: 'status', subject: signal.address, expected: 'ACTIVE, without issues', observed },
          ],
        };
      },
      facts: (book) => {
        const condition = answered(book, question);
        const { is, issues } = condition;
        const beside = SAYS_NOTHING[signal.plane];
        // The finding says it all.
        if (is === 'bad' && beside === undefined) return [];
        const named = [condition.version, condition.status].filter((part) => part !== undefined).join(' ');
        const fact = is === 'changing' ? [named, ...issues].join(', ') : named;
        return [beside === undefined ? fact : `${fact}, which ${beside}`];
      },
      markers: (book) => {
        const { changedAt, version } = answered(book, question);
        const did = signal.plane === 'ecsService' ? 'deployed' : 'changed';
        const of = `${CALLED[signal.plane]} ${signal.address}`;
        if (changedAt === undefined) return [];
        return [{ of, did, ...(version === undefined ? {} : { version }), at: changedAt }];
      },
    },
  ];
});

/** The question that tells the state of a signal's machinery. */
export function statusOf({ address }: StateSignal): StatusQuestion {
  return { ask: 'status', place: address };
}

/** Whether the machinery is on a healthy way from one state to another: for at most half an hour, and what it waits by plan. */
export function isChanging(signal: StateSignal, book: EvidenceBook): boolean {
  const question = statusOf(signal);
  const condition = answered(book, question);
  return isOnItsWay(condition, answeredAt(book, question));
}

/** What is wrong with a state; undefined where it is good, or on a healthy way to another. `now` in milliseconds since the epoch. */
export function wrongWith(condition: Condition, now: number): string | undefined {
  if (condition.is === 'good' || isOnItsWay(condition, now)) return undefined;
  return [wordsOf(condition, now), ...condition.issues].join('; ');
}

function isOnItsWay(condition: Condition, now: number): boolean {
  if (condition.is !== 'changing') return false;
  return (changingMs(condition, now) ?? 0) <= LONGEST_CHANGE_MS + (condition.waitsMs ?? 0);
}

function changingMs({ changingSince, changedAt }: Condition, now: number): number | undefined {
  const since = changingSince ?? changedAt;
  return since === undefined ? undefined : now - since;
}

function wordsOf(condition: Condition, now: number): string {
  const ms = condition.is === 'changing' ? changingMs(condition, now) : undefined;
  return ms === undefined ? condition.status : `${condition.status} for ${formatDuration(ms)}`;
}
