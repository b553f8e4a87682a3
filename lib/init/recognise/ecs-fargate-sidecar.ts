import { nameOf } from '../applications.ts';
import { type DraftCluster, type DraftSignal, switchedOff } from '../draft.ts';
import { isAlive, type Seen, type SeenStream, type SeenWorkspace } from '../seen.ts';
import { boundOfTraces, steadyTraces } from './traces.ts';

const DEFAULT_METRIC = 'ecs_task_memory_utilized_Megabytes';

/** Services on Fargate with a collector in each task: one for each family and job in it. */
export function ecsFargateSidecar(seen: Seen): DraftCluster[] {
  return seen.workspaces.flatMap((workspace) =>
    workspace.tasks
      .filter((one) => isAlive(one, seen.at))
      .flatMap((task) =>
        workspace.applications
          .filter(({ labels, metrics }) => metrics.length > 0 && isOf(labels, task))
          .map(({ labels: { job = '' }, metrics: [metric = ''] }) =>
            drafted(task, job, metric, workspace, seen),
          ),
      ),
  );
}

function isOf(labels: Readonly<Record<string, string>>, { labels: task }: SeenStream): boolean {
  return Object.entries(task).every(([name, value]) => labels[name] === value);
}

function drafted(
  { metric: taskMetric, labels }: SeenStream,
  job: string,
  metric: string,
  workspace: SeenWorkspace,
  seen: Seen,
): DraftCluster {
  const { aws_ecs_task_family: family = '', aws_ecs_cluster_name: told = '' } = labels;
  const ecsCluster = nameOf(told);
  const services = seen.ecs.filter((one) => one.cluster === ecsCluster && one.family === family);
  const service = services.length === 1 ? services[0]?.service : undefined;
  const groups = seen.logGroups.filter(
    (one) => isAlive(one, seen.at) && [family, job, service].includes(one.name.split('/').at(-1)),
  );
  const logGroup = groups.length === 1 ? groups[0]?.name : undefined;
  const traces = steadyTraces(seen, (one) => one === job);
  const off: DraftSignal[] =
    service === undefined
      ? [switchedOff('tasks', `not just one service of ${ecsCluster} runs tasks of the family ${family}`)]
      : [];
  return {
    name: family === ecsCluster ? family : `${ecsCluster}-${family}`,
    region: seen.region,
    profile: 'ecs-fargate-sidecar',
    with: {
      workspace: workspace.id,
      job,
      metric,
      family,
      ...(taskMetric === DEFAULT_METRIC ? {} : { taskMetric }),
      ecsCluster,
      ecsService: service ?? family,
      ...(logGroup === undefined ? {} : { logGroup }),
      ...(traces === undefined ? {} : { traces }),
    },
    signals: [...off, ...boundOfTraces(traces)],
    notes: [`tasks of the family ${family} in ${ecsCluster}, with a collector in each`],
    estate: ecsCluster,
  };
}
