import { NODES, after, names, either, RENAMED, ofAll, ofPods, large } from './after.ts';
import { EVERY_MS } from './estate.ts';
import { type Kind, onCloudWatch, onKubernetes, scaled, target, withNames } from './kind.ts';

/** Labels and dimensions under other names. */
export const RENAMES: readonly Kind[] = [
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

/** Labels and dimensions that are gone from some series or all. */
export const LOSSES: readonly Kind[] = [
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
