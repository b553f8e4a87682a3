import { subjectOf } from '../group.ts';
import { instant } from '../instant.ts';
import { named } from '../message.ts';
import { printable } from '../printable.ts';
import { liveSeriesText, percentText } from './change-words.ts';
import type { BaselineDescription, Usual } from './describe.ts';
import type { ShownBaseline } from './shown.ts';

const MOST_ROWS = 10;
const MOST_VALUES = 20;
const MOST_ACCEPTED = 3;

/** Baselines for a terminal: what is usual of each signal, the largest first. Text from outside is made harmless. */
export function shownText(shown: readonly ShownBaseline[]): string {
  return shown.map((one) => `${lines(one).join('\n')}\n`).join('\n');
}

function lines({ cluster, signal, baseline, problem }: ShownBaseline): readonly string[] {
  const title = `${printable(cluster, 60)} ${printable(signal, 60)}`;
  if (problem !== null) return [`${title}: cannot be read`, `  ${printable(problem, 600)}`];
  if (!baseline) return [`${title}: nothing learned yet; only scheduled runs learn`];
  const { keySets, labels, values, accepted } = baseline;
  return [
    `${title}: ${maturityText(baseline)}`,
    ...seriesLines(baseline),
    ...rows(
      'set',
      keySets.map((usual) => `[${usual.names.join(', ')}]  ${usualText(usual)}`),
    ),
    ...rows(
      'label',
      labels.map(({ label, share }) => `${label}  on ${percentText(share)}`),
    ),
    ...rows(
      'values',
      values.map(
        ({ label, turnsOver, values: all }) =>
          `${label}  ${turnsOver ? 'turn over, compared by name only' : named(all, MOST_VALUES)}`,
      ),
    ),
    ...accepted
      .slice(-MOST_ACCEPTED)
      .map(({ at, by, why }) => row('accepted', `${time(at)} by ${by}: ${why}`)),
  ];
}

function maturityText({ maturity: { runs, of, ready }, firstAt, lastAt }: BaselineDescription): string {
  const since = firstAt === undefined ? '' : `, since ${time(firstAt)}`;
  const until = lastAt === undefined ? '' : `, last ${time(lastAt)}`;
  return `${ready ? 'learned' : `learning ${runs}/${of}`}${since}${until}`;
}

function seriesLines({ total, groups }: BaselineDescription): readonly string[] {
  return [
    ...(total ? [row('series', `${usualText(total)}, median ${total.median}`)] : []),
    ...rows(
      'group',
      groups.map(({ group, ...usual }) => `${subjectOf(group, [...group.keys()])}  ${usualText(usual)}`),
    ),
  ];
}

function usualText(usual: Usual): string {
  const { normalAt } = usual;
  return `${liveSeriesText(usual)}${normalAt === undefined ? '' : `, new: usual from ${time(normalAt)} on`}`;
}

function rows(what: string, all: readonly string[]): readonly string[] {
  const left = all.length - MOST_ROWS;
  return [
    ...all.slice(0, MOST_ROWS).map((text) => row(what, text)),
    ...(left > 0 ? [row(what, `… and ${left} more`)] : []),
  ];
}

function row(what: string, text: string): string {
  return `  ${what.padEnd(8)}  ${printable(text, 600)}`;
}

function time(at: number): string {
  return instant(at);
}
