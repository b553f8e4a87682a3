import { expect, test } from 'vitest';
import { turnsOver } from '../lib/turnover.ts';

const pods =
  'pod pod_name kubernetes_pod_name EKS_PodName PodName pod_template_hash uid pod_uid container_id replica_set';
const tasks = 'task_arn aws_ecs_task_arn aws_ecs_task_id taskid TaskId SdTaskID';

test.each(`${pods} ${tasks}`.split(' '))('%s gets new values with every rollout', (label) => {
  expect(turnsOver(label)).toBe(true);
});

test.each(['job', 'instance', 'namespace', 'container', 'node', '', '__proto__', 'constructor'])(
  '%s stays',
  (label) => {
    expect(turnsOver(label)).toBe(false);
  },
);
