import type { Expectation } from '../expectation.ts';
import { selectAll } from '../live-series.ts';
import type { EvidenceBook } from '../question.ts';
import { isOneOf, isStream, type Signal } from '../signal.ts';
import type { ReferrersQuestion } from './questions.ts';

/** Planes where something may refer to metrics: rules of a workspace, alarms of CloudWatch. */
const planes = ['amp', 'cloudwatch', 'cloudwatchPromql'] as const;
/** What is lost in more pieces than this is lost as a whole to whoever reads about it. */
const MOST_LOSSES = 20;

/** Who refers to what a signal lost, as far as the evidence goes; undefined where it lost nothing, or nothing could refer to it. */
export function referrersOf(
  signal: Signal,
  expectations: readonly Expectation[],
  book: EvidenceBook,
): ReferrersQuestion | undefined {
  if (!isStream(signal) || !isOneOf(planes, signal.plane)) return undefined;
  const lost = expectations
    .filter(({ questions }) => questions.every((question) => book.get(question)?.kind === 'found'))
    .flatMap((expectation) => expectation.lost?.(book) ?? []);
  if (lost.length === 0) return undefined;
  const { metric, namespace, account } = selectAll(signal, []);
  return {
    ask: 'referrers',
    metric,
    ...(namespace === undefined ? {} : { namespace }),
    ...(account === undefined ? {} : { account }),
    match: signal.match,
    lost: lost.slice(0, MOST_LOSSES),
  };
}
