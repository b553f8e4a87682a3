/** How many tasks a service of ECS has and wants. */
export interface EcsServiceQuestion {
  readonly ask: 'ecsService';
  /** `CLUSTER/SERVICE`, as in all questions of this plane. */
  readonly place: string;
}

/** The tasks of a service that are meant to run, and their containers. */
export interface EcsTasksQuestion {
  readonly ask: 'ecsTasks';
  readonly place: string;
}

/** Which containers that exited 0 were to do so: others wait for their end (`dependsOn` COMPLETE or SUCCESS). */
export interface EcsFinishedQuestion {
  readonly ask: 'ecsFinished';
  readonly place: string;
}

/** The tasks of a service that stopped. ECS keeps them for about an hour. */
export interface EcsStoppedTasksQuestion {
  readonly ask: 'ecsStoppedTasks';
  readonly place: string;
}

export type EcsQuestion =
  | EcsServiceQuestion
  | EcsTasksQuestion
  | EcsFinishedQuestion
  | EcsStoppedTasksQuestion;

export interface EcsAnswers {
  ecsService: EcsService;
  ecsTasks: readonly EcsTask[];
  ecsFinished: readonly FinishedContainer[];
  ecsStoppedTasks: readonly StoppedTask[];
}

export interface EcsService {
  readonly desired: number;
  readonly running: number;
  /** One task on every instance; without instances none is desired. */
  readonly isDaemon: boolean;
  /** The task definition that its tasks are to have, `family:revision`; undefined where its task sets say. */
  readonly revision: string | undefined;
  /** When it last reached a steady state, as far as its events reach back. Milliseconds since the epoch. */
  readonly steadyAt: number | undefined;
  /** What it told since then, newest first. Milliseconds since the epoch. */
  readonly events: readonly { readonly at: number; readonly says: string }[];
}

export interface EcsTask {
  readonly id: string;
  readonly phase: 'starting' | 'running' | 'ending';
  readonly revision: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number | undefined;
  readonly containers: readonly EcsContainer[];
}

export interface EcsContainer {
  readonly name: string;
  readonly image: string;
  readonly isStopped: boolean;
  readonly isUnhealthy: boolean;
  readonly exitCode: number | undefined;
  readonly reason: string | undefined;
}

export interface FinishedContainer {
  readonly revision: string;
  readonly name: string;
}

export interface StoppedTask {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly stoppedAt: number;
  /** `TaskFailedToStart`, `EssentialContainerExited`, `ServiceSchedulerInitiated` … */
  readonly code: string;
  readonly reason: string;
  readonly containers: readonly EcsContainer[];
}
