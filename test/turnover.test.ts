import { expect, test } from 'vitest';
import { turnsOver } from '../lib/turnover.ts';

const pods =
  'pod pod_name kubernetes_pod_name EKS_PodName PodName pod_template_hash uid pod_uid container_id replica_set';
const nodes = 'instance node NodeName InstanceId instance_id host_name k8s_node_name otel_scope_version';
const tasks = 'task_arn aws_ecs_task_arn aws_ecs_task_id taskid TaskId SdTaskID';
const scoped = '@resource.k8s.pod.name @resource.service.instance.id @datapoint.pod';

test.each(`${pods} ${nodes} ${tasks} ${scoped}`.split(' '))(
  '%s gets new values with every rollout',
  (label) => {
    expect(turnsOver(label)).toBe(true);
  },
);

test.each([
  'job',
  '@resource.service.name',
  '@aws.pod',
  'namespace',
  'container',
  'cluster',
  '',
  '__proto__',
  'constructor',
])('%s stays', (label) => {
  expect(turnsOver(label)).toBe(false);
});
