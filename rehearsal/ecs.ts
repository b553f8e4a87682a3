import { ApiError, type AwsApi, type AwsApiOptions, byTarget, type Input, startAwsApi } from './aws-api.ts';
import { continued, nextToken } from './aws-json.ts';
import { pageOf } from './name-pages.ts';
import {
  desiredStatus,
  isKept,
  serviceAt,
  type SimulatedContainer,
  type SimulatedService,
  taskAt,
} from './ecs-state.ts';

export interface EcsOptions extends AwsApiOptions {
  /** By ECS cluster, then by service; may be changed while the server runs. */
  readonly services: ReadonlyMap<string, ReadonlyMap<string, SimulatedService>>;
  /** By `family:revision`. */
  readonly revisions: ReadonlyMap<string, readonly SimulatedContainer[]>;
  /** At most so many clusters or services a page: 100 and 10 where not given, as the API has it. */
  readonly pageSize?: number;
}

/** A simulated Amazon ECS on 127.0.0.1, as far as clusters, services, their tasks and containers go. */
export async function startEcs(options: EcsOptions): Promise<AwsApi> {
  const { services, revisions, region, account = '111122223333', pageSize } = options;
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
        ListClusters: (input) => {
          const { page, token } = pageOf([...services.keys()].sort(), input, pageSize ?? 100);
          return { clusterArns: page.map((name) => arn('cluster', name)), ...token };
        },
        ListServices: (input) => {
          const { name: cluster, known } = inCluster(input);
          const { page, token } = pageOf(
            [...known.keys()].sort(),
            { maxResults: 10, ...input },
            pageSize ?? 100,
          );
          return { serviceArns: page.map((name) => arn('service', cluster, name)), ...token };
        },
        DescribeServices: (input, now) => {
          const names = texts(input['services']).map(text);
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
