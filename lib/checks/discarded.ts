import * as z from 'zod/mini';
import { counted } from '../counted.ts';
import { about, duration, share } from '../config/values.ts';
import { formatDuration } from '../duration.ts';
import { answered, type Check, type Finding, forStates } from '../expectation.ts';
import { printable } from '../printable.ts';
import { isExpected } from '../workspace/expected.ts';
import { figure, percent } from '../workspace/figures.ts';
import type { Discarded, DiscardedQuestion, DiscardReason } from '../workspace/questions.ts';
import { losesNothing, remedyOf } from '../workspace/reasons.ts';

export const discardedSettings = z.strictObject({
  max: about(z.prefault(share, '1%'), 'At most this share of what is sent is discarded, for any one reason.'),
  over: about(z.prefault(duration, '15m'), 'Over which time.'),
});

export type DiscardedSettings = z.output<typeof discardedSettings>;

/** A new reason is told when it was seen in so many periods of five minutes of an hour: a restart leaves one or two. */
const LASTING_PERIODS = 3;

/** Judges for every reason how much of what is sent a workspace discards, and whether the reason is a new one. */
export const discarded: Check = forStates((signal) => {
  if (!isExpected(signal, 'discarded')) return [];
  const { max, over } = signal.discarded ?? z.parse(discardedSettings, {});
  const question: DiscardedQuestion = { ask: 'discarded', place: signal.address, overMs: over };
  return [
    {
      path: 'discarded',
      questions: [question],
      holdsIfComplete: [],
      failsIfComplete: [],
      judge: (book) => {
        const answer = answered(book, question);
        return { findings: lossesOf(answer).flatMap((reason) => judgeReason(reason, answer, max)) };
      },
      facts: (book) => {
        const answer = answered(book, question);
        const small = lossesOf(answer).filter((reason) => judgeReason(reason, answer, max).length === 0);
        return [...small.map((reason) => factOf(reason, answer)), ...harmlessOf(answer)];
      },
    },
  ];
});

function judgeReason(reason: DiscardReason, answer: Discarded, max: number): readonly Finding[] {
  const { news } = reason;
  const isLasting = news !== undefined && news.periods >= LASTING_PERIODS;
  const isMuch = shareOf(reason, answer) > max;
  if (!isMuch && !isLasting) return [];
  const told = [
    amountOf(reason, answer),
    ...(isLasting ? ['a new reason, not seen in the day before'] : []),
    ...(answer.ingested === undefined ? ['no ingestion is seen beside it'] : []),
  ].join('; ');
  const remedy = remedyOf(reason.reason);
  return [
    {
      expectation: 'discarded',
      subject: printable(reason.reason),
      expected: isMuch
        ? `at most ${percent(max)} of what is sent discarded`
        : 'no new reason to discard samples',
      observed: remedy === undefined ? told : `${told}: ${remedy}`,
    },
  ];
}

function amountOf(reason: DiscardReason, answer: Discarded): string {
  const samples = `${figure(reason.samples)} of ${figure(sentOf(answer))} samples`;
  return `${percent(shareOf(reason, answer))} discarded, ${samples} in ${formatDuration(answer.overMs)}`;
}

function factOf(reason: DiscardReason, answer: Discarded): string {
  return `${printable(reason.reason)}: ${amountOf(reason, answer)}`;
}

/** What was discarded without a loss of samples. */
function harmlessOf({ reasons, overMs }: Discarded): readonly string[] {
  return reasons
    .filter(({ reason }) => losesNothing(reason))
    .map(
      ({ reason, samples }) =>
        `${printable(reason)}: ${counted(Math.round(samples), 'piece')} of metadata dropped in ${formatDuration(overMs)}, no sample lost`,
    );
}

function lossesOf({ reasons }: Discarded): readonly DiscardReason[] {
  return reasons.filter(({ reason }) => !losesNothing(reason));
}

/** What was ingested and what was discarded. */
function sentOf(answer: Discarded): number {
  return lossesOf(answer).reduce((sent, { samples }) => sent + samples, answer.ingested ?? 0);
}

function shareOf({ samples }: DiscardReason, answer: Discarded): number {
  return samples / sentOf(answer);
}
