import type { Drift } from '../../lib/baseline/shape.ts';
import { DAY_MS, EVERY_MS, HOUR_MS, type Row } from './estate.ts';
import {
  changed,
  type Event,
  type Kind,
  onCloudWatch,
  onKubernetes,
  scaled,
  type Scene,
  target,
  withLabels,
  withNames,
} from './kind.ts';

type Of = (row: Row) => boolean;
type Map1 = (row: Row) => Row;

const all: Of = () => true;
const isJob =
  (job: string): Of =>
  (row) =>
    row.labels['job'] === job;
const PODS = isJob('kubernetes-pods');
const NODES = isJob('kubernetes-nodes');

/** What happens to some rows from a time on, and the drift that tells it. */
function after(
  name: string,
  of: (scene: Scene) => Of,
  how: Map1,
  expects: Expects,
  more: Partial<Kind> = {},
): Kind {
  return {
    name,
    ...more,
    make: (scene): Event => {
      const chosen = of(scene);
      return {
        change: (rows, at) => (at < scene.at ? rows : changed(rows, chosen, how)),
        expects: (drift) => expects(drift, scene),
      };
    },
  };
}

type Expects = (drift: Drift, scene: Scene) => boolean;

const names =
  (kinds: readonly string[], ...about: readonly string[]): Expects =>
  (drift) =>
    drift.of === 'names' &&
    kinds.includes(drift.kind) &&
    (about.length === 0 || about.some((name) => [...drift.names, ...(drift.now ?? [])].includes(name)));
const series =
  (...kinds: readonly string[]): Expects =>
  (drift) =>
    drift.of === 'series' && kinds.includes(drift.kind);
const values =
  (...kinds: readonly string[]): Expects =>
  (drift) =>
    drift.of === 'values' && kinds.includes(drift.kind);
const either =
  (...expects: readonly Expects[]): Expects =>
  (drift, scene) =>
    expects.some((one) => one(drift, scene));

const ONE_DOWN = either(series('drop', 'gone'), values('gone'));
const MOVED = either(series('gone', 'new'), values('gone', 'new'));
const RENAMED = names(['renamed']);

const ofAll = (): Of => all;
const ofPods = (): Of => PODS;
const large =
  (least: number): ((scene: Scene) => Of) =>
  (scene) =>
    target(scene, (row) => row.series >= least && !NODES(row));

const renames: readonly Kind[] = [
  after(
    'OTelLib is added to every set',
    ofAll,
    (row) => withNames(row, ['OTelLib']),
    names(['renamed', 'new'], 'OTelLib'),
  ),
  after(
    'OTelLib is added to one set',
    (scene) => target(scene),
    (row) => withNames(row, ['OTelLib']),
    names(['renamed', 'new'], 'OTelLib'),
  ),
  {
    name: 'OTelLib disappears from every set',
    make: (scene) => ({
      change: (rows, at) => (at < scene.at ? rows.map((row) => withNames(row, ['OTelLib'])) : rows),
      expects: (drift) => names(['renamed', 'lost'], 'OTelLib')(drift, scene),
    }),
  },
  after(
    'a pod label is renamed everywhere',
    ofPods,
    (row) => withNames(row, ['pod'], ['kubernetes_pod_name']),
    names(['renamed'], 'pod'),
    { on: onKubernetes },
  ),
  after(
    'two labels are renamed for one job',
    ofPods,
    (row) => withNames(row, ['namespace', 'pod'], ['kubernetes_namespace', 'kubernetes_pod_name']),
    RENAMED,
    { on: onKubernetes },
  ),
  after(
    'a dimension is renamed in one set',
    (scene) => target(scene, (row) => row.names.includes('PodName')),
    (row) => withNames(row, ['K8sPodName'], ['PodName']),
    RENAMED,
    { on: onCloudWatch },
  ),
  {
    name: 'a renamed set comes four minutes late',
    make: (scene) => ({
      change: (rows, at) => {
        if (at < scene.at) return rows;
        return at < scene.at + EVERY_MS ? rows.slice(0, 1) : rows.map((row) => withNames(row, ['OTelLib']));
      },
      expects: (drift) => names(['renamed', 'new'], 'OTelLib')(drift, scene),
    }),
  },
  after(
    'scope labels appear on all series',
    ofAll,
    (row) => withNames(row, ['otel_scope_name', 'otel_scope_version']),
    names(['new', 'renamed']),
  ),
  after(
    'every declaration falls back to all labels',
    (scene) => target(scene),
    (row) => withNames(row, ['http_scheme', 'net_host_port', 'server_port']),
    names(['new', 'renamed']),
  ),
];

const losses: readonly Kind[] = [
  after(
    'a label is lost on all series of a job',
    ofPods,
    (row) => withNames(row, [], ['pod_template_hash']),
    names(['lost']),
    { on: onKubernetes },
  ),
  after(
    'four labels are lost together',
    ofPods,
    (row) => withNames(row, [], ['app', 'container', 'kubernetes_namespace', 'kubernetes_pod_name']),
    names(['lost']),
    { on: onKubernetes },
  ),
  after(
    'one workload loses a label',
    large(2),
    (row) => withNames(row, [], ['kubernetes_pod_name']),
    names(['lost']),
    { on: onKubernetes },
  ),
  someSeries('one of its series loses a label', () => 1),
  someSeries('a tenth of its series lose a label', (count) => Math.ceil(count / 10)),
  someSeries('half of its series lose a label', (count) => Math.ceil(count / 2)),
  {
    ...someSeries('a label is lost in a rollout', (count) => count),
    make: (scene) => {
      const event = someSeries('', (count) => count).make(scene);
      const isRollout = (at: number): boolean => at >= scene.at && at < scene.at + 4 * EVERY_MS;
      // The old generation is live beside the new one for a while.
      return {
        ...event,
        isRollout,
        change: (rows, at) => (isRollout(at) ? [...rows, ...event.change(rows, at)] : event.change(rows, at)),
      };
    },
  },
  after(
    'a leader-only set is gone',
    () => (row) => row.names.includes('leader'),
    (row) => scaled(row, 0),
    names(['lost']),
    { on: onCloudWatch },
  ),
  after(
    'the set of the cluster alone is gone',
    () => (row) => row.names.length === 1,
    (row) => scaled(row, 0),
    names(['lost']),
    { on: onCloudWatch },
  ),
  after(
    'a set loses a dimension',
    (scene) => target(scene, (row) => row.names.length > 2),
    (row) => withNames(row, [], [row.names.at(-1) ?? '']),
    either(RENAMED, names(['lost'])),
    { on: onCloudWatch },
  ),
  after(
    'a label that one workload alone has is lost',
    (scene) => target(scene, (row) => row.names.includes('topology_zone')),
    (row) => withNames(row, [], ['topology_zone']),
    names(['lost']),
    { on: onKubernetes },
  ),
];

/** Some of a workload's series lose a label, the others keep it. */
function someSeries(name: string, count: (series: number) => number): Kind {
  return {
    name,
    on: onKubernetes,
    make: (scene) => {
      const chosen = target(scene, (row) => row.series >= 3 && !NODES(row));
      return {
        change: (rows, at) =>
          at < scene.at
            ? rows
            : rows.flatMap((row) => {
                if (!chosen(row)) return [row];
                const lost = Math.min(row.series, count(row.series));
                return [
                  { ...row, series: row.series - lost },
                  { ...withNames(row, [], ['kubernetes_pod_name']), series: lost },
                ];
              }),
        expects: (drift) => names(['lost'], 'kubernetes_pod_name')(drift, scene),
      };
    },
  };
}

const counts: readonly Kind[] = [
  after('every series is doubled', ofAll, (row) => scaled(row, 2), series('rise')),
  after('every series is tripled', ofAll, (row) => scaled(row, 3), series('rise')),
  after('every series is doubled in the first week', ofAll, (row) => scaled(row, 2), series('rise'), {
    afterDays: 3,
  }),
  after('the series of one job are doubled', ofPods, (row) => scaled(row, 2), series('rise'), {
    on: onKubernetes,
  }),
  after('three in ten series are gone', ofAll, (row) => scaled(row, 0.7), series('drop')),
  after('three in ten series are gone in the first week', ofAll, (row) => scaled(row, 0.7), series('drop'), {
    afterDays: 3,
  }),
  after(
    'four in ten series are gone since Saturday night',
    ofAll,
    (row) => scaled(row, 0.6),
    series('drop'),
    { afterDays: 11.1 },
  ),
  after('half of the series are gone', ofAll, (row) => scaled(row, 0.5), series('drop')),
  after(
    'half of the nodes are not scraped',
    () => NODES,
    (row) => scaled(row, 0.5),
    series('drop'),
    { on: onKubernetes },
  ),
  after('half of a large workload is not scraped', large(60), (row) => scaled(row, 0.4), series('drop'), {
    on: ({ name }) => name === 'large',
  }),
  slide('series slide away by 1 % a day', -0.01, 'drop'),
  slide('series creep up by 1 % a day', 0.01, 'rise'),
  slide('series slide away by 3 % a day', -0.03, 'drop'),
];

function slide(name: string, perDay: number, kind: string): Kind {
  return {
    name,
    days: Math.abs(perDay) < 0.02 ? 45 : 20,
    make: (scene) => ({
      change: (rows, at) => {
        const factor = (1 + perDay) ** Math.max(0, Math.floor((at - scene.at) / DAY_MS));
        return rows
          .map((row) => ({ ...row, series: scaled({ ...row, series: row.series * 10 }, factor).series / 10 }))
          .map((row) => scaled(row, 1));
      },
      expects: (drift) => series(kind)(drift, scene),
    }),
  };
}

const members: readonly Kind[] = [
  after(
    'the annotation of one workload is removed',
    large(1),
    (row) => scaled(row, 0),
    either(ONE_DOWN, names(['lost'])),
    { on: onKubernetes },
  ),
  after(
    'a namespace is gone',
    () => (row) => row.labels['kubernetes_namespace'] === 'team-1',
    (row) => scaled(row, 0),
    ONE_DOWN,
    { on: onKubernetes },
  ),
  after(
    'a namespace moved',
    () => (row) => row.labels['kubernetes_namespace'] === 'team-1',
    (row) => withLabels(row, { kubernetes_namespace: 'squad-one' }),
    MOVED,
    { on: onKubernetes },
  ),
  after(
    'a job is gone',
    () => isJob('kubernetes-pods-slow'),
    (row) => scaled(row, 0),
    ONE_DOWN,
    { on: onKubernetes },
  ),
  after('a job is renamed', ofPods, (row) => withLabels(row, { job: 'k8s_metrics_scrape' }), MOVED, {
    on: onKubernetes,
  }),
  after('a workload is renamed', large(1), (row) => withLabels(row, { app: 'checkout-next' }), MOVED, {
    on: ({ name }) => name === 'small' || name === 'large',
  }),
  after(
    'a container is renamed',
    ofPods,
    (row) => (row.labels['container'] === 'main' ? withLabels(row, { container: 'server' }) : row),
    MOVED,
    { on: onKubernetes },
  ),
  labelled(
    'the component of an exporter is renamed',
    'exporter',
    'prometheusremotewrite',
    'prometheus_remote_write',
  ),
  labelled('a metric gets the suffix _total', '__name__', 'http_requests', 'http_requests_total'),
  labelled('the cluster label is overwritten', 'cluster', 'prod-eu', 'eks-prod-eu'),
];

/** All rows carry a label whose only value changes. */
function labelled(name: string, label: string, before: string, now: string): Kind {
  return {
    name,
    make: (scene) => ({
      change: (rows, at) => rows.map((row) => withLabels(row, { [label]: at < scene.at ? before : now })),
      expects: (drift) => values('gone', 'new')(drift, scene),
    }),
  };
}

/** Real drift, each beginning at another hour of the day. */
export const BREAKS: readonly Kind[] = [...renames, ...losses, ...counts, ...members];
export const WATCHED_MS = 8 * DAY_MS + HOUR_MS;
