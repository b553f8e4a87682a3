import type { DiscardedSettings } from '../checks/discarded.ts';
import { turnsOver } from '../turnover.ts';
import type { DraftSeries, DraftSignal } from './draft.ts';
import { logGroupFaults } from './log-group-faults.ts';
import type { Fault, Level, Path } from './problems.ts';
import type { Regexes } from './regexes.ts';

const HALF_A_MINUTE_MS = 30_000;
const FIVE_MINUTES_MS = 300_000;
const TEN_SECONDS_MS = 10_000;
const THREE_MINUTES_MS = 180_000;
const AN_HOUR_MS = 3_600_000;
const TEN_MINUTES_MS = 600_000;
const DAY_MS = 86_400_000;
const HALF_A_DAY_MS = DAY_MS / 2;
const SIX_DAYS_MS = 6 * DAY_MS;
/** Traces are counted one by one, page by page. */
export const MOST_TRACES = 1000;

/** What cannot hold together within one signal, and what is likely to be regretted. Paths begin at the signal; labels that are
 * compared with another signal's may turn over. */
export function contradictions(
  signal: DraftSignal,
  regexes: Regexes,
  compared: ReadonlySet<string> = new Set(),
): Fault[] {
  return [
    ...matchFaults(signal, regexes),
    ...operatorWarnings(signal),
    ...groupWarnings(signal, compared),
    ...freshFaults(signal),
    ...seriesFaults(signal),
    ...tracesFaults(signal),
    ...labelsFaults(signal),
    ...valuesFaults(signal, regexes),
    ...probeFaults(signal),
    ...logGroupFaults(signal),
    ...discardedFaults(signal),
  ];
}

function operatorWarnings({ match = [] }: DraftSignal): Fault[] {
  return match.flatMap(({ label, operator, value }): Fault[] => {
    const slip = /^(=~|!~|!=)(.*)/s.exec(value);
    if (operator !== '=' || !slip) return [];
    return [warning(['match', label], `is compared as text; for the operator write { '${slip[1]}': … }`)];
  });
}

function matchFaults({ match = [] }: DraftSignal, regexes: Regexes): Fault[] {
  return match.flatMap(({ label, operator, value }) => {
    const says = operator === '=~' || operator === '!~' ? regexes.problem(value) : undefined;
    return says === undefined ? [] : [fault(['match', label, operator], says)];
  });
}

function groupWarnings({ by = [] }: DraftSignal, compared: ReadonlySet<string>): Fault[] {
  return by.flatMap((label, index) =>
    turnsOver(label) && !compared.has(label)
      ? [
          warning(
            ['by', index],
            'gets new values with every rollout; group by a label that stays, such as job',
          ),
        ]
      : [],
  );
}

function freshFaults({ fresh, cloudwatch, cloudwatchPromql, logs, xray }: DraftSignal): Fault[] {
  if (fresh === undefined || logs !== undefined) return [];
  if (cloudwatch !== undefined && fresh < TEN_MINUTES_MS) {
    return [warning(['fresh'], 'is less than points may be late in CloudWatch; write 10m or more')];
  }
  if (cloudwatchPromql !== undefined && fresh < FIVE_MINUTES_MS) {
    return [warning(['fresh'], 'is less than samples may be late in CloudWatch; write 5m or more')];
  }
  if (cloudwatchPromql !== undefined && fresh > SIX_DAYS_MS) {
    const says = 'is more than questions may span there, which is seven days in all; write 6d or less';
    return [fault(['fresh'], says)];
  }
  if (xray !== undefined && fresh > DAY_MS) {
    return [fault(['fresh'], 'is more than can be searched trace by trace; write 1d or less')];
  }
  return fresh < HALF_A_MINUTE_MS
    ? [
        warning(
          ['fresh'],
          'is less than scraping and sending in batches take; write more than twice the scrape interval',
        ),
      ]
    : [];
}

function tracesFaults({ traces }: DraftSignal): Fault[] {
  if (traces === undefined || traces.min <= MOST_TRACES) return [];
  const says = `is more than can be counted trace by trace; write ${MOST_TRACES} or less, and a shorter fresh`;
  return [fault(['traces', 'min'], says)];
}

function seriesFaults({ series, by = [], fresh, labels, statistic, targets }: DraftSignal): Fault[] {
  if (series === undefined) return [];
  const each = series.each;
  const faults = [...boundsFaults(series, ['series'])];
  if (each) {
    faults.push(...boundsFaults(each, ['series', 'each']), ...eachFaults(each));
    if (by.length === 0)
      faults.push(fault(['series', 'each'], 'bounds groups, but there are none; write by: [label]'));
  }
  if (series.max !== 0 && series.exactly !== 0) return faults;
  const others = Object.entries({ fresh, labels, 'series.each': each, statistic, targets });
  for (const [key, value] of others) {
    if (value === undefined) continue;
    faults.push(
      fault(key.split('.'), 'contradicts series, which expects that nothing exists; remove one of the two'),
    );
  }
  return faults;
}

function boundsFaults({ min, max, exactly }: DraftSeries, path: Path): Fault[] {
  const faults: Fault[] = [];
  if (min !== undefined && max !== undefined && min > max) {
    faults.push(fault([...path, 'min'], 'is more than max; write min: the smaller, max: the larger number'));
  }
  if (exactly !== undefined && (min !== undefined || max !== undefined)) {
    faults.push(fault([...path, 'exactly'], 'stands beside min or max; keep exactly alone, or min and max'));
  }
  return faults;
}

function eachFaults({ max, exactly }: DraftSeries): Fault[] {
  const zero = max === 0 ? 'max' : exactly === 0 ? 'exactly' : undefined;
  if (zero === undefined) return [];
  const says = 'never holds, since a group has a series; write series: { max: 0 } to expect none';
  return [fault(['series', 'each', zero], says)];
}

const TWICE = 'keep it in one of the two';
const OUTSIDE = 'is not under exactly, which is the whole set; add it there or remove it here';

function labelsFaults({ labels = {} }: DraftSignal): Fault[] {
  const { require = [], forbid = [], values = [] } = labels;
  const required = new Set(require);
  const forbidden = new Set(forbid);
  const whole = labels.exactly && new Set(labels.exactly);
  const isOutside = (label: string) => whole?.has(label) === false;
  const at = (key: string, list: readonly string[], isFaulty: (label: string) => boolean, says: string) =>
    list.flatMap((label, index) => (isFaulty(label) ? [fault(['labels', key, index], says)] : []));
  const atValues = (isFaulty: (label: string) => boolean, says: string) =>
    values.flatMap(([label, expected]): Fault[] =>
      expected !== true && isFaulty(label)
        ? [{ path: ['labels', 'values', label], on: 'key', level: 'error', says }]
        : [],
    );
  return [
    ...at('forbid', forbid, (label) => required.has(label), `is also under require; ${TWICE}`),
    ...at('forbid', forbid, (label) => whole?.has(label) === true, `is also under exactly; ${TWICE}`),
    ...at('require', require, isOutside, OUTSIDE),
    ...atValues((label) => forbidden.has(label), `is also under forbid; ${TWICE}`),
    ...atValues(isOutside, OUTSIDE),
  ];
}

const CHANGE = 'change one of the two';

/** Where `match` selects only series that the labels' expectations rule out. */
function valuesFaults({ match = [], labels = {} }: DraftSignal, regexes: Regexes): Fault[] {
  const matchers = Map.groupBy(match, ({ label }) => label);
  const excludes = (label: string, value: string) =>
    (matchers.get(label) ?? []).some((matcher) => !regexes.admits(matcher, value));
  const lacks = (label: string) =>
    (matchers.get(label) ?? []).some(({ operator, value }) => operator === '=' && value === '');
  const at = (path: Path, list: readonly string[], isFaulty: (item: string) => boolean, says: string) =>
    list.flatMap((item, index) => (isFaulty(item) ? [fault(['labels', ...path, index], says)] : []));
  const values = (labels.values ?? []).flatMap(([label, expected]) => {
    const isExcluded = (value: string) => excludes(label, value);
    const path = ['values', label];
    if (expected === true) return [];
    if (Array.isArray(expected)) return at(path, expected, isExcluded, `is excluded by match; ${CHANGE}`);
    if (!expected.only.every(isExcluded)) return [];
    return [fault(['labels', ...path, 'only'], `allows only what match excludes; ${CHANGE}`)];
  });
  const isDemanded = (label: string) => excludes(label, '');
  return [
    ...values,
    ...at(['forbid'], labels.forbid ?? [], isDemanded, `is on every series that match selects; ${CHANGE}`),
    ...at(['require'], labels.require ?? [], lacks, `is on no series that match selects; ${CHANGE}`),
  ];
}

function probeFaults({ probe, amp, cloudwatch, account }: DraftSignal): Fault[] {
  if (probe === undefined) return [];
  const faults: Fault[] = [];
  if (account !== undefined) {
    const says = 'is not written in a linked account; read that one with a role, or remove probe';
    faults.push(fault(['probe'], says));
  }
  const { within } = probe;
  if (within === undefined) return faults;
  const at = ['probe', 'within'];
  if (within > AN_HOUR_MS) {
    faults.push(fault(at, 'is later than any plane shows a sample that it took; write 1h or less'));
  }
  if (cloudwatch !== undefined && within < THREE_MINUTES_MS) {
    faults.push(warning(at, 'is less than samples may be late in CloudWatch; write 3m or more'));
  }
  if (amp !== undefined && within < TEN_SECONDS_MS) {
    faults.push(warning(at, 'is less than samples may be late in AMP; write 10s or more, such as 2m'));
  }
  return faults;
}

function discardedFaults({ discarded }: DraftSignal): Fault[] {
  const { over, max }: Partial<DiscardedSettings> = discarded ?? {};
  const faults: Fault[] = [];
  if (max === 1) {
    faults.push(fault(['discarded', 'max'], 'is never exceeded; write less, or leave it out for 1%'));
  }
  if (over !== undefined && (over < FIVE_MINUTES_MS || over > HALF_A_DAY_MS)) {
    const says = 'is not from 5m to 12h: discards are read in periods of five minutes; write such as 15m';
    faults.push(fault(['discarded', 'over'], says));
  }
  return faults;
}

function fault(path: Path, says: string, level: Level = 'error'): Fault {
  return { path, on: 'value', level, says };
}

function warning(path: Path, says: string): Fault {
  return fault(path, says, 'warning');
}
