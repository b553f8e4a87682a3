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

/** A service as DescribeServices tells it at a time. */
export function serviceAt(
  service: SimulatedService,
  now: number,
  definition: (revision: string) => string,
): object {
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

/** A task as DescribeTasks tells it at a time. */
export function taskAt(task: SimulatedTask, containers: readonly SimulatedContainer[], now: number): object {
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
export function isKept({ createdAt, stopped }: SimulatedTask, now: number): boolean {
  return createdAt <= now && (!stopped || now - stopped.at <= HOUR_MS);
}

export function desiredStatus({ stopped }: SimulatedTask, now: number): 'RUNNING' | 'STOPPED' {
  return stopped && stopped.at <= now ? 'STOPPED' : 'RUNNING';
}

function lastStatus(task: SimulatedTask, now: number): 'PENDING' | 'RUNNING' | 'STOPPED' | '' {
  if (!isKept(task, now)) return '';
  if (desiredStatus(task, now) === 'STOPPED') return 'STOPPED';
  return (task.runsAt ?? task.createdAt + STARTS_WITHIN_MS) <= now ? 'RUNNING' : 'PENDING';
}
