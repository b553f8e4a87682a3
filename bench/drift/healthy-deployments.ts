import { always, during, isNode, some } from './always.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, type Row } from './estate.ts';
import { changed, type Kind, scaled, type Scene, withLabels } from './kind.ts';
import { noise } from './noise.ts';

/** Old and new pods of some rows are live together. */
function rollouts(
  name: string,
  of: (scene: Scene) => (row: Row) => boolean,
  everyMs: number,
  forMs: number,
  factor = 2,
): Kind {
  return {
    name,
    make: (scene) => {
      const chosen = of(scene);
      const isRollout = (at: number): boolean => during(at, scene.at, everyMs, forMs);
      return {
        isRollout,
        change: (rows, at) => (isRollout(at) ? changed(rows, chosen, (row) => scaled(row, factor)) : rows),
      };
    },
  };
}

/** Deployments, and what replaces pods and nodes. */
export const DEPLOYMENTS: readonly Kind[] = [
  rollouts('one workload is deployed every day', some, DAY_MS, 15 * MINUTE_MS),
  rollouts('all workloads are deployed every day', () => () => true, DAY_MS, 20 * MINUTE_MS),
  rollouts('many deployments a day', some, 3 * HOUR_MS, 15 * MINUTE_MS),
  rollouts('blue and green for half an hour', some, 3 * DAY_MS, 30 * MINUTE_MS),
  rollouts('nodes are rotated', () => isNode, 7 * DAY_MS, 30 * MINUTE_MS, 1.5),
  rollouts('the cluster is upgraded', () => () => true, 14 * DAY_MS, 25 * MINUTE_MS, 1.4),
  always('a canary of one pod for two hours', (scene) => {
    const chosen = some(scene);
    return (rows, at) =>
      during(at, scene.at, 2 * DAY_MS, 2 * HOUR_MS)
        ? changed(rows, chosen, (row) => ({ ...row, series: row.series + 1 }))
        : rows;
  }),
  always(
    'versions change with deployments',
    () => (rows, at) =>
      rows.map((row) => withLabels(row, { service_version: `1.${Math.floor(at / (3 * DAY_MS)) % 100}.0` })),
  ),
  always(
    'a build id changes daily',
    () => (rows, at) =>
      rows.map((row) => withLabels(row, { deployed_commit: noiseHex(Math.floor(at / DAY_MS)) })),
  ),
  always(
    'pod names stand in a label of another name',
    (scene) => (rows, at) =>
      rows.map((row, index) =>
        withLabels(
          row,
          index < 20 ? { worker: `w-${noiseHex(scene.seed, index, Math.floor(at / DAY_MS))}` } : {},
        ),
      ),
  ),
];

function noiseHex(...parts: readonly number[]): string {
  return Math.floor((1 + noise(...parts)) * 2 ** 31).toString(16) + 'a1';
}
