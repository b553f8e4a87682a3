import { formatDuration } from '../duration.ts';
import { answered, type Check, forStates } from '../expectation.ts';
import type { Condition, StatusQuestion } from '../question.ts';
import type { StatePlane } from '../signal.ts';

/** An update that takes longer than this is not on a healthy way any more. */
const LONGEST_CHANGE_MS = 30 * 60_000;

/** What a good state does not say: people take it for more than it is. */
const SAYS_NOTHING: Partial<Record<StatePlane, string>> = {
  eksAddon: 'tells of the operator, not whether a collector runs',
  ampWorkspace: 'says nothing of what arrives',
};

/** Judges that a piece of the machinery is in the state that its API calls good, without anything it says is wrong. */
export const status: Check = forStates((signal) => {
  const question: StatusQuestion = { ask: 'status', place: signal.address };
  return [
    {
      path: 'status',
      questions: [question],
      holdsIfComplete: [],
      failsIfComplete: [],
      judge: (book) => {
        const condition = answered(book, question);
        const at = book.get(question);
        const now = at?.kind === 'found' ? at.at : 0;
        const observed = wrongWith(condition, now);
        if (observed === undefined) return { findings: [], rollout: condition.is === 'changing' };
        return {
          findings: [
            { expectation: 'status', subject: signal.address, expected: 'ACTIVE, without issues', observed },
          ],
        };
      },
      facts: (book) => {
        const condition = answered(book, question);
        const beside = SAYS_NOTHING[signal.plane];
        const named = [condition.version, condition.status].filter((part) => part !== undefined).join(' ');
        return [beside === undefined ? named : `${named}, which ${beside}`];
      },
      markers: (book) => {
        const { changedAt, version } = answered(book, question);
        const what = `${signal.address}${version === undefined ? '' : ` ${version}`} was changed`;
        return changedAt === undefined ? [] : [{ what, at: changedAt }];
      },
    },
  ];
});

/** What is wrong with a state; undefined where it is good, or on a healthy way to another. `now` in milliseconds since the epoch. */
export function wrongWith(condition: Condition, now: number): string | undefined {
  const { is, changedAt = now, issues } = condition;
  if (is === 'good' || (is === 'changing' && now - changedAt <= LONGEST_CHANGE_MS)) return undefined;
  return [told(condition, now), ...issues].join('; ');
}

function told({ status: word, is, changedAt }: Condition, now: number): string {
  if (is !== 'changing' || changedAt === undefined) return word;
  return `${word} for ${formatDuration(now - changedAt)}`;
}
