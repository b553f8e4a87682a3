import {
  isJob,
  NODES,
  after,
  names,
  series,
  values,
  either,
  ONE_DOWN,
  MOVED,
  ofAll,
  ofPods,
  large,
} from './after.ts';
import { DAY_MS } from './estate.ts';
import { type Kind, onKubernetes, scaled, withLabels } from './kind.ts';

/** More or fewer series, at once or slowly. */
export const COUNTS: readonly Kind[] = [
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

/** Groups and values that are gone, or called otherwise. */
export const MEMBERS: readonly Kind[] = [
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
