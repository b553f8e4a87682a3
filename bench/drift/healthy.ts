import { type Change, DAY_MS, EVERY_MS, HOUR_MS, MINUTE_MS, type Row, rowOf } from './estate.ts';
import { load } from './estates.ts';
import {
  changed,
  type Kind,
  onCloudWatch,
  onKubernetes,
  scaled,
  type Scene,
  target,
  withLabels,
} from './kind.ts';
import { noise, pick } from './noise.ts';

type Maker = (scene: Scene) => Change;

const always = (name: string, maker: Maker, more: Partial<Kind> = {}): Kind => ({
  name,
  ...more,
  make: (scene) => ({ change: maker(scene) }),
});

/** Every so often, for so long, from some time on. */
const during = (at: number, from: number, everyMs: number, forMs: number): boolean =>
  at >= from && (at - from) % everyMs < forMs;

const hourOfDay = (at: number): number => (at % DAY_MS) / HOUR_MS;
const dayOfWeek = (at: number): number => (Math.floor(at / DAY_MS) + 4) % 7;
const runOf = (at: number): number => Math.floor(at / EVERY_MS);
const isNode = (row: Row): boolean => row.labels['job'] === 'kubernetes-nodes';
const some = (scene: Scene): ((row: Row) => boolean) => target(scene, (row) => !isNode(row));
const scaleAll =
  (factor: (at: number) => number): Change =>
  (rows, at) =>
    rows.map((row) => scaled(row, factor(at)));

const extra = (labels: Row['labels'], count: number): Row =>
  rowOf(
    { job: 'kubernetes-pods', kubernetes_namespace: 'team-1', container: 'main', ...labels },
    ['instance', 'kubernetes_pod_name', 'pod_template_hash'],
    count,
  );

/** A row that is there only at times. */
const sometimes = (row: Row, when: (at: number, scene: Scene) => boolean): Maker => {
  return (scene) => (rows, at) => (when(at, scene) ? [...rows, row] : rows);
};

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

const deployments: readonly Kind[] = [
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

const load_ =
  (scale: (at: number, scene: Scene) => number): Maker =>
  (scene) =>
    scaleAll((at) => scale(at, scene));

const rhythms: readonly Kind[] = [
  always('nothing happens', () => (rows) => rows),
  always(
    'autoscaling by day',
    load_((at) => 0.45 + (0.55 * (1 + Math.cos(((hourOfDay(at) - 13) / 12) * Math.PI))) / 2),
  ),
  always(
    'autoscaling by day and week',
    load_((at) => load(at, 0.6)),
  ),
  always(
    'weekends are quiet',
    load_((at) => (dayOfWeek(at) % 6 === 0 ? 0.5 : 1)),
  ),
  always(
    'a holiday on a working day',
    load_((at, { at: from }) =>
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
    load_((at, { at: from }) =>
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
    load_((at, { at: from }) =>
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
    load_((at, { at: from }) => load(at >= from ? at + HOUR_MS : at, 0.6)),
  ),
  always('development sleeps at night', (scene) => {
    const chosen = some(scene);
    return (rows, at) => changed(rows, chosen, (row) => (hourOfDay(at) < 6 ? scaled(row, 0) : row));
  }),
  always(
    'growth of 5 % a month',
    load_((at, { from }) => 1 + (0.05 * (at - from)) / (30 * DAY_MS)),
  ),
  always(
    '5 % fewer in a month',
    load_((at, { from }) => 1 - (0.05 * (at - from)) / (30 * DAY_MS)),
  ),
  always(
    'a tenth more replicas from a day on',
    load_((at, { at: from }) => (at >= from ? 1.1 : 1)),
  ),
  always('a workload of two goes down to one at times', sometimesScaled(0.5)),
  always('bursts of one workload from the beginning', sometimesScaled(2), { isGain: true }),
  always(
    'a peak day',
    load_((at, { at: from }) => (during(at, from, 90 * DAY_MS, 8 * HOUR_MS) ? 1.5 : 1)),
    { isGain: true },
  ),
];

/** A small workload whose pods double or halve for some quarters of an hour. */
function sometimesScaled(factor: number): Maker {
  return (scene) => {
    const chosen = target(scene, (row) => row.series <= 4);
    return (rows, at) =>
      noise(scene.seed, 9, Math.floor(at / (15 * MINUTE_MS))) < 0.15
        ? changed(rows, chosen, (row) => ({ ...row, series: Math.max(1, Math.round(row.series * factor)) }))
        : rows;
  };
}

const arrivals: readonly Kind[] = [
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

const flickers: readonly Kind[] = [
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
      pick(288, scene.seed, runOf(at)) === 0 ? changed(rows, chosen, (row) => scaled(row, 0)) : rows;
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

/** Healthy changes, each for a month. */
export const HEALTHY: readonly Kind[] = [...deployments, ...rhythms, ...arrivals, ...flickers];
