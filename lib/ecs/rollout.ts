import type { Deployment, DeploymentConfiguration, Service, ServiceEvent } from '@aws-sdk/client-ecs';
import { counted } from '../counted.ts';
import { printable } from '../printable.ts';
import type { Condition } from '../question.ts';
import { nameIn } from './client.ts';

const MINUTE_MS = 60_000;
const STEADY = /has reached a steady state|deployment completed/;

interface Rollout {
  /** The deployment that is being made, or any task set: another is only on its way out. */
  readonly isCurrent: boolean;
  readonly state: 'IN_PROGRESS' | 'FAILED' | 'COMPLETED';
  readonly revision: string | undefined;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly failedTasks: number;
  readonly why: string | undefined;
}

/**
 * The state of a service and of its rollout. DRAINING is a service that is being deleted. A rollout that failed is bad
 * until another is complete; its circuit breaker may have gone back to an older revision, or stopped.
 */
export function conditionOf(service: Service, status: string, now: number): Condition {
  const rollouts = rolloutsOf(service, now);
  const newest = rollouts.toSorted((a, b) => b.createdAt - a.createdAt)[0];
  const isOver = rollouts.some(({ isCurrent, state }) => isCurrent && state === 'COMPLETED');
  const failed = isOver ? [] : rollouts.filter(({ state }) => state === 'FAILED');
  const moving = rollouts.find(({ isCurrent, state }) => isCurrent && state === 'IN_PROGRESS');
  const current = service.taskDefinition ?? newest?.revision;
  const base = {
    ...(current === undefined ? {} : { version: nameIn(current) }),
    ...(newest === undefined ? {} : { changedAt: newest.createdAt }),
  };
  if (status !== 'ACTIVE') return { ...base, status: printable(status), is: 'bad', issues: [] };
  if (failed.length > 0) {
    const of = failed.flatMap(({ revision }) => (revision === undefined ? [] : [nameIn(revision)]));
    const named = of.length === 0 ? '' : ` of ${[...new Set(of)].join(', ')}`;
    return { ...base, status: `rollout${named} FAILED`, is: 'bad', issues: failed.flatMap(issuesOf) };
  }
  if (!moving) return { ...base, status: 'ACTIVE', is: 'good', issues: [] };
  return {
    ...base,
    status: 'rollout IN_PROGRESS',
    is: 'changing',
    issues: issuesOf({ ...moving, why: undefined }),
    changingSince: movingSince(service, moving),
    waitsMs: bakingMs(service.deploymentConfiguration),
  };
}

/** When a service last reached a steady state, and what it told since, newest first. */
export function sinceSteady(service: Service): {
  readonly steadyAt: number | undefined;
  readonly events: readonly ServiceEvent[];
} {
  const events = eventsOf(service);
  const index = events.findIndex(isSteady);
  if (index === -1) return { steadyAt: undefined, events };
  return { steadyAt: events[index]?.createdAt?.getTime(), events: events.slice(0, index) };
}

/**
 * Deployments, or the task sets of CodeDeploy and other controllers. Behind a Classic Load Balancer a deployment has no
 * state, but while it replaces another both are listed. A task set has no state of a rollout either: it is one while it
 * is young and not yet stable.
 */
function rolloutsOf({ deployments = [], taskSets = [] }: Service, now: number): readonly Rollout[] {
  const isReplacing = deployments.length > 1;
  const ofDeployments = deployments
    .filter(({ status }) => status !== 'INACTIVE')
    .map((deployment): Rollout => {
      const { status, rolloutState, rolloutStateReason, failedTasks = 0, taskDefinition } = deployment;
      const isCurrent = status === 'PRIMARY';
      const state = rolloutState ?? (isReplacing ? 'IN_PROGRESS' : 'COMPLETED');
      const why = rolloutStateReason;
      return { isCurrent, state, revision: taskDefinition, failedTasks, why, ...timesOf(deployment, now) };
    });
  const ofTaskSets = taskSets.map((set): Rollout => {
    const times = timesOf(set, now);
    const isYoung = now - times.createdAt <= 30 * MINUTE_MS;
    const state = set.stabilityStatus === 'STABILIZING' && isYoung ? 'IN_PROGRESS' : 'COMPLETED';
    return { isCurrent: true, state, revision: set.taskDefinition, failedTasks: 0, why: undefined, ...times };
  });
  return [...ofDeployments, ...ofTaskSets];
}

function timesOf({ createdAt, updatedAt }: Pick<Deployment, 'createdAt' | 'updatedAt'>, now: number) {
  const created = createdAt?.getTime() ?? now;
  return { createdAt: created, updatedAt: updatedAt?.getTime() ?? created };
}

function issuesOf({ why, failedTasks }: Rollout): string[] {
  const tasks = failedTasks > 0 ? [`${counted(failedTasks, 'task')} failed to start`] : [];
  return [...(why === undefined ? [] : [printable(why.replace(/\.$/, ''))]), ...tasks];
}

/**
 * A rollout began with its deployment; one that was complete before and moves again (the circuit breaker went back to
 * it) began when it was updated. Elsewhere the time of an update proves nothing: failing tasks may be updates.
 */
function movingSince(service: Service, { createdAt, updatedAt }: Rollout): number {
  const steady = eventsOf(service).find(isSteady)?.createdAt;
  const wasComplete = steady !== undefined && steady.getTime() > createdAt;
  return wasComplete ? Math.max(createdAt, updatedAt) : createdAt;
}

/** How long the strategy of the deployment waits on purpose. */
function bakingMs({
  bakeTimeInMinutes = 0,
  canaryConfiguration: { canaryBakeTimeInMinutes = 0 } = {},
  linearConfiguration: { stepPercent = 0, stepBakeTimeInMinutes = 0 } = {},
}: DeploymentConfiguration = {}): number {
  const steps = stepPercent > 0 ? Math.ceil(100 / stepPercent) : 0;
  return (bakeTimeInMinutes + canaryBakeTimeInMinutes + steps * stepBakeTimeInMinutes) * MINUTE_MS;
}

function isSteady({ message = '' }: ServiceEvent): boolean {
  return STEADY.test(message);
}

function eventsOf({ events = [] }: Service): ServiceEvent[] {
  return events.toSorted((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0));
}
