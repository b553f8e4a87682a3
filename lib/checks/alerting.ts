import { formatDuration } from '../duration.ts';
import {
  answered,
  answeredAt,
  type Check,
  type Expectation,
  type Finding,
  forStates,
} from '../expectation.ts';
import { isExpected, lookBackMs } from '../workspace/expected.ts';
import { figure } from '../workspace/figures.ts';
import type { AlertManagerQuestion, Notifications, NotificationsQuestion } from '../workspace/questions.ts';
import { wrongWith } from './status.ts';

const DEFINITION = 'alert manager definition';

/** Judges that the alert manager of a workspace is loaded, and that what it is told reaches people. */
export const alerting: Check = forStates((signal) => {
  if (!isExpected(signal, 'alerting')) return [];
  const question: NotificationsQuestion = {
    ask: 'notifications',
    place: signal.address,
    overMs: lookBackMs(signal),
  };
  return [definitionLoaded(signal.address, question), alertsDelivered(question)];
});

/**
 * A workspace without a definition is no mistake while nothing alerts: recording rules need none, and people may alert from
 * elsewhere. Alerts that arrive there are lost.
 */
function definitionLoaded(place: string, notifications: NotificationsQuestion): Expectation {
  const definition: AlertManagerQuestion = { ask: 'alertManager', place };
  return {
    path: 'alerting',
    questions: [definition],
    alongside: [notifications],
    holdsIfComplete: [],
    failsIfComplete: [],
    judge: (book) => {
      const condition = answered(book, definition);
      const now = answeredAt(book, definition);
      const sent = book.get(notifications);
      const received = sent?.kind === 'found' ? sent.value.received : 0;
      const lost = `there is none; ${figure(received)} alerts arrived in the last ${formatDuration(notifications.overMs)} and went nowhere`;
      const none = received > 0 ? lost : undefined;
      const observed = condition === null ? none : wrongWith(condition, now);
      if (observed === undefined) return { findings: [], rollout: condition?.is === 'changing' };
      const finding = { expectation: 'alerting', subject: DEFINITION, expected: 'loaded', observed };
      return { findings: [finding] };
    },
    facts: (book) => (answered(book, definition) === null ? [`no ${DEFINITION}`] : []),
    markers: (book) => {
      const at = answered(book, definition)?.changedAt;
      return at === undefined ? [] : [{ of: `${DEFINITION} of ${place}`, did: 'changed', at }];
    },
  };
}

function alertsDelivered(question: NotificationsQuestion): Expectation {
  return {
    path: 'alerting',
    questions: [question],
    holdsIfComplete: [],
    failsIfComplete: [],
    judge: (book) => {
      const answer = answered(book, question);
      const time = formatDuration(question.overMs);
      return {
        findings: [
          ...dropped('failed', answer, time, 'may AMP publish to the SNS topic, and does the topic exist?'),
          ...dropped('throttled', answer, time, 'group alerts, or send fewer'),
        ],
      };
    },
  };
}

function dropped(
  how: 'failed' | 'throttled',
  answer: Notifications,
  time: string,
  remedy: string,
): readonly Finding[] {
  if (answer[how] === 0) return [];
  const beside = `${figure(answer.received)} alerts received`;
  return [
    {
      expectation: 'alerting',
      subject: `${how} notifications`,
      expected: 'every notification delivered',
      observed: `the alert path drops notifications: ${figure(answer[how])} ${how} in the last ${time}, beside ${beside}; ${remedy}`,
    },
  ];
}
