import { turnsOver } from '../turnover.ts';
import type { DraftSeries, DraftSignal } from './draft.ts';
import type { Fault, Level, Path } from './problems.ts';
import type { Regexes } from './regexes.ts';

const HALF_A_MINUTE_MS = 30_000;

/** What cannot hold together within one signal, and what is likely to be regretted. Paths begin at the signal. */
export function contradictions(signal: DraftSignal, regexes: Regexes): Fault[] {
  return [
    ...matchFaults(signal, regexes),
    ...groupWarnings(signal),
    ...freshWarnings(signal),
    ...seriesFaults(signal),
    ...labelsFaults(signal),
    ...valuesFaults(signal, regexes),
  ];
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

function freshWarnings({ fresh }: DraftSignal): Fault[] {
  return fresh !== undefined && fresh < HALF_A_MINUTE_MS
    ? [
        warning(
          ['fresh'],
          'is less than scraping and sending in batches take; write more than twice the scrape interval',
        ),
      ]
    : [];
}

function seriesFaults({ series, by = [], fresh, labels }: DraftSignal): Fault[] {
  if (series === undefined) return [];
  const each = series.each;
  const faults = [...boundsFaults(series, ['series'])];
  if (each) {
    faults.push(...boundsFaults(each, ['series', 'each']), ...eachFaults(each));
    if (by.length === 0)
      faults.push(fault(['series', 'each'], 'bounds groups, but there are none; write by: [label]'));
  }
  if (series.max !== 0 && series.exactly !== 0) return faults;
  const others = Object.entries({ fresh, labels, 'series.each': each });
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

function labelsFaults({ labels }: DraftSignal): Fault[] {
  if (labels === undefined) return [];
  const { require = [], forbid = [], values = [], exactly } = labels;
  const named = values.map(([label]) => label);
  const at = (key: string, list: readonly string[], isFaulty: (label: string) => boolean, says: string) =>
    list.flatMap((label, index) => (isFaulty(label) ? [fault(['labels', key, index], says)] : []));
  const atValues = (isFaulty: (label: string) => boolean, says: string) =>
    named
      .filter(isFaulty)
      .map((label): Fault => ({ path: ['labels', 'values', label], on: 'key', level: 'error', says }));
  const outside = (label: string) => exactly !== undefined && !exactly.includes(label);
  return [
    ...at(
      'forbid',
      forbid,
      (label) => require.includes(label),
      'is also under require; keep it in one of the two',
    ),
    ...at(
      'forbid',
      forbid,
      (label) => !!exactly?.includes(label),
      'is also under exactly; keep it in one of the two',
    ),
    ...at(
      'require',
      require,
      outside,
      'is not under exactly, which is the whole set; add it there or remove it here',
    ),
    ...atValues((label) => forbid.includes(label), 'is also under forbid; keep it in one of the two'),
    ...atValues(outside, 'is not under exactly, which is the whole set; add it there or remove it here'),
  ];
}

/** Where `match` selects only series that the labels' expectations rule out. */
function valuesFaults({ match = [], labels }: DraftSignal, regexes: Regexes): Fault[] {
  const excluded = (label: string, value: string) =>
    match.some((matcher) => matcher.label === label && !regexes.admits(matcher, value));
  const values = (labels?.values ?? []).flatMap(([label, expected]) => {
    const path = ['labels', 'values', label];
    if (!Array.isArray(expected)) {
      const none = expected.only.every((value) => excluded(label, value));
      return none ? [fault([...path, 'only'], 'allows only what match excludes; change one of the two')] : [];
    }
    return expected.flatMap((value, index) =>
      excluded(label, value) ? [fault([...path, index], 'is excluded by match; change one of the two')] : [],
    );
  });
  const forbidden = (labels?.forbid ?? []).flatMap((label, index) =>
    excluded(label, '')
      ? [fault(['labels', 'forbid', index], 'is on every series that match selects; change one of the two')]
      : [],
  );
  const required = (labels?.require ?? []).flatMap((label, index) =>
    match.some((matcher) => matcher.label === label && matcher.operator === '=' && matcher.value === '')
      ? [fault(['labels', 'require', index], 'is on no series that match selects; change one of the two')]
      : [],
  );
  return [...values, ...forbidden, ...required];
}

function fault(path: Path, says: string, level: Level = 'error'): Fault {
  return { path, on: 'value', level, says };
}

function warning(path: Path, says: string): Fault {
  return fault(path, says, 'warning');
}
