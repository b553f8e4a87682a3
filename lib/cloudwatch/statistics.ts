import type { Group, StatisticQuestion, StatisticRow } from '../question.ts';
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

/** Series of one group with the same names of dimensions; the same samples may be published under several such sets. */
export type DimensionSet = readonly ListedSeries[];

/**
 * For each group the sets under which it is listed, the most fitting first: that with the fewest names, because the fewer
 * there are the more is in each series. One of them answers: rollups would count samples twice. Series that lack more
 * labels of `by` than others are rollups too, and are left out.
 */
export function setsByGroup(
  question: StatisticQuestion,
  candidates: readonly ListedSeries[],
): readonly (readonly DimensionSet[])[] {
  const lacking = ({ dimensions }: ListedSeries): number =>
    question.by.filter((label) => !dimensions.has(label)).length;
  const least = smallest(candidates.map(lacking));
  const groups = Map.groupBy(
    candidates.filter((series) => lacking(series) === least),
    (series) => JSON.stringify([...groupOf(question, series)]),
  );
  return [...groups.values()].map((members) => {
    const sets = Map.groupBy(members, ({ dimensions }) => [...dimensions.keys()].join('\0'));
    const ordered = [...sets].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, set]) => set);
    return ordered.sort((a, b) => (a[0]?.dimensions.size ?? 0) - (b[0]?.dimensions.size ?? 0));
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
export function windowFor(
  { statistic, overMs, notBeforeMs = Infinity }: StatisticQuestion,
  now: number,
): TimeWindow {
  const unitMs = overMs <= DAY_MS ? MINUTE_MS : overMs <= 5 * DAY_MS ? 5 * MINUTE_MS : 60 * MINUTE_MS;
  const floor = (at: number): number => Math.floor(at / unitMs) * unitMs;
  if (!isCombined(statistic)) {
    const to = floor(now - USUALLY_LATE_MS);
    const oldest = Math.ceil((now - notBeforeMs) / unitMs) * unitMs;
    const from = Math.min(to, Math.max(to - Math.ceil(overMs / unitMs) * unitMs, oldest));
    return { from, to, periodMs: to - from };
  }
  const from = floor(now - Math.max(overMs + LATEST_MS, LISTED_LATE_MS) - unitMs);
  return { from, to: floor(now) + unitMs, periodMs: unitMs };
}

export type Readings = ReadonlyMap<string, Measured>;

export interface ToldSet {
  readonly rows: readonly StatisticRow[];
  /** False where it tells nothing, or nothing newer than points come late: another set may have taken its place. */
  readonly isNew: boolean;
}

/** What one set of a group tells, as far as it was read. */
export function tellSet(
  question: StatisticQuestion,
  set: DimensionSet,
  readings: Readings,
  window: TimeWindow,
  now: number,
): ToldSet {
  if (isCombined(question.statistic)) {
    return combined(question, question.statistic, set, readings, window, now);
  }
  const rows = measuresOf(question, set).flatMap((measure) => {
    const points = readings.get(measureKey(measure))?.points ?? [];
    return points.map(({ value }) => ({ group: groupOf(question, measure), value }));
  });
  return { rows, isNew: rows.length > 0 };
}

function isCombined(statistic: StatisticQuestion['statistic']): statistic is keyof typeof STATS {
  return Object.hasOwn(STATS, statistic);
}

function combined(
  question: StatisticQuestion,
  statistic: keyof typeof STATS,
  set: DimensionSet,
  readings: Readings,
  { periodMs }: TimeWindow,
  now: number,
): ToldSet {
  const pointsOf = (series: ListedSeries, stat: string) =>
    readings.get(measureKey({ ...series, stat }))?.points ?? [];
  const [first] = STATS[statistic];
  const endOf = (series: ListedSeries): number =>
    largest(pointsOf(series, first).map(({ at }) => at + periodMs));
  const whole = (at: number): number => Math.floor(at / periodMs) * periodMs;
  const newest = largest(set.map(endOf));
  const to = question.untilNow
    ? Infinity
    : whole(Math.min(Math.max(newest, now - LATEST_MS), now - GROWS_MS));
  const from = Math.max(
    question.untilNow ? now - question.overMs : to - Math.ceil(question.overMs / periodMs) * periodMs,
    now - (question.notBeforeMs ?? Infinity),
  );
  const values = (stat: string): number[] =>
    set.flatMap((series) =>
      pointsOf(series, stat).flatMap(({ at, value }) => (at >= from && at + periodMs <= to ? [value] : [])),
    );
  const [main, counts] = STATS[statistic].map(values);
  const hasEnded = newest < now - question.overMs;
  if (!main || main.length === 0 || hasEnded) return { rows: [], isNew: false };
  const pending = set.filter((series) => mayHaveSuccessor(series, endOf(series), to, now)).length;
  const value = { ...COMBINE, average: () => add(main) / add(counts ?? []) }[statistic](main);
  const row = { group: groupOf(question, set[0]), value, ...(pending > 0 ? { pending } : {}) };
  return { rows: Number.isFinite(value) ? [row] : [], isNew: newest >= now - LATEST_MS };
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
