import { rolledOver, steadyService } from '../../rehearsal/ecs-service.ts';
import { startPipeline } from '../../rehearsal/pipeline.ts';
import { eksAdotAmp } from '../../rehearsal/pipelines/eks-adot-amp.ts';
import { startEstate } from '../simulation/estate.ts';
import { randomOf } from '../simulation/random.ts';
import { labelled, type SentSeries, sentSeries } from './series.ts';
import { BREAK, emptyEstate, type Estate, HOUR, MINUTE, NOON, SINCE } from './simulated-account.ts';

/** A pipeline that is well until something is done to it. */
export interface Pipe {
  readonly estate: Estate;
  /** Everything is replaced: what is new begins so long after the old has ended, or before where it is negative. */
  readonly rollOut: (at: number, gapMs: number) => void;
  /** What can go wrong, from BREAK on. */
  readonly breaks: Readonly<Record<string, () => void>>;
}

const GONE = { staleMarkers: true };
const CRASHED = { staleMarkers: false };
const COLLECTOR = {
  name: 'aws-otel-collector',
  image: 'public.ecr.aws/aws-observability/aws-otel-collector:v0.49.0',
};

/** What the workspace says of itself: half of what is sent is discarded. */
function discards(estate: Estate): void {
  estate.vended = { ...estate.vended, discarded: { rate_limited: { since: BREAK, value: 60_000 } } };
}

const streamOf = (name: string) => ({ name, since: SINCE });

export function eksAmp(): Pipe {
  const estate = emptyEstate();
  const cluster = startEstate('prod-eu', SINCE, randomOf('profiles'));
  const { pipeline } = cluster;
  const addon = { version: 'v0.109.0-eksbuild.1', modifiedAt: SINCE };
  estate.series.push(labelled(pipeline, { cluster: 'prod-eu' }));
  estate.addons.set('adot', addon);
  const down = (number: number) =>
    [
      ['up', 0],
      ['scrape_duration_seconds', 10],
    ].map(([name, value]) =>
      sentSeries(
        {
          __name__: String(name),
          cluster: 'prod-eu',
          job: 'kubernetes-pods',
          instance: `10.0.9.${number}:8080`,
          kubernetes_namespace: 'shop',
          kubernetes_pod_name: `down-${number}`,
        },
        { since: BREAK, value: Number(value) },
      ),
    );
  return {
    estate,
    rollOut: (at, gapMs) => {
      cluster.rollOut(['storefront', 'checkout', 'catalog', 'payments'], at, { atOnce: false });
      cluster.rollOutCollector(at + 5 * MINUTE, Math.max(0, gapMs));
    },
    breaks: {
      'remote write denied': () => pipeline.denyRemoteWrite(BREAK),
      'collector gone, its operator well': () => pipeline.stopCollector(BREAK, CRASHED),
      'one job without targets': () => pipeline.stopJob('kubernetes-nodes', BREAK, GONE),
      'slow job dead': () => pipeline.stopJob('kubernetes-pods-slow', BREAK, GONE),
      'pods relabelled': () =>
        cluster.reshape((pod) => {
          const { kubernetes_pod_name: name = '', ...labels } = pod.labels ?? {};
          return { ...pod, labels: { ...labels, pod: name } };
        }, BREAK),
      'targets down': () => void estate.series.push({ series: [1, 2, 3].flatMap(down) }),
      'add-on degraded': () => {
        const issues = [{ code: 'InsufficientNumberOfReplicas', message: 'no replica' }];
        estate.addons.set('adot', { ...addon, status: 'DEGRADED', issues });
      },
      'add-on gone': () => void estate.addons.delete('adot'),
      'workspace discards': () => discards(estate),
      'dead beside another cluster': () => {
        pipeline.denyRemoteWrite(BREAK);
        const other = startPipeline(eksAdotAmp({ cluster: 'stage', pods: 8 }), SINCE);
        estate.series.push(labelled(other, { cluster: 'stage' }));
      },
    },
  };
}

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
      'log group silent': () => {
        const streams = ['app/1', 'app/2'].map((name) => ({ ...streamOf(name), until: BREAK }));
        estate.groups.set('/ecs/checkout', { streams });
      },
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

export function localPrometheus(): Pipe {
  const estate = emptyEstate();
  const job = { name: 'prometheus', scrapeInterval: 15, targets: [{ instance: 'localhost:9090' }] };
  const pipeline = startPipeline({ jobs: [job, { ...job, name: 'node' }] }, SINCE);
  estate.series.push(pipeline);
  return {
    estate,
    rollOut: (at, gapMs) => {
      pipeline.stopCollector(at, CRASHED);
      pipeline.startCollector(at + Math.max(0, gapMs));
    },
    breaks: {
      'job gone, another well': () => pipeline.stopJob('prometheus', BREAK, GONE),
      'scrapes stopped': () => pipeline.stopCollector(BREAK, CRASHED),
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

function endTraces({ traces }: Estate): void {
  traces.services = traces.services.map((one) => ({ ...one, until: BREAK }));
}
