import { describe, expect, test } from 'vitest';
import { cloudMap, eksAmp, fargate, localPrometheus, type Pipe } from './amp-estates.ts';
import { appSidecar, containerInsights, eksCloudWatch, kyma } from './emf-estates.ts';
import { HOUR, MINUTE, NOON, profileSignals, shown } from './simulated-account.ts';

interface Proof {
  readonly pipe: () => Pipe;
  /** Parameters besides the examples of those that must be given. */
  readonly with?: Readonly<Record<string, unknown>>;
  /** What must fail, and with which expectation, by what was broken. */
  readonly fails: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const ALL_OF_AMP = {
  'scrape-canary': 'fresh',
  'pod-labels': 'fresh',
  'slow-jobs': 'fresh',
  targets: 'fresh',
};
const ALL_OF_CLOUD_MAP = {
  'scrape-canary': 'fresh',
  'task-metrics': 'fresh',
  'application-metrics': 'fresh',
};
const ALL_OF_INSIGHTS = { nodes: 'fresh', pods: 'fresh', cluster: 'fresh', 'log-events': 'fresh' };
const ALL_OF_SIDECAR = { 'application-metrics': 'fresh', 'log-events': 'fresh' };
const ALL_OF_FARGATE = { 'task-metrics': 'fresh', 'application-metrics': 'fresh' };

const proofs: Readonly<Record<string, Proof>> = {
  'eks-adot-amp': {
    pipe: eksAmp,
    with: { labels: { cluster: 'prod-eu' }, slowJobs: ['kubernetes-pods-slow'], up: '90%' },
    fails: {
      'remote write denied': ALL_OF_AMP,
      'collector gone, its operator well': ALL_OF_AMP,
      'one job without targets': { 'scrape-canary': 'fresh', targets: 'fresh' },
      'slow job dead': { 'slow-jobs': 'fresh' },
      'pods relabelled': { 'pod-labels': 'labels.require' },
      'targets down': { targets: 'targets.up' },
      'add-on degraded': { addon: 'status' },
      'add-on gone': { addon: 'exists' },
      'workspace discards': { workspace: 'discarded' },
      'dead beside another cluster': ALL_OF_AMP,
    },
  },
  'ecs-cloudmap-amp': {
    pipe: cloudMap,
    with: { traces: 'webapp' },
    fails: {
      'remote write denied': ALL_OF_CLOUD_MAP,
      'nothing discovered': ALL_OF_CLOUD_MAP,
      'applications down, exporters well': { 'application-metrics': 'fresh' },
      'exporters gone': { 'task-metrics': 'fresh' },
      'collector short': { collector: 'running' },
      'collector died in its task': { collector: 'containers' },
      'workspace discards': { workspace: 'discarded' },
      'no traces': { traces: 'fresh' },
      'dead beside another cluster': ALL_OF_CLOUD_MAP,
    },
  },
  'ecs-fargate-sidecar': {
    pipe: fargate,
    with: { logGroup: '/ecs/checkout' },
    fails: {
      'remote write denied': ALL_OF_FARGATE,
      'applications send to the wrong port': { 'application-metrics': 'fresh', traces: 'fresh' },
      'task metrics gone': { 'task-metrics': 'fresh' },
      'no traces': { traces: 'fresh' },
      'log group silent': { 'application-log': 'fresh' },
      'log group gone': { 'application-log': 'exists' },
      'service short': { tasks: 'running' },
      'sidecar died in one task': { tasks: 'containers' },
      'workspace discards': { workspace: 'discarded' },
      'dead beside another cluster': ALL_OF_FARGATE,
    },
  },
  'eks-adot-cloudwatch': {
    pipe: eksCloudWatch,
    fails: {
      'log events refused': { 'collector-metrics': 'fresh', 'log-events': 'fresh' },
      'log events without metrics': { 'collector-metrics': 'fresh', 'log-events': 'emf' },
      'another set of dimensions': { 'collector-metrics': 'dimensions' },
      'add-on degraded': { addon: 'status' },
      'add-on gone': { addon: 'exists' },
      'dead beside another cluster and the agent of CloudWatch': {
        'collector-metrics': 'fresh',
        'log-events': 'fresh',
      },
    },
  },
  'eks-container-insights': {
    pipe: containerInsights,
    with: { nodes: 2 },
    fails: {
      'log events refused': ALL_OF_INSIGHTS,
      'log events without metrics': { ...ALL_OF_INSIGHTS, 'log-events': 'emf' },
      'no leader is elected': { cluster: 'fresh' },
      'the kubelet refuses': { pods: 'fresh' },
      'one node of two without a collector': { nodes: 'series.min' },
      'a stream called undefined': { 'log-events': 'streams.like' },
      'dead beside another cluster': ALL_OF_INSIGHTS,
    },
  },
  'app-sidecar-emf': {
    pipe: appSidecar,
    fails: {
      'log events refused': ALL_OF_SIDECAR,
      'log events without metrics': { 'application-metrics': 'fresh', 'log-events': 'emf' },
      'the class of which no metrics are made': {
        'application-metrics': 'fresh',
        'log-events': 'logClass, emf',
      },
      'the job was renamed': ALL_OF_SIDECAR,
      'dead beside the agents of AWS': ALL_OF_SIDECAR,
    },
  },
  'kyma-cloudwatch': {
    pipe: kyma,
    with: { service: 'checkout' },
    fails: {
      'applications refused, the collector well': { 'application-metrics': 'fresh', traces: 'fresh' },
      'log events refused': { 'application-metrics': 'fresh', 'collector-metrics': 'fresh' },
      'collector not scraped': { 'collector-metrics': 'fresh' },
      'no traces': { traces: 'fresh' },
      'logs stopped': { logs: 'fresh' },
      'logs fall back': { logs: 'fresh, streams.fallback' },
      'logs kept for ever': { logs: 'retention' },
      'keys of the user gone': {
        'application-metrics': 'fresh',
        'collector-metrics': 'fresh',
        logs: 'fresh',
        traces: 'fresh',
      },
    },
  },
  'local-prometheus': {
    pipe: localPrometheus,
    fails: {
      'job gone, another well': { scrapes: 'fresh' },
      'scrapes stopped': { scrapes: 'fresh' },
    },
  },
};

/** When a healthy day is looked at, in minutes after noon. */
const DAY = [0, 5, 200, 731, 1439];
/** And when a rollout that begins two minutes after noon is. */
const ROLLOUT = [3, 6, 8, 13, 18, 22, 30, 45];

describe.each(Object.entries(proofs))('%s', (name, { pipe, with: given = {}, fails }) => {
  const look = (of: Pipe) =>
    shown(of.estate, (url) =>
      profileSignals(name, { ...(name === 'local-prometheus' ? { url } : {}), ...given }),
    );

  test('a healthy day is silent, whatever is remembered', async () => {
    const at = await look(pipe());
    for (const minutes of DAY) {
      expect([minutes, await at(NOON + minutes * MINUTE)]).toEqual([minutes, {}]);
      expect([minutes, await at(NOON + minutes * MINUTE, { warm: true })]).toEqual([minutes, {}]);
    }
  });

  test.each([
    ['what is new begins after the old has ended', 40_000],
    ['what is new overlaps the old', -60_000],
  ])('a rollout is silent: %s', async (_, gapMs) => {
    const of = pipe();
    of.rollOut(NOON + 2 * MINUTE, gapMs);
    const at = await look(of);
    for (const warm of [false, true]) {
      for (const minutes of ROLLOUT) {
        const told = Object.values(await at(NOON + minutes * MINUTE, { warm }));
        expect([minutes, told.filter((one) => one !== 'unknown: not-listed-yet')]).toEqual([minutes, []]);
      }
    }
    expect(await at(NOON + 2 * HOUR)).toEqual({});
  });

  test('every break is one that is proven', () => {
    expect(Object.keys(pipe().breaks).sort()).toEqual(Object.keys(fails).sort());
  });

  test.each(Object.entries(fails))('%s', async (broken, expected) => {
    const of = pipe();
    of.breaks[broken]?.();
    expect(await (await look(of))(NOON)).toEqual(expected);
  });
});
