import { turnsOver } from '../turnover.ts';
import type { DraftSeries, DraftSignal } from './draft.ts';
import type { Fault, Level, Path } from './problems.ts';
import type { Regexes } from './regexes.ts';

const HALF_A_MINUTE_MS = 30_000;
const FIVE_MINUTES_MS = 300_000;
const TEN_MINUTES_MS = 600_000;
const SIX_DAYS_MS = 6 * 86_400_000;

/** What cannot hold together within one signal, and what is likely to be regretted. Paths begin at the signal. */
export function contradictions(signal: DraftSignal, regexes: Regexes): Fault[] {
  return [
    ...matchFaults(signal, regexes),
    ...operatorWarnings(signal),
    ...groupWarnings(signal),
    ...freshFaults(signal),
    ...seriesFaults(signal),
    ...labelsFaults(signal),
    ...valuesFaults(signal, regexes),
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

function groupWarnings({ by = [] }: DraftSignal): Fault[] {
  return by.flatMap((label, index) =>
    turnsOver(label)
      ? [
          warning(
            ['by', index],
            'gets new values with every rollout; group by a label that stays, such as job',
          ),
        ]
      : [],
  );
}

function freshFaults({ fresh, cloudwatch, cloudwatchPromql }: DraftSignal): Fault[] {
  if (fresh === undefined) return [];
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
  return fresh < HALF_A_MINUTE_MS
    ? [
        warning(
          ['fresh'],
          'is less than scraping and sending in batches take; write more than twice the scrape interval',
        ),
      ]
    : [];
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
    values.flatMap(([label]): Fault[] =>
      isFaulty(label) ? [{ path: ['labels', 'values', label], on: 'key', level: 'error', says }] : [],
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

function fault(path: Path, says: string, level: Level = 'error'): Fault {
  return { path, on: 'value', level, says };
}

function warning(path: Path, says: string): Fault {
  return fault(path, says, 'warning');
}
