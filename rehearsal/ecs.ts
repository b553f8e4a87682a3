import { ApiError, type AwsApi, type AwsApiOptions, byTarget, type Input, startAwsApi } from './aws-api.ts';
import { continued, nextToken } from './aws-json.ts';

const HOUR_MS = 3_600_000;
const STARTS_WITHIN_MS = 30_000;

/** All times are milliseconds since the epoch; what lies ahead has not happened yet. */
export interface SimulatedService {
  readonly status?: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  readonly scheduling?: 'REPLICA' | 'DAEMON';
  readonly desired: number;
  /** Of the newest deployment first. */
  readonly deployments: readonly SimulatedDeployment[];
  readonly tasks: readonly SimulatedTask[];
  readonly events?: readonly { readonly at: number; readonly message: string }[];
}

export interface SimulatedDeployment {
  /** `family:revision` */
  readonly revision: string;
  readonly createdAt: number;
  readonly updatedAt?: number;
  /** In progress until then. */
  readonly completedAt?: number;
  readonly failed?: { readonly at: number; readonly reason: string };
  readonly failedTasks?: number;
  /** None behind a Classic Load Balancer. */
  readonly hasState?: boolean;
}

export interface SimulatedTask {
  readonly id: string;
  readonly revision: string;
  readonly createdAt: number;
  /** Half a minute after it was created; Infinity never. */
  readonly runsAt?: number;
  readonly stopped?: { readonly at: number; readonly code: string; readonly reason: string };
  /** What became of its containers, by name; they are those of its revision. */
  readonly containers?: Readonly<Record<string, SimulatedEnd>>;
}

export interface SimulatedEnd {
  readonly stoppedAt?: number;
  readonly exitCode?: number;
  readonly reason?: string;
  readonly unhealthyAt?: number;
}

export interface SimulatedContainer {
  readonly name: string;
  readonly image: string;
  readonly dependsOn?: readonly { readonly containerName: string; readonly condition: string }[];
}

export interface EcsOptions extends AwsApiOptions {
  /** By ECS cluster, then by service; may be changed while the server runs. */
  readonly services: ReadonlyMap<string, ReadonlyMap<string, SimulatedService>>;
  /** By `family:revision`. */
  readonly revisions: ReadonlyMap<string, readonly SimulatedContainer[]>;
}

/** A simulated Amazon ECS on 127.0.0.1, as far as services, their tasks and containers go. */
export async function startEcs(options: EcsOptions): Promise<AwsApi> {
  const { services, revisions, region, account = '111122223333' } = options;
  const arn = (kind: string, ...parts: readonly string[]) =>
    `arn:aws:ecs:${region}:${account}:${kind}/${parts.join('/')}`;
  const inCluster = (input: Input) => {
    const name = text(input['cluster']) || 'default';
    const known = services.get(name);
    if (!known) throw new ApiError('ClusterNotFoundException', 'Cluster not found.');
    return { name, known };
  };
  const definition = (revision: string) => arn('task-definition', revision);
  return startAwsApi(
    {
      service: 'ecs',
      read: byTarget('AmazonEC2ContainerServiceV20141113'),
      operations: {
        DescribeServices: (input, now) => {
          const names = texts(input['services']);
          const { name: cluster, known } = inCluster(input);
          if (names.length === 0) throw invalid('services cannot be empty.');
          if (names.length > 10) throw invalid('Services cannot have more than 10 elements.');
          const asked = names.map((name) => ({
            name,
            serviceArn: arn('service', cluster, name),
            of: known.get(name),
          }));
          return {
            services: asked.flatMap(({ name, serviceArn, of }) =>
              of ? { serviceName: name, serviceArn, ...serviceAt(of, now, definition) } : [],
            ),
            failures: asked.flatMap(({ serviceArn, of }) =>
              of ? [] : { arn: serviceArn, reason: 'MISSING' },
            ),
          };
        },
        ListTasks: (input, now) => {
          const { name: cluster, known } = inCluster(input);
          const service = known.get(text(input['serviceName']));
          if (!service) throw new ApiError('ServiceNotFoundException', 'Service not found.');
          const wanted = text(input['desiredStatus']) || 'RUNNING';
          const arns = service.tasks
            .filter((task) => isKept(task, now) && desiredStatus(task, now) === wanted)
            .map(({ id }) => arn('task', cluster, id));
          const most = Number(input['maxResults'] ?? 100);
          const same = { ...input, nextToken: undefined };
          const from = firstOf(same, input['nextToken']);
          const token = nextToken(same, { at: now, position: from + most });
          const taskArns = arns.slice(from, from + most);
          return { taskArns, ...(from + most < arns.length ? { nextToken: token } : {}) };
        },
        DescribeTasks: (input, now) => {
          const asked = texts(input['tasks']);
          const { name: cluster, known } = inCluster(input);
          if (asked.length === 0) throw invalid('Tasks cannot be empty.');
          if (asked.length > 100) throw invalid('Tasks cannot have more than 100 elements.');
          const tasks = new Map(
            [...known].flatMap(([name, { tasks: all }]) =>
              all
                .filter((task) => isKept(task, now))
                .map((task) => [arn('task', cluster, task.id), { name, task }]),
            ),
          );
          return {
            tasks: asked.flatMap((taskArn) => {
              const found = tasks.get(taskArn);
              if (!found) return [];
              const { task, name } = found;
              const containers = revisions.get(task.revision) ?? [];
              const taskDefinitionArn = definition(task.revision);
              return {
                taskArn,
                taskDefinitionArn,
                group: `service:${name}`,
                ...taskAt(task, containers, now),
              };
            }),
            failures: asked.flatMap((taskArn) =>
              tasks.has(taskArn) ? [] : { arn: taskArn, reason: 'MISSING' },
            ),
          };
        },
        DescribeTaskDefinition: (input) => {
          const revision = text(input['taskDefinition']).split('/').at(-1) ?? '';
          const containerDefinitions = revisions.get(revision);
          if (!containerDefinitions)
            throw new ApiError('ClientException', 'Unable to describe task definition.');
          return { taskDefinition: { taskDefinitionArn: definition(revision), containerDefinitions } };
        },
      },
    },
    options,
  );
}

function serviceAt(service: SimulatedService, now: number, definition: (revision: string) => string): object {
  const { status = 'ACTIVE', scheduling = 'REPLICA', desired, tasks, events = [] } = service;
  const made = service.deployments.filter(({ createdAt }) => createdAt <= now);
  const [current] = made;
  // What is replaced completely is listed no more.
  const listed = made.slice(
    0,
    made.findIndex(({ completedAt = Number.POSITIVE_INFINITY }) => completedAt <= now) + 1 || undefined,
  );
  const count = (state: string, revision?: string) =>
    tasks.filter((task) => lastStatus(task, now) === state && (revision ?? task.revision) === task.revision)
      .length;
  return {
    status,
    schedulingStrategy: scheduling,
    desiredCount: desired,
    runningCount: count('RUNNING'),
    pendingCount: count('PENDING'),
    ...(current ? { taskDefinition: definition(current.revision) } : {}),
    deployments: listed.map((deployment, index) => ({
      id: `ecs-svc/${deployment.createdAt}`,
      status: index === 0 ? 'PRIMARY' : 'ACTIVE',
      taskDefinition: definition(deployment.revision),
      desiredCount: index === 0 ? desired : 0,
      runningCount: count('RUNNING', deployment.revision),
      pendingCount: count('PENDING', deployment.revision),
      failedTasks: deployment.failedTasks ?? 0,
      createdAt: deployment.createdAt / 1000,
      updatedAt: (deployment.updatedAt ?? deployment.createdAt) / 1000,
      ...(deployment.hasState === false ? {} : rolloutAt(deployment, now)),
    })),
    events: events
      .filter(({ at }) => at <= now)
      .toSorted((a, b) => b.at - a.at)
      .slice(0, 100)
      .map(({ at, message }) => ({ id: String(at), createdAt: at / 1000, message })),
  };
}

function rolloutAt({ createdAt, failed, completedAt }: SimulatedDeployment, now: number): object {
  const id = `ecs-svc/${createdAt}`;
  if (failed && failed.at <= now) return { rolloutState: 'FAILED', rolloutStateReason: failed.reason };
  if (completedAt !== undefined && completedAt <= now) {
    return { rolloutState: 'COMPLETED', rolloutStateReason: `ECS deployment ${id} completed.` };
  }
  return { rolloutState: 'IN_PROGRESS', rolloutStateReason: `ECS deployment ${id} in progress.` };
}

function taskAt(task: SimulatedTask, containers: readonly SimulatedContainer[], now: number): object {
  const status = lastStatus(task, now);
  const { stopped } = task;
  return {
    lastStatus: status,
    desiredStatus: desiredStatus(task, now),
    createdAt: task.createdAt / 1000,
    ...(stopped && stopped.at <= now
      ? { stoppedAt: stopped.at / 1000, stopCode: stopped.code, stoppedReason: stopped.reason }
      : {}),
    containers: containers.map(({ name, image }) => {
      const end = task.containers?.[name] ?? {};
      const hasEnded = status === 'STOPPED' || (end.stoppedAt !== undefined && end.stoppedAt <= now);
      const isUnhealthy = end.unhealthyAt !== undefined && end.unhealthyAt <= now;
      return {
        name,
        image,
        lastStatus: hasEnded ? 'STOPPED' : status,
        healthStatus: isUnhealthy ? 'UNHEALTHY' : 'UNKNOWN',
        ...(hasEnded && end.exitCode !== undefined ? { exitCode: end.exitCode } : {}),
        ...(hasEnded && end.reason !== undefined ? { reason: end.reason } : {}),
      };
    }),
  };
}

/** Stopped tasks are kept for an hour. */
function isKept({ createdAt, stopped }: SimulatedTask, now: number): boolean {
  return createdAt <= now && (!stopped || now - stopped.at <= HOUR_MS);
}

function desiredStatus({ stopped }: SimulatedTask, now: number): 'RUNNING' | 'STOPPED' {
  return stopped && stopped.at <= now ? 'STOPPED' : 'RUNNING';
}

function lastStatus(task: SimulatedTask, now: number): 'PENDING' | 'RUNNING' | 'STOPPED' | '' {
  if (!isKept(task, now)) return '';
  if (desiredStatus(task, now) === 'STOPPED') return 'STOPPED';
  return (task.runsAt ?? task.createdAt + STARTS_WITHIN_MS) <= now ? 'RUNNING' : 'PENDING';
}

function firstOf(input: Input, token: unknown): number {
  if (token === undefined) return 0;
  const isPosition = (value: unknown): value is number => typeof value === 'number';
  const next = continued(input, typeof token === 'string' ? token : '', isPosition);
  if (!next) throw invalid('Invalid token.');
  return next.position;
}

function text(value: unknown): string {
  return typeof value === 'string' ? (value.split('/').at(-1) ?? '') : '';
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

function invalid(message: string): ApiError {
  return new ApiError('InvalidParameterException', message);
}
