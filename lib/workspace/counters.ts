import type { Measure, Measured } from '../cloudwatch/metric-data.ts';
import type {
  Discarded,
  DiscardedQuestion,
  DiscardReason,
  Evaluations,
  EvaluationsQuestion,
  Notifications,
  NotificationsQuestion,
  Occurrences,
  Usage,
} from './questions.ts';

/** Everything is read in periods of five minutes, so that a day and a half of a metric stays a few hundred points. */
export const PERIOD_MS = 5 * 60_000;
const WINDOW_MS = 3 * PERIOD_MS;
const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
/** What began after a day without is new for so long. */
const NEW_FOR_MS = DAY_MS / 2;
/** How far back it shows whether a discard is news. */
export const NEWS_REACHES_MS = NEW_FOR_MS + DAY_MS;

type Points = Measured['points'];
type PointsOf = (series: Measure) => Points;

/** Whether the value of a dimension names the workspace: its id alone, or at the end of an ARN or of `ACCOUNT_ID`. */
export function isWorkspace(value: string, place: string): boolean {
  return value === place || value.endsWith(`/${place}`) || value.endsWith(`_${place}`);
}

/**
 * Discards are counts of a period (their unit is Count, and Sum is valid), ingestion is a rate by the second: what was
 * ingested is its average over the window, however often CloudWatch shows it.
 */
export function discardedOf(
  { place, overMs }: DiscardedQuestion,
  counters: readonly Measure[],
  rate: Points,
  pointsOf: PointsOf,
  to: number,
): Discarded {
  const windowMs = wholePeriods(overMs);
  const perSecond = average(within(rate, to - windowMs, to));
  const named = counters.map((series) => ({ series, reason: othersOf(series, place, /reason/i) }));
  // A counter without a reason is the sum of those that have one.
  const told = named.some(({ reason }) => reason !== '')
    ? named.filter(({ reason }) => reason !== '')
    : named;
  const byReason = Map.groupBy(told, ({ reason }) => reason || 'no reason told');
  const reasons = [...byReason]
    .map(([reason, of]) =>
      reasonOf(
        reason,
        of.flatMap(({ series }) => pointsOf(series)),
        rate,
        to - windowMs,
        to,
      ),
    )
    .filter(({ samples }) => samples > 0)
    .sort((a, b) => b.samples - a.samples);
  return {
    overMs: windowMs,
    ingested: perSecond === undefined ? undefined : (perSecond * windowMs) / 1000,
    reasons,
  };
}

/**
 * A reason is news where the day before it had none although samples came: what begins with the ingestion itself, of a new
 * workspace or after a weekend, says nothing.
 */
function reasonOf(reason: string, points: Points, rate: Points, from: number, to: number): DiscardReason {
  const samples = sum(within(points, from, to));
  const seen = timesOf(points);
  const began = Math.min(...seen.filter((at) => at >= to - NEW_FOR_MS));
  const hadNone = !seen.some((at) => at < began && at >= began - DAY_MS);
  const hadSamples = timesOf(rate).some((at) => at < began - HOUR_MS && at >= began - DAY_MS);
  const periods = new Set(seen.filter((at) => at >= to - HOUR_MS)).size;
  return { reason, samples, ...(hadNone && hadSamples ? { news: { began, periods } } : {}) };
}

/** When there was anything. */
function timesOf(points: Points): readonly number[] {
  return points.filter(({ value }) => value > 0).map(({ at }) => at);
}

/** What a workspace uses now, and what it used a day ago. */
export function usageOf(points: Points, to: number): Usage {
  return {
    now: average(within(points, to - WINDOW_MS, to)),
    dayAgo: average(within(points, to - WINDOW_MS - DAY_MS, to - DAY_MS)),
  };
}

/** The rule groups with anything failed or missed. */
export function evaluationsOf(
  { place, overMs }: EvaluationsQuestion,
  counters: readonly Measure[],
  pointsOf: PointsOf,
  to: number,
): readonly Evaluations[] {
  const groups = Map.groupBy(counters, (series) => othersOf(series, place, /group/i) || 'no group told');
  const occurrences = (of: readonly Measure[], metric: string): Occurrences => {
    const points = within(
      of.filter((one) => one.metric === metric).flatMap(pointsOf),
      to - wholePeriods(overMs),
      to,
    );
    const seen = points.filter(({ value }) => value > 0);
    const starts = new Set(seen.map(({ at }) => at));
    return { count: sum(seen), periods: starts.size, goesOn: starts.has(to - PERIOD_MS) };
  };
  return [...groups]
    .map(([group, of]) => ({
      group,
      failed: occurrences(of, 'RuleEvaluationFailures'),
      missed: occurrences(of, 'RuleGroupIterationsMissed'),
    }))
    .filter(({ failed, missed }) => failed.count > 0 || missed.count > 0)
    .sort((a, b) => (a.group < b.group ? -1 : 1));
}

/** What became of notifications. */
export function notificationsOf(
  { overMs }: NotificationsQuestion,
  counters: readonly Measure[],
  pointsOf: PointsOf,
  to: number,
): Notifications {
  const count = (metric: string): number =>
    sum(
      within(
        counters.filter((one) => one.metric === metric).flatMap(pointsOf),
        to - wholePeriods(overMs),
        to,
      ),
    );
  return {
    received: count('AlertManagerAlertsReceived'),
    failed: count('AlertManagerNotificationsFailed'),
    throttled: count('AlertManagerNotificationsThrottled'),
  };
}

/** The values of the dimensions besides the workspace's: of those that are called like it, else of all. */
function othersOf({ dimensions }: Measure, place: string, called: RegExp): string {
  const others = [...dimensions].filter(([, value]) => !isWorkspace(value, place));
  const fitting = others.filter(([name]) => called.test(name));
  return (fitting.length > 0 ? fitting : others).map(([, value]) => value).join(' ');
}

function wholePeriods(milliseconds: number): number {
  return Math.ceil(milliseconds / PERIOD_MS) * PERIOD_MS;
}

function within(points: Points, from: number, to: number): Points {
  return points.filter(({ at }) => at >= from && at < to);
}

function sum(points: Points): number {
  return points.reduce((total, { value }) => total + value, 0);
}

function average(points: Points): number | undefined {
  return points.length === 0 ? undefined : sum(points) / points.length;
}
