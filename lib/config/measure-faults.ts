import type { DraftSignal } from './draft.ts';
import type { Fault, Level, Path } from './problems.ts';
import type { PromqlSyntax } from './promql.ts';
import type { Regexes } from './regexes.ts';

const MINUTE_MS = 60_000;
const TEN_MINUTES_MS = 10 * MINUTE_MS;
const SIX_DAYS_MS = 6 * 86_400_000;
const MORE_THAN_MAX = 'is more than max; write min: the smaller, max: the larger number';

/** What cannot hold together in what is expected of values, and of what says that there is traffic. */
export function measureFaults(
  signal: DraftSignal,
  { regexes, promql }: { readonly regexes: Regexes; readonly promql: PromqlSyntax | undefined },
): Fault[] {
  return [...statisticFaults(signal), ...promqlFaults(signal, promql), ...gateFaults(signal, regexes)];
}

function statisticFaults({ statistic, cloudwatch, cloudwatchPromql }: DraftSignal): Fault[] {
  if (!statistic) return [];
  const { is = '', over, min, max } = statistic;
  const faults: Fault[] = [];
  if (/^p\d/.test(is) && cloudwatch === undefined) {
    const says =
      'is a percentile, which only cloudwatch knows; under promql write quantile_over_time or histogram_quantile';
    faults.push(fault(['statistic', 'is'], says));
  }
  if (min !== undefined && max !== undefined && min > max) {
    faults.push(fault(['statistic', 'min'], MORE_THAN_MAX));
  }
  if (over === undefined) return faults;
  if (cloudwatch !== undefined && over < TEN_MINUTES_MS) {
    const says = 'is less than points may be late in CloudWatch; write 10m or more';
    faults.push(fault(['statistic', 'over'], says, 'warning'));
  } else if (cloudwatchPromql !== undefined && over > SIX_DAYS_MS) {
    const says = 'is more than questions may span there, which is seven days in all; write 6d or less';
    faults.push(fault(['statistic', 'over'], says));
  } else if (over < MINUTE_MS) {
    const says = 'is less than scraping and sending in batches take; write several times the scrape interval';
    faults.push(fault(['statistic', 'over'], says, 'warning'));
  }
  return faults;
}

function promqlFaults({ promql }: DraftSignal, syntax: PromqlSyntax | undefined): Fault[] {
  if (!promql) return [];
  const { query, returns, min, max } = promql;
  const faults: Fault[] = [];
  const says = query === undefined ? undefined : syntax?.problem(query);
  if (says !== undefined) faults.push(fault(['promql', 'query'], says));
  if (min !== undefined && max !== undefined && min > max) {
    faults.push(fault(['promql', 'min'], MORE_THAN_MAX));
  }
  for (const [key, bound] of Object.entries({ min, max })) {
    if (returns !== 'nothing' || bound === undefined) continue;
    faults.push(fault(['promql', key], 'bounds values where none may be; remove it, or returns: nothing'));
  }
  return faults;
}

function gateFaults({ when, fresh }: DraftSignal, regexes: Regexes): Fault[] {
  if (!when) return [];
  const faults = (when.match ?? []).flatMap(({ label, operator, value }) => {
    const says = operator === '=~' || operator === '!~' ? regexes.problem(value) : undefined;
    return says === undefined ? [] : [fault(['when', 'match', label, operator], says)];
  });
  if (when.cloudwatch === undefined || fresh === undefined || fresh >= TEN_MINUTES_MS) return faults;
  const says =
    'is added up over fresh, which is less than points may be late in CloudWatch, so that the signal may be idle at any time; write fresh: 10m or more';
  return [...faults, fault(['when', 'metric'], says, 'warning')];
}

function fault(path: Path, says: string, level: Level = 'error'): Fault {
  return { path, on: 'value', level, says };
}
