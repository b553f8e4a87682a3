import { answered, type Check, forStates } from '../expectation.ts';
import { counted } from '../counted.ts';
import { isExpected } from '../workspace/expected.ts';
import { judgePieces } from '../workspace/pieces.ts';
import type { ScrapersQuestion } from '../workspace/questions.ts';

/** Judges that no managed scraper that writes to a workspace has failed. Where there is none, none can have. */
export const scrapers: Check = forStates((signal) => {
  if (!isExpected(signal, 'scrapers')) return [];
  const question: ScrapersQuestion = { ask: 'scrapers', place: signal.address };
  return [
    {
      path: 'scrapers',
      questions: [question],
      holdsIfComplete: [],
      failsIfComplete: [],
      judge: (book) =>
        judgePieces(book, question, { expectation: 'scrapers', called: 'scraper', expected: 'ACTIVE' }),
      facts: (book) => {
        const { length } = answered(book, question);
        return [length === 0 ? 'no managed scraper' : counted(length, 'managed scraper')];
      },
      markers: (book) =>
        answered(book, question).flatMap(({ name, changedAt }) =>
          changedAt === undefined ? [] : [{ of: `scraper ${name}`, did: 'changed' as const, at: changedAt }],
        ),
    },
  ];
});
