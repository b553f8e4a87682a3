import { describe, expect, test } from 'vitest';
import type { Config } from '../lib/config/schema.ts';
import { configSchema } from '../lib/config/schema.ts';
import { plan, type Selection } from '../lib/plan.ts';

const signal = (name: string, more: object = {}) => ({ name, amp: 'ws-1234', metric: 'up', ...more });
const cluster = (name: string, signals: readonly object[], more: object = {}) => ({
  name,
  region: 'eu-west-1',
  ...more,
  signals,
});

function configOf(...clusters: readonly object[]): Config {
  return configSchema.parse({ version: 1, clusters });
}

/** What is planned, `cluster: signal (gate)`, or the problems. */
function planned(config: Config, selection: Selection = {}): readonly string[] {
  const result = plan(config, selection);
  if ('problems' in result) return result.problems;
  return result.clusters.map(({ name, signals }) => {
    const names = signals.map(({ signal, judged }) => (judged ? signal.name : `(${signal.name})`));
    return `${name}: ${names.join(' ')}`;
  });
}

function signalOf(config: Config) {
  const result = plan(config, {});
  return 'clusters' in result ? result.clusters[0]?.signals[0]?.signal : undefined;
}

describe('what a signal is once planned', () => {
  test('without expectations it must be there, fresh within a quarter of an hour', () => {
    expect(signalOf(configOf(cluster('prod', [signal('canary')])))).toEqual({
      name: 'canary',
      plane: 'amp',
      address: 'ws-1234',
      endpoint: undefined,
      region: 'eu-west-1',
      role: undefined,
      externalId: undefined,
      maxSamplesProcessed: 100_000_000,
      cluster: 'prod',
      everyMs: 300_000,
      metric: 'up',
      match: [],
      by: [],
      freshMs: 900_000,
      expectsSeries: true,
      series: undefined,
      labels: undefined,
      when: undefined,
      severity: 'critical',
      runbook: undefined,
    });
  });

  test('its own values stand over those of its cluster', () => {
    const shared = { role: 'arn:aws:iam::111122223333:role/a', externalId: 'aa', maxSamplesProcessed: 7 };
    const own = { role: 'arn:aws:iam::111122223333:role/b', region: 'us-east-1', fresh: '4m' };
    expect(signalOf(configOf(cluster('prod', [signal('canary', own)], shared)))).toMatchObject({
      role: own.role,
      externalId: 'aa',
      region: 'us-east-1',
      maxSamplesProcessed: 7,
      freshMs: 240_000,
    });
  });

  test('a base URL is the address on the plane prometheus', () => {
    const local = { name: 'local', prometheus: 'http://127.0.0.1:9090', metric: 'up' };
    expect(signalOf(configOf(cluster('prod', [local])))).toMatchObject({
      plane: 'prometheus',
      address: 'http://127.0.0.1:9090',
    });
  });

  test('what CloudWatch holds has its region for an address', () => {
    const metrics = { name: 'metrics', cloudwatchPromql: true, metric: 'up' };
    expect(signalOf(configOf(cluster('prod', [metrics])))).toMatchObject({
      plane: 'cloudwatchPromql',
      address: 'eu-west-1',
    });
    const elsewhere = { ...metrics, region: 'us-east-1' };
    expect(signalOf(configOf(cluster('prod', [elsewhere])))).toMatchObject({ address: 'us-east-1' });
  });

  test.each([
    [{ max: 0 }, false],
    [{ exactly: 0 }, false],
    [{ min: 0 }, true],
    [{ max: 1 }, true],
    [{ each: { min: 0 } }, true],
  ])('series %j expects series: %s', (series, expectsSeries) => {
    expect(signalOf(configOf(cluster('prod', [signal('canary', { by: ['job'], series })])))).toMatchObject({
      expectsSeries,
    });
  });
});

describe('which signals are planned', () => {
  const off = { off: true };
  const config = configOf(
    cluster('prod', [signal('a', { when: { signal: 'c' } }), signal('b', off), signal('c')]),
    cluster('staging', [signal('b'), signal('d', { when: { signal: 'b' } })]),
    cluster('empty', [signal('a', off)]),
  );

  test.each<[string, Selection, readonly string[]]>([
    ['all, except what is off', {}, ['prod: a c', 'staging: b d']],
    ['those of a cluster', { clusters: ['staging'] }, ['staging: b d']],
    ['a gate is asked, not judged', { signals: ['a'] }, ['prod: a (c)']],
    ['a selected gate is judged', { signals: ['a', 'c'] }, ['prod: a c']],
    ['a name that several clusters know', { signals: ['b', 'a'] }, ['prod: a (c)', 'staging: b']],
    ['of one cluster', { clusters: ['staging'], signals: ['d'] }, ['staging: (b) d']],
    ['a cluster without a signal to judge is left out', { clusters: ['empty', 'prod'] }, ['prod: a c']],
    ['twice the same is once', { clusters: ['prod', 'prod'], signals: ['c', 'c'] }, ['prod: c']],
  ])('%s', (_, selection, expected) => {
    expect(planned(config, selection)).toEqual(expected);
  });

  test.each<[string, Selection, readonly string[]]>([
    [
      'a misspelt cluster',
      { clusters: ['prdo'] },
      ['there is no cluster "prdo"; did you mean "prod"? known are prod, staging, empty'],
    ],
    [
      'another cluster',
      { clusters: ['elsewhere'] },
      ['there is no cluster "elsewhere"; known are prod, staging, empty'],
    ],
    [
      'names of both kinds, all told',
      { clusters: ['x'], signals: ['y', 'z'] },
      [
        'there is no cluster "x"; known are prod, staging, empty',
        'there is no signal "y"; known are a, b, c, d',
        'there is no signal "z"; known are a, b, c, d',
      ],
    ],
    [
      'a signal of another cluster',
      { clusters: ['staging'], signals: ['a'] },
      ['there is no signal "a"; known are b, d'],
    ],
    [
      'a signal that is off',
      { clusters: ['prod'], signals: ['b'] },
      ['signal "b" is switched off; remove its off: true'],
    ],
  ])('a problem: %s', (_, selection, expected) => {
    expect(planned(config, selection)).toEqual(expected);
  });

  test('at most ten known names are listed', () => {
    const many = configOf(...Array.from({ length: 14 }, (_, i) => cluster(`cluster-${i}`, [signal('a')])));
    expect(planned(many, { clusters: ['something'] })).toEqual([
      expect.stringMatching(/known are (cluster-\d, ){9}cluster-9, and 4 more$/),
    ]);
  });
});

describe('a signal that is compared with another', () => {
  const parity = { of: 'pods', map: { pod: 'pod_name' } };
  const config = configOf(
    cluster('prod', [
      signal('pods', { by: ['pod_name'], region: 'eu-west-2' }),
      signal('emf', { by: ['pod'], parity }),
      signal('other'),
    ]),
  );

  test('has that other as it is planned itself, and the defaults', () => {
    const result = plan(config, {});
    const [pods, emf] = 'clusters' in result ? (result.clusters[0]?.signals ?? []) : [];
    expect(emf?.signal).toMatchObject({
      parity: { with: pods?.signal, map: [['pod', 'pod_name']], tolerance: 0, skew: 300_000 },
    });
    expect(pods?.signal.region).toBe('eu-west-2');
  });

  test('has it asked, where it alone is selected', () => {
    expect(planned(config, { signals: ['emf'] })).toEqual(['prod: (pods) emf']);
    expect(planned(config, { signals: ['pods'] })).toEqual(['prod: pods']);
  });
});
