const turningOver: ReadonlySet<string> = new Set([
  'aws.ecs.task.arn',
  'aws.ecs.task.id',
  'aws_ecs_task_arn',
  'aws_ecs_task_id',
  'container.id',
  'container_id',
  'ContainerId',
  'ContainerInstanceId',
  'EKS_PodName',
  'host.id',
  'host.name',
  'host_id',
  'host_name',
  'hostname',
  'instance',
  'instance_id',
  'InstanceId',
  'ip',
  'k8s.node.name',
  'k8s.pod.name',
  'k8s.pod.uid',
  'k8s.replicaset.name',
  'k8s_node_name',
  'k8s_pod_name',
  'k8s_pod_uid',
  'k8s_replicaset_name',
  'kubernetes_io_hostname',
  'kubernetes_node',
  'kubernetes_pod_name',
  'node',
  'node_name',
  'NodeName',
  'otel_scope_version',
  'pod',
  'pod_ip',
  'pod_name',
  'pod_template_hash',
  'pod_uid',
  'PodName',
  'replica_set',
  'replicaset',
  'SdTaskID',
  'server.address',
  'server_address',
  'service.instance.id',
  'service_instance_id',
  'task_arn',
  'task_id',
  'TaskArn',
  'TaskId',
  'taskid',
  'uid',
]);

/** What CloudWatch puts before the attributes of OpenTelemetry. */
const SCOPE = /^@(?:resource|instrumentation|datapoint)\./;

/**
 * Whether rollouts, autoscaling or upgrades give the label new values (a pod name, a task id, a node, an address), judged
 * by the label's name alone (failure-modes §5.6).
 */
export function turnsOver(label: string): boolean {
  return turningOver.has(label.replace(SCOPE, ''));
}
