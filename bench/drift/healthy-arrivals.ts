import { always, during, hourOfDay, runOf, some, extra, sometimes } from './always.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, rowOf } from './estate.ts';
import { changed, type Kind, onCloudWatch, onKubernetes, scaled, withLabels } from './kind.ts';
import { noise, pick } from './noise.ts';

/** What comes to stay, or for a while. */
export const ARRIVALS: readonly Kind[] = [
  always(
    'a new team has a workload',
    sometimes(
      extra({ app: 'newcomer', kubernetes_namespace: 'newcomers' }, 8),
      (at, scene) => at >= scene.at,
    ),
    { isGain: true, on: onKubernetes },
  ),
  always(
    'a new workload in a known namespace',
    sometimes(extra({ app: 'newcomer' }, 5), (at, scene) => at >= scene.at),
    { isGain: true, on: onKubernetes },
  ),
  always(
    'a new workload with labels of its own',
    (scene) => (rows, at) =>
      at < scene.at
        ? rows
        : [...rows, withLabels(extra({ app: 'newcomer' }, 5), { app_kubernetes_io_part_of: 'shop' })],
    { isGain: true, on: onKubernetes },
  ),
  always(
    'a namespace with three workloads arrives',
    (scene) => (rows, at) =>
      at < scene.at
        ? rows
        : [...rows, ...['a', 'b', 'c'].map((app) => extra({ app, kubernetes_namespace: 'arrivals' }, 4))],
    { isGain: true, on: onKubernetes },
  ),
  always(
    'a new metric under a new dimension set',
    (scene) => (rows, at) => (at < scene.at ? rows : [...rows, rowOf({ ClusterName: 'prod' }, ['Queue'], 6)]),
    { isGain: true, on: onCloudWatch },
  ),
  always(
    'a weekly batch is seen for the first time',
    sometimes(extra({ app: 'weekly' }, 6), (at, scene) => during(at, scene.at, 7 * DAY_MS, 2 * HOUR_MS)),
    { isGain: true, on: onKubernetes },
  ),
  always(
    'a pod for debugging, for an hour',
    sometimes(extra({ app: 'debug' }, 1), (at, scene) => during(at, scene.at, 90 * DAY_MS, HOUR_MS)),
    { isGain: true, on: onKubernetes },
  ),
];

/** What is there at times, and what a run did not see. */
export const FLICKERS: readonly Kind[] = [
  always(
    'a slow job flickers every other run',
    sometimes(extra({ app: 'slow', job: 'slow' }, 12), (at) => runOf(at) % 2 === 0),
    { on: onKubernetes },
  ),
  always(
    'a slow job flickers one run in ten',
    sometimes(extra({ app: 'slow', job: 'slow' }, 12), (at, { seed }) => pick(10, seed, runOf(at)) > 0),
    { on: onKubernetes },
  ),
  always(
    'a job every hour for ten minutes',
    sometimes(extra({ app: 'hourly', job: 'cron' }, 3), (at) => at % HOUR_MS < 10 * MINUTE_MS),
    { on: onKubernetes },
  ),
  always(
    'a daily batch of an hour',
    sometimes(extra({ app: 'nightly', job: 'cron' }, 9), (at) => Math.floor(hourOfDay(at)) === 3),
    { on: onKubernetes },
  ),
  always('a missed scrape every day', (scene) => {
    const chosen = some(scene);
    return (rows, at) =>
      runOf(at) % 2 === 0 && pick(144, scene.seed, runOf(at)) === 0
        ? changed(rows, chosen, (row) => scaled(row, 0))
        : rows;
  }),
  always(
    'collectors restart, one run sees half',
    (scene) => (rows, at) =>
      pick(600, scene.seed, 3, Math.floor(runOf(at) / 2)) === 0 && runOf(at) % 2 === 0
        ? rows.map((row) => scaled(row, 0.5))
        : rows,
  ),
  always(
    'points come late, one run sees most',
    (scene) => (rows, at) =>
      runOf(at) % 3 === 0 && noise(scene.seed, 4, runOf(at)) < 0.1
        ? rows.map((row) => scaled(row, 0.7))
        : rows,
  ),
  always(
    'the leader changes',
    () => (rows, at) => (runOf(at) % 1999 === 0 ? rows.filter((row) => !row.names.includes('leader')) : rows),
    { on: onCloudWatch },
  ),
  always(
    'spot instances are taken away',
    (scene) => (rows, at) =>
      pick(300, scene.seed, 5, Math.floor(runOf(at) / 2)) === 0 ? rows.map((row) => scaled(row, 0.9)) : rows,
  ),
  always(
    'a value comes and goes with every few hours',
    (scene) => (rows, at) =>
      rows.map((row, index) =>
        withLabels(row, {
          shift:
            ['ash', 'elm', 'oak', 'fir', 'yew', 'bay'][
              (Math.floor(at / (3 * HOUR_MS)) + index + scene.seed) % 6
            ] ?? '',
        }),
      ),
  ),
];
