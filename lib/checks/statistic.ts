import * as z from 'zod/mini';
import { about, always, decimal, duration, textLike } from '../config/values.ts';
import { formatDuration } from '../duration.ts';
import { answered, type Check, type Expectation, type Finding, forStreams } from '../expectation.ts';
import { subjectOf } from '../group.ts';
import { liveSeries, select } from '../live-series.ts';
import { formatNumber, isAbove, isBelow } from '../number.ts';
import type { EvidenceBook, Group, StatisticQuestion, StatisticRow } from '../question.ts';
import type { StreamSignal } from '../signal.ts';

const NOT_A_STATISTIC =
  'is not a statistic; write average, sum, minimum, maximum, sampleCount, or on cloudwatch a percentile such as p99';

/** A statistic of the signal's series over a time, judged for every group. */
export const statisticSettings = z
  .strictObject({
    is: about(
      textLike(
        /^(?:average|sum|minimum|maximum|sampleCount|p(?:100|\d{1,2}(?:\.\d{1,2})?))$/,
        NOT_A_STATISTIC,
      ),
      'average, sum, minimum, maximum, sampleCount; on cloudwatch also a percentile such as p99.',
    ),
    over: about(z.prefault(duration, '15m'), 'Over which time.'),
    min: about(z.optional(decimal), 'At least this.'),
    max: about(z.optional(decimal), 'At most this.'),
  })
  .check(
    always((settings) => 'min' in settings || 'max' in settings, 'has no bound; write min, max or both'),
    z.meta({ anyOf: [{ required: ['min'] }, { required: ['max'] }] }),
  );

export type StatisticSettings = z.output<typeof statisticSettings>;

type Bound = 'min' | 'max';

/** Judges a statistic of the samples of every live group. */
export const statistic: Check = forStreams((signal) => {
  const { statistic: settings } = signal;
  if (!settings || !signal.expectsSeries) return [];
  return (['min', 'max'] as const).flatMap((bound) => {
    const limit = settings[bound];
    return limit === undefined ? [] : [expectation(signal, settings, bound, limit)];
  });
});

function expectation(
  signal: StreamSignal,
  { is, over, notBefore }: NonNullable<StreamSignal['statistic']>,
  bound: Bound,
  limit: number,
): Expectation {
  const question: StatisticQuestion = {
    ask: 'statistic',
    of: select(signal),
    statistic: is as StatisticQuestion['statistic'],
    overMs: over,
    by: signal.by,
    ...(notBefore === undefined ? {} : { notBeforeMs: notBefore }),
  };
  const isOutside = ({ value }: StatisticRow): boolean =>
    bound === 'min' ? isBelow(value, limit) : isAbove(value, limit);
  const finding = ({ group, value }: StatisticRow, several: boolean): Finding => ({
    expectation: `statistic.${bound}`,
    subject: subjectOf(group, signal.by),
    expected: `${is} over ${formatDuration(over)} ${bound === 'min' ? 'at least' : 'at most'} ${formatNumber(limit)}`,
    observed: `${is} ${formatNumber(value, limit)}${several ? `, the ${bound === 'min' ? 'lowest' : 'highest'} of its series` : ''}`,
  });
  return {
    path: `statistic.${bound}`,
    questions: [liveSeries(signal), question],
    holdsIfComplete: [question],
    failsIfComplete: [question],
    judge: (book) => {
      const { own, without } = liveRows(signal, answered(book, question), book);
      const isZero = notBefore === undefined && isNothingZero(signal, is);
      const zeros = isZero ? without.map((one) => ({ ...one, value: 0 })) : [];
      const worst = worstOfGroups(signal, bound, [...own, ...zeros]);
      // With PromQL there may be samples that are no numbers, and those are no break.
      const [lacking] = signal.plane === 'cloudwatch' && !isZero ? without : [];
      const outside = worst.filter(({ row }) => isOutside(row));
      const told = outside.filter(({ row }) => !isPending(is, bound, row));
      return {
        findings: told.map(({ row, several }) => finding(row, several)),
        pending: lacking ? noStatistic(signal, is, over, lacking.group) : told.length < outside.length,
      };
    },
  };
}

/**
 * The rows of live groups, and the live groups without any. What is silent is told by `fresh`, although the time of the
 * statistic may reach back to when it was not. A rollup, which lacks labels of `by`, may have none.
 */
function liveRows(signal: StreamSignal, rows: readonly StatisticRow[], book: EvidenceBook) {
  const subject = ({ group }: { readonly group: Group }): string => subjectOf(group, signal.by);
  const live = answered(book, liveSeries(signal)).filter(({ series }) => series > 0);
  const subjects = new Set(live.map(subject));
  const told = new Set(rows.map(subject));
  return {
    own: rows.filter((row) => subjects.has(subject(row))),
    without: live.filter(
      (one) => signal.by.every((label) => one.group.has(label)) && !told.has(subject(one)),
    ),
  };
}

/** Of each group the row that is likeliest to be outside the bound, and whether it has more than one. */
function worstOfGroups(
  { by }: StreamSignal,
  bound: Bound,
  rows: readonly StatisticRow[],
): readonly { readonly row: StatisticRow; readonly several: boolean }[] {
  const groups = Map.groupBy(rows, ({ group }) => subjectOf(group, by));
  return [...groups.values()].flatMap((own) => {
    const sorted = own.toSorted((a, b) => (bound === 'min' ? a.value - b.value : b.value - a.value));
    return sorted.slice(0, 1).map((row) => ({ row, several: own.length > 1 }));
  });
}

/** A pod that a rollout replaced takes its share of a sum along, until its successor is listed. */
function isPending(is: string, bound: Bound, { pending = 0 }: StatisticRow): boolean {
  return pending > 0 && bound === 'min' && (is === 'sum' || is === 'sampleCount');
}

/** Nothing adds up to 0; with PromQL only a count tells nothing from samples that are no numbers. */
function isNothingZero({ plane }: StreamSignal, is: string): boolean {
  return is === 'sampleCount' || (is === 'sum' && plane === 'cloudwatch');
}

function noStatistic({ by }: StreamSignal, is: string, over: number, group: Group): string {
  const why = is.startsWith('p') ? ', or CloudWatch makes none of its values' : '';
  return `${subjectOf(group, by)}: there is no ${is} over ${formatDuration(over)}: no sample that counts has come${why}`;
}
