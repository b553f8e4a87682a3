import { ARRIVALS, FLICKERS } from './healthy-arrivals.ts';
import { DEPLOYMENTS } from './healthy-deployments.ts';
import { RHYTHMS } from './healthy-rhythms.ts';
import { always, dayOfWeek, some, byLoad } from './always.ts';
import { MINUTE_MS } from './estate.ts';
import { changed, type Kind, scaled } from './kind.ts';

/** What is healthy and looks like a break all the same, until people say that it is none. */
export const LIKE_BREAKS: readonly Kind[] = [
  always(
    'weekends are quiet from the first minute to the last',
    byLoad((at) => (dayOfWeek(at) % 6 === 0 ? 0.5 : 1)),
  ),
  always('a workload is taken out of service', (scene) => {
    const chosen = some(scene);
    return (rows, at) => (at < scene.at ? rows : changed(rows, chosen, (row) => scaled(row, 0)));
  }),
  always('a workload is down for a quarter of an hour', (scene) => {
    const chosen = some(scene);
    return (rows, at) =>
      at >= scene.at && at < scene.at + 15 * MINUTE_MS
        ? changed(rows, chosen, (row) => scaled(row, 0))
        : rows;
  }),
];

/** Healthy changes, each for a month. */
export const HEALTHY: readonly Kind[] = [...DEPLOYMENTS, ...RHYTHMS, ...ARRIVALS, ...FLICKERS];
