const turningOver: ReadonlySet<string> = new Set([
  'aws_ecs_task_arn',
  'aws_ecs_task_id',
  'aws.ecs.task.arn',
  'aws.ecs.task.id',
  'container_id',
  'container.id',
  'ContainerId',
  'EKS_PodName',
  'k8s_pod_name',
  'k8s_pod_uid',
  'k8s.pod.name',
  'k8s.pod.uid',
  'k8s_replicaset_name',
  'k8s.replicaset.name',
  'kubernetes_pod_name',
  'pod',
  'pod_name',
  'pod_template_hash',
  'pod_uid',
  'PodName',
  'replica_set',
  'replicaset',
  'SdTaskID',
  'service_instance_id',
  'service.instance.id',
  'task_arn',
  'task_id',
  'TaskArn',
  'taskid',
  'TaskId',
  'uid',
]);

/** Whether every rollout gives the label new values (a pod name, a task id), judged by the label's name alone. */
export function turnsOver(label: string): boolean {
  return turningOver.has(label);
}
