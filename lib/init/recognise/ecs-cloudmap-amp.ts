import { type DraftCluster, type DraftSignal, switchedOff } from '../draft.ts';
import { isAlive, type Seen, type SeenWorkspace } from '../seen.ts';
import { COLLECTOR } from '../units.ts';
import { type Group, groupsOf, unique } from './groups.ts';
import { boundOfTraces, steadyTraces } from './traces.ts';

const DEFAULT_JOB = 'ecs_services';
const DEFAULT_COLLECTOR = 'ADOTService';
const DEFAULT_LOG_GROUP = '/ecs/ADOT';
const TASK_METRIC = 'ecs_cpu_percent';
const OF_TASKS = /^ecs_/;

/** ECS clusters with a collector service that Cloud Map tells its targets. */
export function ecsCloudmapAmp(seen: Seen): DraftCluster[] {
  return seen.workspaces.flatMap((workspace) =>
    groupsOf(workspace.cloudMap, 'service').flatMap((group) => inGroup(group, workspace, seen)),
  );
}

function inGroup(group: Group, workspace: SeenWorkspace, seen: Seen): DraftCluster[] {
  const { cluster, job = '' } = group.labels;
  const alive = group.streams.filter((one) => isAlive(one, seen.at));
  const services = unique(alive.flatMap(({ labels: { service } }) => service ?? []));
  const metrics = metricsOf(group, workspace);
  const metric = metrics.find((name) => !OF_TASKS.test(name));
  if (cluster === undefined || services.length === 0) return [];
  const collector = only(
    seen.ecs
      .filter((one) => one.cluster === cluster && COLLECTOR.test(one.service))
      .map((one) => one.service),
    DEFAULT_COLLECTOR,
  );
  const logGroup = only(
    seen.logGroups.map(({ name }) => name).filter((name) => name.startsWith('/ecs/') && COLLECTOR.test(name)),
    DEFAULT_LOG_GROUP,
  );
  const traces = steadyTraces(seen, (service) => services.some((one) => bare(one) === bare(service)));
  return [
    {
      name: cluster,
      region: seen.region,
      profile: 'ecs-cloudmap-amp',
      with: {
        workspace: workspace.id,
        ecsCluster: cluster,
        services,
        metric: metric ?? 'up',
        ...(job === DEFAULT_JOB ? {} : { job }),
        ...(collector === undefined || collector === DEFAULT_COLLECTOR ? {} : { collector }),
        ...(logGroup === undefined || logGroup === DEFAULT_LOG_GROUP ? {} : { logGroup }),
        ...(traces === undefined ? {} : { traces }),
      },
      signals: [...missing(cluster, metrics, { metric, collector, logGroup }), ...boundOfTraces(traces)],
      notes: [`targets that Cloud Map told, in ${workspace.id}, cluster=${cluster}`],
      estate: cluster,
    },
  ];
}

/** The signals of what was not found, or could be several things. */
function missing(
  cluster: string,
  metrics: readonly string[],
  { metric, collector, logGroup }: Readonly<Record<'metric' | 'collector' | 'logGroup', string | undefined>>,
): readonly DraftSignal[] {
  return [
    ...(metric === undefined
      ? [switchedOff('application-metrics', 'no metric is sent by each of the services all the time')]
      : []),
    ...(metrics.includes(TASK_METRIC)
      ? []
      : [switchedOff('task-metrics', `not each of the services has an exporter that sends ${TASK_METRIC}`)]),
    ...(collector === undefined
      ? [switchedOff('collector', `it is not clear which service of ${cluster} is the collector`)]
      : []),
    ...(logGroup === undefined
      ? [switchedOff('collector-log', 'it is not clear which log group is the collector’s')]
      : []),
  ];
}

function metricsOf({ labels }: Group, { applications }: SeenWorkspace): readonly string[] {
  const wanted = Object.entries(labels);
  const found = applications.find(
    (one) =>
      Object.keys(one.labels).length === wanted.length &&
      wanted.every(([name, value]) => one.labels[name] === value),
  );
  return found?.metrics ?? [];
}

/** The one that is meant: what it is called by default, or the only one. */
function only(names: readonly string[], byDefault: string): string | undefined {
  if (names.includes(byDefault)) return byDefault;
  return names.length === 1 ? names[0] : undefined;
}

/** `WebAppService` and `webapp` are one: the service of ECS and the name that its traces have. */
function bare(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
    .replace(/(?:service|svc)$/, '');
}
