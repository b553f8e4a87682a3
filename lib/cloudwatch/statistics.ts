import type { AnyEvidence, Group, StatisticQuestion, StatisticRow } from '../question.ts';
import { turnsOver } from '../turnover.ts';
import { LISTED_LATE_MS } from './answers.ts';
import type { ListedSeries } from './listing.ts';
import { type Measure, type Measured, measureKey, type TimeWindow } from './metric-data.ts';

const MINUTE_MS = 60_000;
/** Points come at most this late, and a minute that ended less long ago than the other may still grow. */
const LATEST_MS = 10 * MINUTE_MS;
const GROWS_MS = 2 * MINUTE_MS;
/** Where points cannot be asked for by the minute, the time ends this long ago. */
const USUALLY_LATE_MS = 5 * MINUTE_MS;
/** A series that is silent for longer than the newest of its like has ended. */
const ENDED_MS = 5 * MINUTE_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Of which statistics of CloudWatch a statistic is made. */
const STATS = {
  average: ['Sum', 'SampleCount'],
  sum: ['Sum'],
  sampleCount: ['SampleCount'],
  minimum: ['Minimum'],
  maximum: ['Maximum'],
} as const;

/** Series with the same names of dimensions; the same samples may be published under several such sets. */
export type DimensionSet = readonly ListedSeries[];

/**
 * The sets under which the metric is listed, the most fitting first: with all labels of `by`, then with the fewest names,
 * because the fewer there are the more is in each series. One of them answers: rollups would count samples twice.
 */
export function setsOf(question: StatisticQuestion, candidates: readonly ListedSeries[]): DimensionSet[] {
  const sets = Map.groupBy(candidates, ({ dimensions }) => [...dimensions.keys()].join('\0'));
  const rank = (series: DimensionSet): [number, number, string] => {
    const names = [...(series[0]?.dimensions.keys() ?? [])];
    const lacking = question.by.filter((label) => !names.includes(label)).length;
    return [lacking, names.length, names.join('\0')];
  };
  return [...sets.values()].sort((a, b) => {
    const [[lackingA, lengthA, textA], [lackingB, lengthB, textB]] = [rank(a), rank(b)];
    return lackingA - lackingB || lengthA - lengthB || (textA < textB ? -1 : 1);
  });
}

/** What must be read to answer for these series. */
export function measuresOf({ statistic }: StatisticQuestion, set: DimensionSet): Measure[] {
  const stats = isCombined(statistic) ? STATS[statistic] : [statistic];
  return set.flatMap((series) => stats.map((stat) => ({ ...series, stat })));
}

/**
 * The time to read: by the minute (five minutes or an hour for days), so that it can end with the newest point; for a
 * percentile, which no parts can be made into, all of it as one period.
 */
export function windowFor({ statistic, overMs }: StatisticQuestion, now: number): TimeWindow {
  const unitMs = overMs <= DAY_MS ? MINUTE_MS : overMs <= 5 * DAY_MS ? 5 * MINUTE_MS : 60 * MINUTE_MS;
  const floor = (at: number): number => Math.floor(at / unitMs) * unitMs;
  if (!isCombined(statistic)) {
    const periodMs = Math.ceil(overMs / unitMs) * unitMs;
    const to = floor(now - USUALLY_LATE_MS);
    return { from: to - periodMs, to, periodMs };
  }
  const from = floor(now - Math.max(overMs + LATEST_MS, LISTED_LATE_MS) - unitMs);
  return { from, to: floor(now) + unitMs, periodMs: unitMs };
}

export type Readings = ReadonlyMap<string, Measured>;

/** The answer from one set, all of which was read. */
export function statisticOf(
  question: StatisticQuestion,
  set: DimensionSet,
  readings: Readings,
  window: TimeWindow,
  now: number,
): AnyEvidence {
  const all = measuresOf(question, set).map((measure) => readings.get(measureKey(measure)));
  const trouble = all.find((measured) => measured?.trouble)?.trouble;
  if (trouble) return trouble;
  const value = isCombined(question.statistic)
    ? combined(question, question.statistic, set, readings, window, now)
    : percentiles(question, set, readings);
  return { kind: 'found', value, at: now, partial: false };
}

function isCombined(statistic: StatisticQuestion['statistic']): statistic is keyof typeof STATS {
  return Object.hasOwn(STATS, statistic);
}

function percentiles(question: StatisticQuestion, set: DimensionSet, readings: Readings): StatisticRow[] {
  return measuresOf(question, set).flatMap((measure) => {
    const points = readings.get(measureKey(measure))?.points ?? [];
    return points.map(({ value }) => ({ group: groupOf(question, measure), value }));
  });
}

function combined(
  question: StatisticQuestion,
  statistic: keyof typeof STATS,
  set: DimensionSet,
  readings: Readings,
  { periodMs }: TimeWindow,
  now: number,
): StatisticRow[] {
  const pointsOf = (series: ListedSeries, stat: string) =>
    readings.get(measureKey({ ...series, stat }))?.points ?? [];
  const [first] = STATS[statistic];
  const endOf = (series: ListedSeries): number =>
    largest(pointsOf(series, first).map(({ at }) => at + periodMs));
  const whole = (at: number): number => Math.floor(at / periodMs) * periodMs;
  const newest = Math.min(Math.max(largest(set.map(endOf)), now - LATEST_MS), now - GROWS_MS);
  const to = question.untilNow ? Infinity : whole(newest);
  const from = question.untilNow
    ? now - question.overMs
    : to - Math.ceil(question.overMs / periodMs) * periodMs;
  const groups = Map.groupBy(set, (series) => JSON.stringify([...groupOf(question, series)]));
  return [...groups.values()].flatMap((members) => {
    const values = (stat: string): number[] =>
      members.flatMap((series) =>
        pointsOf(series, stat).flatMap(({ at, value }) => (at >= from && at + periodMs <= to ? [value] : [])),
      );
    const [main, counts] = STATS[statistic].map(values);
    if (!main || main.length === 0) return [];
    const pending = members.filter((series) => mayHaveSuccessor(series, endOf(series), to, now)).length;
    const value = { ...COMBINE, average: () => add(main) / add(counts ?? []) }[statistic](main);
    const group = groupOf(question, members[0]);
    return Number.isFinite(value) ? [{ group, value, ...(pending > 0 ? { pending } : {}) }] : [];
  });
}

const COMBINE = { sum: add, sampleCount: add, minimum: smallest, maximum: largest };

/** Something that rollouts replace, silent for less long than its successor may go unlisted. */
function mayHaveSuccessor({ dimensions }: ListedSeries, end: number, to: number, now: number): boolean {
  const hasEnded = end < Math.min(to, now) - ENDED_MS && end >= now - LISTED_LATE_MS;
  return hasEnded && [...dimensions.keys()].some(turnsOver);
}

function groupOf({ by }: StatisticQuestion, series: ListedSeries | undefined): Group {
  return new Map(
    by.flatMap((label) => {
      const value = series?.dimensions.get(label);
      return value === undefined ? [] : [[label, value] as const];
    }),
  );
}

function add(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function smallest(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}

function largest(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
}
