import { type Maker, always, during, hourOfDay, dayOfWeek, some, byLoad } from './always.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, type Row } from './estate.ts';
import { load } from './estates.ts';
import { changed, type Kind, scaled, type Scene, identityOf } from './kind.ts';
import { noise } from './noise.ts';

/** Ups and downs by day, week and season. */
export const RHYTHMS: readonly Kind[] = [
  always('nothing happens', () => (rows) => rows),
  always(
    'autoscaling by day',
    byLoad((at) => 0.45 + (0.55 * (1 + Math.cos(((hourOfDay(at) - 13) / 12) * Math.PI))) / 2),
  ),
  always(
    'autoscaling by day and week',
    byLoad((at) => load(at, 0.6)),
  ),
  always(
    'a holiday on a working day',
    byLoad((at, { at: from }) =>
      load(
        during(at, Math.floor(from / DAY_MS) * DAY_MS, 90 * DAY_MS, DAY_MS)
          ? at - dayOfWeek(at) * DAY_MS
          : at,
        0.5,
      ),
    ),
  ),
  always(
    'two holidays in a row',
    byLoad((at, { at: from }) =>
      load(
        during(at, Math.floor(from / DAY_MS) * DAY_MS, 90 * DAY_MS, 2 * DAY_MS)
          ? at - dayOfWeek(at) * DAY_MS
          : at,
        0.5,
      ),
    ),
  ),
  always(
    'ten quiet days at the end of the year',
    byLoad((at, { at: from }) =>
      load(
        during(at, Math.floor(from / DAY_MS) * DAY_MS, 90 * DAY_MS, 10 * DAY_MS)
          ? at - dayOfWeek(at) * DAY_MS
          : at,
        0.5,
      ),
    ),
  ),
  always(
    'the clocks change',
    byLoad((at, { at: from }) => load(at >= from ? at + HOUR_MS : at, 0.6)),
  ),
  always('development sleeps at night', (scene) => {
    const chosen = some(scene);
    return (rows, at) => changed(rows, chosen, (row) => (hourOfDay(at) < 6 ? scaled(row, 0) : row));
  }),
  always(
    'growth of 5 % a month',
    byLoad((at, { from }) => 1 + (0.05 * (at - from)) / (30 * DAY_MS)),
  ),
  always(
    '5 % fewer in a month',
    byLoad((at, { from }) => 1 - (0.05 * (at - from)) / (30 * DAY_MS)),
  ),
  always(
    'a tenth more replicas from a day on',
    byLoad((at, { at: from }) => (at >= from ? 1.1 : 1)),
  ),
  always('a small workload halves at times', sometimesScaled(0.5)),
  always('bursts of one workload from the beginning', sometimesScaled(2), { isGain: true }),
  always(
    'a peak day',
    byLoad((at, { at: from }) => (during(at, from, 90 * DAY_MS, 8 * HOUR_MS) ? 1.5 : 1)),
    { isGain: true },
  ),
];

function smallest({ estate, from }: Scene): (row: Row) => boolean {
  const [least] = estate.rows(from).toSorted((a, b) => a.series - b.series);
  return (row) => identityOf(row) === identityOf(least);
}

/** A small workload whose pods double or halve for some quarters of an hour. */
function sometimesScaled(factor: number): Maker {
  return (scene) => {
    const chosen = smallest(scene);
    return (rows, at) =>
      noise(scene.seed, 9, Math.floor(at / (15 * MINUTE_MS))) < 0.15
        ? changed(rows, chosen, (row) => ({ ...row, series: Math.max(1, Math.round(row.series * factor)) }))
        : rows;
  };
}
