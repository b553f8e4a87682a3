import { rolledOver, steadyService } from '../../rehearsal/ecs-service.ts';
import { CRASHED, discards, endTraces, GONE, type Pipe, silence } from './pipe.ts';
import { type SentSeries, sentSeries } from './series.ts';
import { BREAK, emptyEstate, HOUR, MINUTE, NOON, SINCE } from './simulated-account.ts';

const COLLECTOR = {
  name: 'aws-otel-collector',
  image: 'public.ecr.aws/aws-observability/aws-otel-collector:v0.49.0',
};

const streamOf = (name: string) => ({ name, since: SINCE });

/** The targets of one task: the application's metric, the exporter's, and what the scrapes of both share. */
function cloudMapTask(number: number, since: number, cluster = 'prod-eu') {
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
  return {
    application: sent('http_requests_total', { code: '200' }),
    exporter: sent('ecs_cpu_percent', { container: 'webapp' }),
    scrapes: ['up', 'scrape_duration_seconds', 'scrape_samples_scraped'].map((name) => sent(name)),
  };
}

export function cloudMap(): Pipe {
  const estate = emptyEstate();
  const tasks = [1, 2].map((number) => cloudMapTask(number, SINCE));
  const series: SentSeries[] = tasks.flatMap(allOf);
  estate.series.push({ series });
  estate.vended = {
    ...estate.vended,
    discarded: { 'new-value-for-timestamp': { since: SINCE, value: 3000 } },
  };
  estate.groups.set('/ecs/ADOT', { streams: [streamOf('collector/1')], retentionInDays: 30 });
  estate.revisions.set('adot:1', [COLLECTOR, { name: 'config-reloader', image: 'reloader:1' }]);
  estate.revisions.set('adot:2', [COLLECTOR, { name: 'config-reloader', image: 'reloader:2' }]);
  const steady = steadyService('adot:1', 1, NOON - HOUR);
  estate.services.set('ADOTService', steady);
  estate.traces.services = [{ name: 'webapp', everyMs: 20_000 }];
  const ends = (how: typeof GONE, of = series) => of.forEach((one) => one.stop(BREAK, how));
  return {
    estate,
    rollOut: (at, gapMs) => {
      estate.services.set('ADOTService', rolledOver(steady, 'adot:2', at, MINUTE));
      for (const one of tasks.flatMap(allOf)) {
        one.stop(at, CRASHED);
        one.start(at + Math.max(0, gapMs));
        one.stop(at + 10 * MINUTE, GONE);
      }
      series.push(...[3, 4].flatMap((number) => allOf(cloudMapTask(number, at + 10 * MINUTE + gapMs))));
    },
    breaks: {
      'remote write denied': () => ends(CRASHED),
      'nothing discovered': () => ends(GONE),
      'applications down, exporters well': () =>
        ends(
          GONE,
          tasks.map(({ application }) => application),
        ),
      'exporters gone': () =>
        ends(
          GONE,
          tasks.map(({ exporter }) => exporter),
        ),
      'collector short': () => estate.services.set('ADOTService', stopped(steady)),
      'collector died in its task': () => estate.services.set('ADOTService', withDead(steady)),
      'workspace discards': () => discards(estate),
      'no traces': () => endTraces(estate),
      'dead beside another cluster': () => {
        ends(CRASHED);
        series.push(...[7, 8].flatMap((number) => allOf(cloudMapTask(number, SINCE, 'stage'))));
      },
    },
  };
}

function allOf({ application, exporter, scrapes }: ReturnType<typeof cloudMapTask>): readonly SentSeries[] {
  return [application, exporter, ...scrapes];
}

/** What a task of the family sends: its own metric has neither job nor instance. */
function fargateTask(number: number, since: number, cluster = 'prod-eu') {
  const arn = `arn:aws:ecs:eu-west-1:111122223333:task/${cluster}/${number}`;
  const task = { aws_ecs_task_arn: arn, aws_ecs_task_family: 'checkout', aws_ecs_launchtype: 'fargate' };
  return {
    own: sentSeries(
      { __name__: 'ecs_task_memory_utilized_Megabytes', ...task, aws_ecs_cluster_name: cluster },
      { since },
    ),
    application: sentSeries(
      {
        __name__: 'http_requests_total',
        ...task,
        aws_ecs_cluster_arn: `arn:aws:ecs:eu-west-1:111122223333:cluster/${cluster}`,
        job: 'checkout',
        service_name: 'checkout',
        endpoint: '/pay',
      },
      { since, everyMs: 5000 },
    ),
  };
}

export function fargate(): Pipe {
  const estate = emptyEstate();
  const tasks = [1, 2].map((number) => fargateTask(number, SINCE));
  const series: SentSeries[] = tasks.flatMap(({ own, application }) => [own, application]);
  estate.series.push({ series });
  estate.groups.set('/ecs/checkout', { streams: [streamOf('app/1'), streamOf('app/2')], retentionInDays: 7 });
  for (const revision of ['checkout:1', 'checkout:2'])
    estate.revisions.set(revision, [{ name: 'app', image: 'shop/checkout:1' }, COLLECTOR]);
  const steady = steadyService('checkout:1', 2, NOON - HOUR);
  estate.services.set('checkout', steady);
  estate.traces.services = [{ name: 'checkout', everyMs: 20_000 }];
  const ends = (of = series) => of.forEach((one) => one.stop(BREAK, CRASHED));
  const applications = tasks.map(({ application }) => application);
  return {
    estate,
    rollOut: (at, gapMs) => {
      estate.services.set('checkout', rolledOver(steady, 'checkout:2', at, MINUTE));
      for (const one of series) one.stop(at + 2 * MINUTE, CRASHED);
      const begun = at + 2 * MINUTE + gapMs;
      series.push(...[3, 4].flatMap((number) => Object.values(fargateTask(number, begun))));
    },
    breaks: {
      'remote write denied': () => ends(),
      'applications send to the wrong port': () => {
        ends(applications);
        endTraces(estate);
      },
      'task metrics gone': () => ends(tasks.map(({ own }) => own)),
      'no traces': () => endTraces(estate),
      'log group silent': () => silence(estate, '/ecs/checkout'),
      'log group gone': () => void estate.groups.delete('/ecs/checkout'),
      'service short': () => estate.services.set('checkout', stopped(steady)),
      'sidecar died in one task': () => {
        ends(series.slice(0, 2));
        estate.services.set('checkout', withDead(steady));
      },
      'workspace discards': () => discards(estate),
      'dead beside another cluster': () => {
        ends();
        series.push(...[7, 8].flatMap((number) => Object.values(fargateTask(number, SINCE, 'stage'))));
      },
    },
  };
}

type Service = ReturnType<typeof steadyService>;

/** A task ended, and none took its place. */
function stopped(service: Service): Service {
  const end = { at: BREAK, code: 'EssentialContainerExited', reason: 'Essential container in task exited' };
  return {
    ...service,
    tasks: service.tasks.map((task, at) => (at === 0 ? { ...task, stopped: end } : task)),
  };
}

/** The collector of one task ended; the task runs on. */
function withDead(service: Service): Service {
  const containers = { [COLLECTOR.name]: { stoppedAt: BREAK, exitCode: 137 } };
  return { ...service, tasks: service.tasks.map((task, at) => (at === 0 ? { ...task, containers } : task)) };
}
