import { restarted, rolledOver, scaledTo, shortened, steadyService, withDead } from '../ecs-service.ts';
import { COLLECTOR, startTasks } from '../ecs-tasks.ts';
import {
  addStreams,
  CRASHED,
  discards,
  endTraces,
  type Estate,
  type EstateOptions,
  silence,
} from '../estate.ts';
import { type SentSeries, sentSeries } from '../sent-series.ts';
import { servicesIn, type World, workspaceIn } from '../world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const TASK_METRIC = 'ecs_task_memory_utilized_Megabytes';

/** Two tasks on Fargate, a collector in each: the label set holds the task's ARN, so that every deployment replaces all. */
export function startEcsFargate(world: World, options: EstateOptions): Estate {
  const { since, cluster = 'prod-eu', workspace = 'ws-1234', application = 'checkout' } = options;
  const group = `/ecs/${application}`;
  const of = { cluster, application };
  const tasks = startTasks((number, at) => task(of, number, at), since);
  const ofTasks = (isOwn: boolean) =>
    tasks.current().filter(({ labels }) => (labels.get('__name__') === TASK_METRIC) === isOwn);
  const arrived = workspaceIn(world, workspace, since);
  const services = servicesIn(world, cluster);
  let service = steadyService(`${application}:1`, 2, since + 24 * HOUR_MS);
  let revision = 1;
  const become = (next: typeof service): void => {
    service = next;
    services.set(application, service);
  };
  const define = (): string => {
    const name = `${application}:${revision}`;
    world.revisions.set(name, [{ name: 'app', image: `shop/${name}` }, COLLECTOR]);
    return name;
  };
  define();
  become(service);
  arrived.push(tasks);
  addStreams(world, group, ['app/1', 'app/2'], since);
  world.groups.set(group, { streams: world.groups.get(group)?.streams ?? [], retentionInDays: 7 });
  world.traces.services = [...world.traces.services, { name: application, everyMs: 20_000 }];
  const deny = (at: number): void => tasks.stop(at, CRASHED);
  return {
    rollOut: (at, gapMs) => {
      revision += 1;
      become(rolledOver(service, define(), at, MINUTE_MS));
      tasks.replace(at + 2 * MINUTE_MS, at + 2 * MINUTE_MS + gapMs, CRASHED);
    },
    restart: (at, gapMs) => {
      become(restarted(service, at, Math.max(0, gapMs - MINUTE_MS / 2)));
      tasks.replace(at, at + gapMs, CRASHED);
    },
    scale: (replicas, at) => {
      become(scaledTo(service, replicas, at));
      tasks.scale(replicas, at, CRASHED);
    },
    outage: { begin: deny, end: (at) => tasks.start(at) },
    breaks: {
      'remote write denied': deny,
      'applications send to the wrong port': (at) => {
        tasks.stop(at, CRASHED, ofTasks(false));
        endTraces(world, application, at);
      },
      'task metrics gone': (at) => tasks.stop(at, CRASHED, ofTasks(true)),
      'no traces': (at) => endTraces(world, application, at),
      'log group silent': (at) => silence(world, group, at),
      'log group gone': () => void world.groups.delete(group),
      'service short': (at) => become(shortened(service, at)),
      'sidecar died in one task': (at) => {
        tasks.stop(at, CRASHED, tasks.current().slice(0, 2));
        become(withDead(service, COLLECTOR.name, at));
      },
      'workspace discards': (at) => discards(world, workspace, at),
      'dead beside another cluster': (at) => {
        deny(at);
        arrived.push(startTasks((number, from) => task({ ...of, cluster: 'stage' }, number, from), since));
      },
    },
  };
}

/** What a task of the family sends: its own metric has neither job nor instance. */
function task(
  { cluster, application }: { readonly cluster: string; readonly application: string },
  number: number,
  since: number,
): readonly SentSeries[] {
  const inAccount = (rest: string) => `arn:aws:ecs:eu-west-1:111122223333:${rest}`;
  const of = {
    aws_ecs_task_arn: inAccount(`task/${cluster}/${number}`),
    aws_ecs_task_family: application,
    aws_ecs_launchtype: 'fargate',
  };
  const served = {
    aws_ecs_cluster_arn: inAccount(`cluster/${cluster}`),
    job: application,
    service_name: application,
    endpoint: '/pay',
  };
  return [
    sentSeries({ __name__: TASK_METRIC, ...of, aws_ecs_cluster_name: cluster }, { since }),
    sentSeries({ __name__: 'http_requests_total', ...of, ...served }, { since, everyMs: 5000 }),
  ];
}
