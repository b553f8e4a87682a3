import { restarted, rolledOver, shortened, steadyService, withDead } from '../ecs-service.ts';
import { COLLECTOR, startTasks } from '../ecs-tasks.ts';
import {
  addStreams,
  CRASHED,
  discards,
  endTraces,
  type Estate,
  type EstateOptions,
  GONE,
  silence,
} from '../estate.ts';
import { type SentSeries, sentSeries } from '../sent-series.ts';
import { servicesIn, type World, workspaceIn } from '../world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const SERVICE = 'ADOTService';
const LOG_GROUP = '/ecs/ADOT';

/** A collector service on ECS that finds two tasks of an application, and the exporters beside them, in Cloud Map. */
export function startEcsCloudMap(world: World, options: EstateOptions): Estate {
  const { since, cluster = 'prod-eu', workspace = 'ws-1234', application = 'webapp' } = options;
  const tasks = startTasks((number, at) => task(cluster, number, at), since);
  const named = (name: string) => tasks.current().filter(({ labels }) => labels.get('__name__') === name);
  const arrived = workspaceIn(world, workspace, since);
  const services = servicesIn(world, cluster);
  let service = steadyService('adot:1', 1, since + 24 * HOUR_MS);
  let revision = 1;
  const become = (next: typeof service): void => {
    service = next;
    services.set(SERVICE, service);
  };
  const define = (): string => {
    const containers = [COLLECTOR, { name: 'config-reloader', image: `reloader:${revision}` }];
    world.revisions.set(`adot:${revision}`, containers);
    return `adot:${revision}`;
  };
  define();
  become(service);
  arrived.push(tasks);
  const duplicates = { 'new-value-for-timestamp': { since, value: 3000 } };
  world.vended.set(workspace, { ...world.vended.get(workspace), discarded: duplicates });
  addStreams(world, LOG_GROUP, ['collector/1'], since);
  world.traces.services = [...world.traces.services, { name: application, everyMs: 20_000 }];
  const deny = (at: number): void => tasks.stop(at, CRASHED);
  return {
    rollOut: (at, gapMs) => {
      revision += 1;
      become(rolledOver(service, define(), at, MINUTE_MS));
      tasks.pause(at, Math.max(0, gapMs));
      tasks.replace(at + 10 * MINUTE_MS, at + 10 * MINUTE_MS + gapMs, GONE);
    },
    restart: (at, gapMs) => {
      // A task needs half a minute to start.
      become(restarted(service, at, Math.max(0, gapMs - MINUTE_MS / 2)));
      tasks.pause(at, gapMs);
    },
    scale: (replicas, at) => tasks.scale(replicas, at, GONE),
    outage: { begin: deny, end: (at) => tasks.start(at) },
    breaks: {
      'remote write denied': deny,
      'nothing discovered': (at) => tasks.stop(at, GONE),
      'applications down, exporters well': (at) => tasks.stop(at, GONE, named('http_requests_total')),
      'exporters gone': (at) => tasks.stop(at, GONE, named('ecs_cpu_percent')),
      'collector short': (at) => become(shortened(service, at)),
      'collector died in its task': (at) => become(withDead(service, COLLECTOR.name, at)),
      'workspace discards': (at) => discards(world, workspace, at),
      'log group silent': (at) => silence(world, LOG_GROUP, at),
      'log group gone': () => void world.groups.delete(LOG_GROUP),
      'no traces': (at) => endTraces(world, application, at),
      'dead beside another cluster': (at) => {
        deny(at);
        arrived.push(startTasks((number, from) => task('stage', number, from), since));
      },
    },
  };
}

/** The targets of one task: the application's metric, the exporter's, and what the scrapes of both share. */
function task(cluster: string, number: number, since: number): readonly SentSeries[] {
  const labels = {
    job: 'ecs_services',
    instance: `10.0.4.${number}`,
    cluster,
    service: 'WebAppService',
    taskdefinition: 'WebAppTask',
    namespace: 'ecs-services',
    taskid: `task${number}`,
  };
  const sent = (name: string, more = {}) =>
    sentSeries({ __name__: name, ...labels, ...more }, { since, everyMs: 15_000 });
  return [
    sent('http_requests_total', { code: '200' }),
    sent('ecs_cpu_percent', { container: 'webapp' }),
    ...['up', 'scrape_duration_seconds', 'scrape_samples_scraped'].map((name) => sent(name)),
  ];
}
