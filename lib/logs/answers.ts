import { isLive, LISTED_LATE_MS } from '../cloudwatch/answers.ts';
import type { Reading } from '../cloudwatch/reading.ts';
import { found } from '../evidence.ts';
import type { AnyEvidence, CountQuestion, NewestQuestion, Question } from '../question.ts';
import {
  type ElsewhereQuestion,
  type EmbeddedMetricsQuestion,
  emfErrorMetrics,
  type LogGroupPlace,
} from './questions.ts';
import { variantsOf } from './variants.ts';
import type { VendedMetric } from './vended.ts';

/** A question that the vended metrics of log groups answer. */
export type VendedQuestion = CountQuestion | NewestQuestion | EmbeddedMetricsQuestion | ElsewhereQuestion;

export type Readings = (one: VendedMetric) => Reading;

export function isOfVended(question: Question): question is VendedQuestion {
  if (question.ask === 'embeddedMetrics' || question.ask === 'elsewhere') return true;
  return (question.ask === 'count' || question.ask === 'newest') && question.of.place !== undefined;
}

/** How many log events arrived in a group; what is alive is told by it and by nothing else. */
export function incoming({ place, account }: LogGroupPlace, reachMs: number): VendedMetric {
  const metric = 'IncomingLogEvents';
  return account === undefined ? { metric, place, reachMs } : { metric, place, account, reachMs };
}

/** The log group of a count or an age. */
export function groupOf({ of: { place = '', account } }: CountQuestion | NewestQuestion): LogGroupPlace {
  return account === undefined ? { place } : { place, account };
}

/** What must be read to answer a question. */
export function neededBy(question: VendedQuestion): readonly VendedMetric[] {
  switch (question.ask) {
    case 'count':
      return [incoming(groupOf(question), question.freshMs + (question.beforeMs ?? 0))];
    case 'newest':
      return [incoming(groupOf(question), question.withinMs)];
    case 'embeddedMetrics':
      return [incoming(question, question.freshMs + LISTED_LATE_MS), ...errorsOf(question)];
    case 'elsewhere':
      return variantsIn(question);
  }
}

/** Answers a question from what was read. Trouble is the answer only where it leaves the question open. */
export function answerVended(question: VendedQuestion, read: Readings, now: number): AnyEvidence {
  switch (question.ask) {
    case 'count':
      return answerCount(question, read, now);
    case 'newest':
      return answerNewest(question, read, now);
    case 'embeddedMetrics':
      return answerEmbeddedMetrics(question, read, now);
    case 'elsewhere':
      return answerElsewhere(question, read, now);
  }
}

/** Whether it is proven that log events arrived in a group within `withinMs`. */
export function isReceiving(group: LogGroupPlace, withinMs: number, read: Readings, now: number): boolean {
  return isLive(read(incoming(group, withinMs)), now, withinMs);
}

/** The variants of a group's name under which log events arrive. */
export function receivingInstead(
  question: ElsewhereQuestion,
  read: Readings,
  now: number,
): readonly string[] {
  const receiving = variantsIn(question).filter((one) => isReceiving(one, question.freshMs, read, now));
  return receiving.map(({ place }) => place);
}

/** One series while log events arrive, else none. */
function answerCount(question: CountQuestion, read: Readings, now: number): AnyEvidence {
  const { freshMs, beforeMs = 0 } = question;
  const reading = read(incoming(groupOf(question), freshMs + beforeMs));
  if (isLive(reading, now, freshMs, beforeMs)) return found([{ group: new Map(), series: 1 }], now);
  return reading.trouble ?? found([], now);
}

function answerNewest(question: NewestQuestion, read: Readings, now: number): AnyEvidence {
  const { ends, trouble } = read(incoming(groupOf(question), question.withinMs));
  const newest = ends.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (newest < now - question.withinMs) return trouble ?? found([], now);
  return found([{ group: new Map(), newestSampleAt: Math.min(now, newest) }], now);
}

function answerEmbeddedMetrics(question: EmbeddedMetricsQuestion, read: Readings, now: number): AnyEvidence {
  const { freshMs } = question;
  const arrived = read(incoming(question, freshMs + LISTED_LATE_MS));
  if (!isLive(arrived, now, freshMs)) {
    return arrived.trouble ?? found({ arrivingSince: undefined, errors: [] }, now);
  }
  const counts = errorsOf(question).map(({ metric, ...rest }) => {
    const reading = read({ metric, ...rest });
    return { metric, events: sumSince(reading, now - freshMs), trouble: reading.trouble };
  });
  // Without a fault these metrics do not exist, which is zero; what could not be read is not.
  const unread = counts.find(({ events, trouble }) => events === 0 && trouble)?.trouble;
  if (unread) return unread;
  const errors = counts.flatMap(({ metric, events }) => (events > 0 ? [{ metric, events }] : []));
  return found({ arrivingSince: arrivingSince(arrived, freshMs), errors }, now);
}

function answerElsewhere(question: ElsewhereQuestion, read: Readings, now: number): AnyEvidence {
  const receiving = receivingInstead(question, read, now);
  const trouble = variantsIn(question).flatMap((one) => read(one).trouble ?? [])[0];
  return receiving.length === 0 && trouble ? trouble : found(receiving, now);
}

function errorsOf(question: EmbeddedMetricsQuestion) {
  return emfErrorMetrics.map((metric) => ({ ...incoming(question, question.freshMs), metric }));
}

function variantsIn({ place, account, freshMs }: ElsewhereQuestion): readonly VendedMetric[] {
  return variantsOf(place).map((variant) =>
    incoming(account === undefined ? { place: variant } : { place: variant, account }, freshMs),
  );
}

function sumSince({ ends, values }: Reading, since: number): number {
  return values.reduce((sum, value, index) => sum + ((ends[index] ?? 0) >= since ? value : 0), 0);
}

/** The beginning of the oldest minute from which on no silence was longer than the bound. */
function arrivingSince({ ends, periodMs }: Reading, freshMs: number): number {
  const newestFirst = ends.toSorted((a, b) => b - a);
  const silence = newestFirst.findIndex(
    (end, index) => (newestFirst[index - 1] ?? end) - end > Math.max(freshMs, periodMs),
  );
  return (newestFirst.at(silence === -1 ? -1 : silence - 1) ?? 0) - periodMs;
}
