import { answered, type Check, forStates } from '../expectation.ts';
import type { StatusQuestion } from '../question.ts';

/** Judges that an add-on has the version that is expected. */
export const version: Check = forStates((signal) => {
  const { version: expected } = signal;
  if (expected === undefined) return [];
  const question: StatusQuestion = { ask: 'status', place: signal.address };
  return [
    {
      path: 'version',
      questions: [question],
      holdsIfComplete: [],
      failsIfComplete: [],
      judge: (book) => {
        const observed = answered(book, question).version ?? 'no version';
        if (observed === expected) return { findings: [] };
        return { findings: [{ expectation: 'version', subject: signal.address, expected, observed }] };
      },
    },
  ];
});
