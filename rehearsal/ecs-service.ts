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
  const old = service.tasks.map((task, index): SimulatedTask => ({
    ...task,
    stopped: { at: at + (index + 1) * stepMs, code: 'ServiceSchedulerInitiated', reason },
  }));
  const fresh = service.tasks.map((_, index): SimulatedTask => ({
    id: `task-${at}-${index}`,
    revision,
    createdAt: at + index * stepMs,
  }));
  const completedAt = at + service.tasks.length * stepMs + 60_000;
  return {
    ...service,
    tasks: [...old, ...fresh],
    deployments: [{ revision, createdAt: at, completedAt }, ...service.deployments],
    events: [
      ...(service.events ?? []),
      { at: completedAt, message: '(service adot) has reached a steady state.' },
    ],
  };
}
