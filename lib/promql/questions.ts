import type {
  CountQuestion,
  KeySetCountsQuestion,
  MetricQuestion,
  Selection,
  StatisticQuestion,
} from '../question.ts';
import { type OwnQuestion, ownText } from './own.ts';
import { type TargetsQuestion, targetsQuery } from './targets.ts';
import { labelList, promDuration, selector } from './text.ts';

const LONGEST_RANGE_MS = 3_600_000;
/** Prometheus shows a series for five minutes after its last sample, so steps of this width leave no gap. */
const LOOKBACK = '5m';
const LOOKBACK_MS = 300_000;

/** The most label names that one answer to `otherLabels` lists. */
const OTHER_LABELS_ROWS = 11;

/** What can be asked with PromQL. */
export type PromqlQuestion = Exclude<MetricQuestion, KeySetCountsQuestion> | TargetsQuestion | OwnQuestion;

/** The question as PromQL that a person can paste into a console. */
export function promql(question: PromqlQuestion): string {
  switch (question.ask) {
    case 'count':
      return countQuery(question);
    case 'newest':
      return newestQuery(question.of, question.by, question.withinMs);
    case 'newSeries': {
      const seenForMs = Math.max(question.freshMs, LOOKBACK_MS);
      const { of, freshMs, sinceMs, beforeMs = 0 } = question;
      return `count(${live(of, freshMs, beforeMs)} unless ${live(of, seenForMs, beforeMs + sinceMs)})`;
    }
    case 'statistic':
      return statisticQuery(question);
    case 'targets':
      return targetsQuery(question);
    case 'promql':
      return ownText(question);
    case 'otherLabels': {
      const counted = `count without (${labelList(question.names)}) (${live(question.of, question.freshMs, 0)})`;
      return `topk(${OTHER_LABELS_ROWS}, ${counted})`;
    }
  }
}

/**
 * An average is the sum of all samples over their number. A series whose sum is not a number takes no part in sums and
 * averages (NaN is how some clients write "nothing to measure"), while extremes pass over such samples by themselves.
 */
function statisticQuery({ of, statistic, overMs, by }: StatisticQuestion): string {
  const over = `(${selector(of)}[${promDuration(overMs)}])`;
  const groups = grouping(by);
  const summed = `sum_over_time${over} >= -Inf`;
  switch (statistic) {
    case 'sum':
      return `sum${groups}(${summed})`;
    case 'sampleCount':
      return `sum${groups}(count_over_time${over})`;
    case 'average':
      return `sum${groups}(${summed}) / sum${groups}(count_over_time${over} and ${summed})`;
    case 'minimum':
      return `min${groups}(min_over_time${over})`;
    case 'maximum':
      return `max${groups}(max_over_time${over})`;
    default:
      throw new Error(`the configuration refuses ${statistic} where PromQL is asked`);
  }
}

function countQuery({ of, freshMs, by, beforeMs = 0, top, standing = false }: CountQuestion): string {
  const series = standing
    ? notEnded(of, freshMs)
    : beforeMs === 0
      ? live(of, freshMs, 0)
      : earlier(of, freshMs, beforeMs);
  const counted = `count${grouping(by)}(${series})`;
  return top === undefined ? counted : `topk(${top}, ${counted})`;
}

/** The live series of a selection, as PromQL. */
export function liveSelection(of: Selection, freshMs: number): string {
  return live(of, freshMs, 0);
}

/**
 * The series that had a sample during the `freshMs` before now (or before `beforeMs` ago).
 *
 * A range as long as the bound says exactly "a sample at most this old", whatever the lookback and however the series
 * ended (stale markers are no samples); `timestamp(S) >= time() - F` loses a series at its stale marker, flickers for
 * jobs scraped every five minutes, and took twice as long over 1M series. Above an hour the range would read every
 * sample, so aligned instants are asked instead, with the present in front because the last step is up to 5m old.
 */
function live(of: Selection, freshMs: number, beforeMs: number): string {
  const offset = beforeMs === 0 ? '' : ` offset ${promDuration(beforeMs)}`;
  const series = selector(of);
  if (freshMs <= LONGEST_RANGE_MS) return `last_over_time(${series}[${promDuration(freshMs)}]${offset})`;
  const steps = `max_over_time(timestamp(${series})[${promDuration(freshMs)}:${LOOKBACK}]${offset})`;
  const oldest = `time() - ${Math.round((freshMs + beforeMs) / 1000)}`;
  return `((timestamp(${series}${offset}) or ${steps}) >= ${oldest})`;
}

/** What was there once is asked of an instant, which costs less than a range, unless its jobs are slower than that sees. */
function earlier(of: Selection, freshMs: number, beforeMs: number): string {
  return freshMs <= LOOKBACK_MS
    ? `${selector(of)} offset ${promDuration(beforeMs)}`
    : live(of, freshMs, beforeMs);
}

/** An instant shows what ended by a stale marker no more. */
function notEnded(of: Selection, freshMs: number): string {
  return `timestamp(${selector(of)}) >= time() - ${Math.round(Math.min(freshMs, LOOKBACK_MS) / 1000)}`;
}

/** `timestamp()` takes a bare selector: of anything else it is the time of evaluation, and everything looks fresh. */
function newestQuery(of: Selection, by: readonly string[], withinMs: number): string {
  const newest = `max${grouping(by)}(timestamp(${selector(of)}))`;
  return `${newest} or max_over_time((${newest})[${promDuration(withinMs)}:${LOOKBACK}])`;
}

function grouping(by: readonly string[]): string {
  return by.length === 0 ? '' : ` by (${labelList(by)}) `;
}
