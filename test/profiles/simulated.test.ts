import { describe, expect, test } from 'vitest';
import type { Estate, EstateOptions } from '../../rehearsal/estate.ts';
import { pipelines } from '../../rehearsal/pipelines/index.ts';
import { startKymaOtlp } from '../../rehearsal/pipelines/kyma-cloudwatch.ts';
import { emptyWorld, type World } from '../../rehearsal/world.ts';
import {
  BREAK,
  HOUR,
  MINUTE,
  NOON,
  profileSignals,
  shippedProfiles,
  shown,
  SINCE,
} from './simulated-account.ts';

interface Proof {
  readonly start: (world: World, options: EstateOptions) => Estate;
  /** Parameters besides the examples of those that must be given. */
  readonly with?: Readonly<Record<string, unknown>>;
  /** What the cluster writes over the profile's signals. */
  readonly over?: string;
  /** What must fail, and with which expectation, by what was broken. */
  readonly fails: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What fails a day later alone: what may be silent for so long. */
  readonly later?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What another cluster hides, as docs/profiles.md says: where its telemetry cannot be told from this one's. */
  readonly hidden?: Readonly<Record<string, Readonly<Record<string, string>>>>;
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
    start: pipelines['eks-adot-amp'],
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
  'eks-adot-amp, without labels': {
    start: pipelines['eks-adot-amp'],
    fails: { 'remote write denied': { 'scrape-canary': 'fresh', 'pod-labels': 'fresh' } },
    hidden: { 'dead beside another cluster': {} },
  },
  'ecs-cloudmap-amp': {
    start: pipelines['ecs-cloudmap-amp'],
    with: { traces: 'webapp' },
    fails: {
      'remote write denied': ALL_OF_CLOUD_MAP,
      'nothing discovered': ALL_OF_CLOUD_MAP,
      'applications down, exporters well': { 'application-metrics': 'fresh' },
      'exporters gone': { 'task-metrics': 'fresh' },
      'collector short': { collector: 'running' },
      'collector died in its task': { collector: 'containers' },
      'workspace discards': { workspace: 'discarded' },
      'log group silent': {},
      'log group gone': { 'collector-log': 'exists' },
      'no traces': { traces: 'fresh' },
      'dead beside another cluster': ALL_OF_CLOUD_MAP,
    },
    later: { 'log group silent': { 'collector-log': 'fresh' } },
  },
  'ecs-fargate-sidecar': {
    start: pipelines['ecs-fargate-sidecar'],
    with: { logGroup: '/ecs/checkout', traces: 'checkout' },
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
    start: pipelines['eks-adot-cloudwatch'],
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
    start: pipelines['eks-container-insights'],
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
    start: pipelines['app-sidecar-emf'],
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
    hidden: { 'dead beside a cluster with the same job': {} },
  },
  'kyma-cloudwatch': {
    start: pipelines['kyma-cloudwatch'],
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
    hidden: { 'dead beside a cluster with the same application': { logs: 'fresh' } },
  },
  'kyma-cloudwatch, newer': {
    start: startKymaOtlp,
    with: { service: 'checkout', logGroup: '/logs/kyma', streams: 'default', retention: 'never' },
    over: '    signals: [{ name: collector-metrics, off: true }]',
    fails: {
      'keys gone': { 'application-metrics': 'fresh', logs: 'fresh', traces: 'fresh' },
      'applications refused': { 'application-metrics': 'fresh', traces: 'fresh' },
      'logs stopped': { logs: 'fresh' },
      'log group gone': { logs: 'exists' },
      'no traces': { traces: 'fresh' },
    },
  },
  'local-prometheus': {
    start: pipelines['local-prometheus'],
    fails: {
      'job gone, another well': { scrapes: 'fresh' },
      'scrapes stopped': { scrapes: 'fresh' },
    },
  },
};

/** CloudWatch shows what comes in these hours ten minutes late, the longest that it takes. */
const LATE = [NOON + 5 * HOUR, NOON + 9 * HOUR, 10] as const;
/** When a healthy day is looked at, in minutes after noon. */
const DAY = [0, 5, 61, 333, 731, 1100, 1439];
/** And when a rollout that begins two minutes after noon is. */
const ROLLOUT = [2.5, 3, 4, 5, 6, 8, 11, 13, 16, 18, 20, 22, 25, 30, 37, 45];

const started = ({ start }: Proof): { readonly world: World; readonly estate: Estate } => {
  const world = emptyWorld();
  return { world, estate: start(world, { since: SINCE }) };
};

describe.each(Object.entries(proofs))('%s', (called, proof) => {
  const { with: given = {}, over, fails, later = {}, hidden = {} } = proof;
  const [profile = ''] = called.split(',');
  const look = (world: World) =>
    shown(world, (url) => {
      const address = profile === 'local-prometheus' ? { url } : {};
      return profileSignals(profile, { ...address, ...given }, over);
    });

  test('a healthy day is silent, whatever is remembered', async () => {
    const { world, estate } = started(proof);
    estate.delay?.(...LATE);
    const at = await look(world);
    for (const minutes of DAY) {
      for (const warm of [false, true])
        expect([minutes, await at(NOON + minutes * MINUTE, { warm })]).toEqual([minutes, {}]);
    }
  });

  test.each([
    ['what is new begins after the old has ended', 40_000, true],
    ['what is new overlaps the old', -60_000, false],
  ])('a rollout is silent: %s', async (_, gapMs, warm) => {
    const { world, estate } = started(proof);
    estate.rollOut(NOON + 2 * MINUTE, gapMs);
    const at = await look(world);
    for (const minutes of ROLLOUT) {
      const told = Object.values(await at(NOON + minutes * MINUTE, { warm }));
      expect([minutes, told.filter((one) => one !== 'unknown: not-listed-yet')]).toEqual([minutes, []]);
    }
    expect(await at(NOON + 2 * HOUR)).toEqual({});
  });

  test.each([...Object.entries(fails), ...Object.entries(hidden)])('%s', async (broken, expected) => {
    const { world, estate } = started(proof);
    const breaks = estate.breaks[broken];
    expect(breaks).toBeDefined();
    breaks?.(BREAK);
    const at = await look(world);
    expect([0, await at(NOON)]).toEqual([0, expected]);
    expect([26, await at(NOON + 26 * HOUR)]).toEqual([26, later[broken] ?? expected]);
  });
});

test.each([...shippedProfiles])('%s: all its breaks are proven', (profile) => {
  const own = Object.entries(proofs).filter(([called]) => called.split(',')[0] === profile);
  expect(own.length).toBeGreaterThan(0);
  const proven = own.flatMap(([, { fails, hidden = {} }]) => [...Object.keys(fails), ...Object.keys(hidden)]);
  for (const [, proof] of own)
    expect(proven).toEqual(expect.arrayContaining(Object.keys(started(proof).estate.breaks)));
});
