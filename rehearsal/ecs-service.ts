import type { SimulatedService, SimulatedTask } from './ecs-state.ts';

const DAY_MS = 86_400_000;

/** A service of `desired` tasks whose only deployment was complete a day before `now`. Its tasks are called `task-0` … */
export function steadyService(revision: string, desired: number, now: number): SimulatedService {
  const createdAt = now - DAY_MS;
  const tasks = Array.from({ length: desired }, (_, at) => ({ id: `task-${at}`, revision, createdAt }));
  return {
    desired,
    deployments: [{ revision, createdAt, completedAt: createdAt + 120_000 }],
    tasks,
    events: [{ at: now - 3_600_000, message: '(service adot) has reached a steady state.' }],
  };
}

/** The service with a rolling deployment at `at`: every `stepMs` one task starts, and one of the old is taken away. */
export function rolledOver(
  service: SimulatedService,
  revision: string,
  at: number,
  stepMs: number,
): SimulatedService {
  const reason = `Scaling activity initiated by (deployment ecs-svc/${at})`;
  const [gone, running] = parted(service);
  const old = running.map((task, index): SimulatedTask => ({
    ...task,
    stopped: { at: at + (index + 1) * stepMs, code: 'ServiceSchedulerInitiated', reason },
  }));
  const fresh = running.map((_, index): SimulatedTask => ({
    id: `task-${at}-${index}`,
    revision,
    createdAt: at + index * stepMs,
  }));
  const completedAt = at + running.length * stepMs + 60_000;
  return {
    ...service,
    tasks: [...gone, ...old, ...fresh],
    deployments: [{ revision, createdAt: at, completedAt }, ...service.deployments],
    events: [
      ...(service.events ?? []),
      { at: completedAt, message: '(service adot) has reached a steady state.' },
    ],
  };
}

/** The service with so many tasks from `at` on: more start, or the last are taken away. */
export function scaledTo(service: SimulatedService, desired: number, at: number): SimulatedService {
  const [gone, running] = parted(service);
  const reason = 'Scaling activity initiated by (service adot)';
  const stopped = { at, code: 'ServiceSchedulerInitiated', reason };
  const fresh = Array.from({ length: Math.max(0, desired - running.length) }, (_, index) =>
    started(service, `task-${at}-${index}`, at),
  );
  const surplus = running.slice(desired).map((task): SimulatedTask => ({ ...task, stopped }));
  return { ...service, desired, tasks: [...gone, ...surplus, ...running.slice(0, desired), ...fresh] };
}

/** The service when its tasks have ended at `at`, and others began so long after. */
export function restarted(service: SimulatedService, at: number, gapMs: number): SimulatedService {
  const [gone, running] = parted(service);
  const reason = 'Essential container in task exited';
  const stopped = { at, code: 'EssentialContainerExited', reason };
  const ended = running.map((task): SimulatedTask => ({ ...task, stopped }));
  const fresh = running.map((_, index) => started(service, `task-${at}-${index}`, at + gapMs));
  return { ...service, tasks: [...gone, ...ended, ...fresh] };
}

function started(service: SimulatedService, id: string, createdAt: number): SimulatedTask {
  return { id, revision: service.deployments[0]?.revision ?? '', createdAt };
}

/** Those of its tasks that have been told to end, and the others. */
function parted({ tasks }: SimulatedService): readonly [readonly SimulatedTask[], readonly SimulatedTask[]] {
  return [tasks.filter(({ stopped }) => stopped), tasks.filter(({ stopped }) => !stopped)];
}

/** The service when a task ended at `at`, and none took its place. */
export function shortened(service: SimulatedService, at: number): SimulatedService {
  const stopped = { at, code: 'EssentialContainerExited', reason: 'Essential container in task exited' };
  return {
    ...service,
    tasks: service.tasks.map((task, index) => (index === 0 ? { ...task, stopped } : task)),
  };
}

/** The service when a container of one of its tasks ended at `at`: the task runs on. */
export function withDead(service: SimulatedService, container: string, at: number): SimulatedService {
  const containers = { [container]: { stoppedAt: at, exitCode: 137 } };
  return {
    ...service,
    tasks: service.tasks.map((task, index) => (index === 0 ? { ...task, containers } : task)),
  };
}
