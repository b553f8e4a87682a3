import { wrongWith } from '../checks/status.ts';
import { answered, answeredAt, type Judgement } from '../expectation.ts';
import type { EvidenceBook } from '../question.ts';
import type { RuleFilesQuestion, ScrapersQuestion } from './questions.ts';

/** Judges that each part of a workspace is in a good state, or on a healthy way to one. */
export function judgePieces(
  book: EvidenceBook,
  question: ScrapersQuestion | RuleFilesQuestion,
  { expectation, called, expected }: { expectation: string; called: string; expected: string },
): Judgement {
  const pieces = answered(book, question);
  const now = answeredAt(book, question);
  const findings = pieces.flatMap((piece) => {
    const observed = wrongWith(piece, now);
    return observed === undefined
      ? []
      : [{ expectation, subject: `${called} ${piece.name}`, expected, observed }];
  });
  return { findings, rollout: findings.length === 0 && pieces.some(({ is }) => is === 'changing') };
}
