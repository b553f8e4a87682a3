import { instant } from '../instant.ts';
import type { Plane } from '../signal.ts';
import type { DraftSignal } from './draft.ts';
import { apart } from './recognise/groups.ts';
import { toldUnit, type Unit } from './units.ts';

/** What signals are called that no profile names: nothing of a profile begins so. */
const WORDS: Partial<Record<Plane, string>> = {
  amp: 'series of',
  cloudwatch: 'metrics of',
  logs: 'events in',
  xray: 'traces of',
  eksAddon: 'add-on',
  ecsService: 'service',
};

/** A signal with a modest bound for what no profile explains; or, where none can be told, what to say of it. */
export function plainSignal(unit: Unit, all: readonly Unit[]): DraftSignal | string {
  const { plane, place, labels, metric, fresh, is, newestAt } = unit;
  const told = `${plane}: ${toldUnit(unit)}`;
  if (is === 'silent') return `${told}: ${silent(newestAt)}`;
  if (is === 'seldom')
    return `${told}: seen, but it arrives too seldom or too irregularly for a bound that would not cry wolf`;
  const siblings = all.filter(
    (one) => one !== unit && one.plane === plane && one.place === place && one.metric === metric,
  );
  const match = apart(
    labels,
    siblings.map((one) => one.labels),
  );
  return {
    settings: {
      name: `${WORDS[plane] ?? plane} ${toldName(unit)}`.slice(0, 150),
      severity: 'warning',
      [plane]: place,
      ...(metric === undefined ? {} : { metric }),
      ...(Object.keys(match).length === 0 ? {} : { match }),
      ...(fresh === undefined ? {} : { fresh }),
    },
    notes: [],
  };
}

/** What is said of what has ended, by its newest arrival in milliseconds since the epoch. */
export function silent(newestAt: number | undefined): string {
  return newestAt === undefined
    ? 'seen, and nothing has arrived lately'
    : `seen but silent since ${instant(newestAt)}`;
}

/** In a workspace what is in it tells more than the id of the workspace. */
function toldName({ plane, place, labels }: Unit): string {
  const values = Object.values(labels);
  return [...(plane === 'amp' && values.length > 0 ? [] : [place]), ...values].join(', ');
}
