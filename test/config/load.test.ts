import { describe, expect, test } from 'vitest';
import { builtConfig, loadBuilt } from '../../lib/config/load.ts';
import { env, fixtures, load, told, toldBy, withSignal } from './loading.ts';

const built = async (text: string) => {
  const result = await builtConfig(text, { file: 'plumbline.yaml' });
  return 'json' in result ? result.json : expect.unreachable(toldBy(result).join('\n'));
};

const configOf = async (text: string) => {
  const result = await load(text);
  return 'config' in result ? result.config : expect.unreachable(toldBy(result).join('\n'));
};

test.each([
  ['file:./state', 1],
  ['file:${env:SET}', 0],
  ['dynamodb:plumbline-live-state', 0],
])('a build with state: %s gives %i warnings: functions have their table', async (state, count) => {
  const text = `${withSignal()}state: '${state}'\n`;
  const { warnings } = await builtConfig(text, { file: 'plumbline.yaml' });
  const warning =
    '9:8: warning: state: "file:./state" is not what the functions use; write state: dynamodb:plumbline-live-state, or mute and history here will not be theirs';
  expect(toldBy({ warnings })).toEqual(count === 0 ? [] : [warning]);
  expect(toldBy(await load(text))).toEqual([]);
});

describe('a faulty configuration: every problem, its place and its remedy', () => {
  test.each(fixtures('bad'))('$name', async ({ text, expected }) => {
    expect(expected).not.toEqual([]);
    expect(await told(text)).toEqual(expected);
  });

  test('is told to Windows editors and after a byte order mark alike', async () => {
    const text = withSignal('fresh: often');
    const expected = [expect.stringMatching(/^9:16: error: /)];
    expect(await told(text)).toEqual(expected);
    expect(await told(text.replaceAll('\n', '\r\n'))).toEqual(expected);
    expect(await told(`\uFEFF${text}`)).toEqual(expected);
    expect(await told('\uFEFFversion: 2')).toEqual([
      expect.stringMatching(/^1:1: .*clusters is missing/),
      expect.stringMatching(/^1:10: .*version: 2 is no version/),
    ]);
  });

  test('warnings alone do not refuse it', async () => {
    expect(await load(withSignal('by: [pod]'))).toMatchObject({
      config: { version: 1 },
      warnings: [{ level: 'warning', line: 9, column: 14 }],
    });
  });
});

describe('a good configuration', () => {
  test.each(fixtures('good'))('$name', async ({ text }) => {
    expect(await told(text)).toEqual([]);
    const fromJson = loadBuilt(await built(text), { env });
    expect(fromJson).toEqual({ config: await configOf(text), warnings: [] });
  });

  test('gets the defaults', async () => {
    expect(await configOf(withSignal())).toEqual({
      version: 1,
      alerts: {
        failAfter: 2,
        recoverAfter: 2,
        remindEvery: 14_400_000,
        blindAfter: 3,
        channels: [],
        mutes: [],
      },
      clusters: [
        {
          name: 'prod-eu',
          region: 'eu-west-1',
          every: 300_000,
          maxSamplesProcessed: 100_000_000,
          signals: [{ name: 'canary', amp: 'ws-1234', metric: 'up', severity: 'critical' }],
        },
      ],
    });
  });

  test('merge keys add, and the mapping itself and the first source win', async () => {
    const anchors = fixtures('good').find(({ name }) => name === 'anchors.yaml');
    const { clusters } = await configOf(anchors?.text ?? '');
    expect(clusters.map(({ name, region }) => [name, region])).toEqual([
      ['prod-eu', 'eu-west-1'],
      ['prod-us', 'us-east-1'],
      ['staging', 'eu-west-1'],
    ]);
    expect(clusters[1]?.signals.map(({ name, fresh, metric }) => [name, fresh, metric])).toEqual([
      ['canary', 240_000, 'up'],
      ['slow', 720_000, 'up'],
      ['first wins', 1_200_000, 'up'],
    ]);
  });

  test('the matchers are a list', async () => {
    const config = await configOf(withSignal("match: { b: x, a: { '!~': 'y', '!=': z } }"));
    expect(config.clusters[0]?.signals[0]?.match).toEqual([
      { label: 'b', operator: '=', value: 'x' },
      { label: 'a', operator: '!=', value: 'z' },
      { label: 'a', operator: '!~', value: 'y' },
    ]);
  });
});

describe('references', () => {
  test('are replaced once, whole or in part', async () => {
    const values = { A: 'x${env:B}$&', B: 'never' };
    const text = withSignal("match: { a: '${env:A}', b: 'pre-${env:A}-${env:B}' }");
    const json = await built(text);
    expect(loadBuilt(json, { env: values })).toMatchObject({
      config: {
        clusters: [
          {
            signals: [
              {
                match: [
                  { label: 'a', value: 'x${env:B}$&' },
                  { label: 'b', value: 'pre-x${env:B}$&-never' },
                ],
              },
            ],
          },
        ],
      },
    });
  });

  test('below alerts.channels stay as they are', async () => {
    const text = withSignal().replace(
      'clusters:',
      "alerts: { channels: [{ slack: '${env:SET}' }] }\nclusters:",
    );
    expect((await configOf(text)).alerts.channels).toEqual([{ slack: '${env:SET}' }]);
    const json = await built(text);
    expect(loadBuilt(json, { env: {} })).toMatchObject({
      config: { alerts: { channels: [{ slack: '${env:SET}' }] } },
    });
  });

  test('need not be set to build, and are judged when they are known', async () => {
    const json = await built(withSignal('role: ${env:ROLE}', "match: { job: { '=~': '${env:JOBS}' } }"));
    expect(json).toContain('${env:ROLE}');
    expect(toldBy(loadBuilt(json, { env: {} }))).toEqual([
      expect.stringContaining('role: "${env:ROLE}" needs the environment variable ROLE'),
      expect.stringContaining('match.job["=~"]: "${env:JOBS}" needs the environment variable JOBS'),
    ]);
    expect(toldBy(loadBuilt(json, { env: { ROLE: 'top-secret', JOBS: 'a' } }))).toEqual([
      expect.stringContaining('role: "${env:ROLE}" is not the ARN of an IAM role'),
    ]);
  });

  test('may stand wherever a text may, when building', async () => {
    const text = withSignal(
      'by: ["${env:A}"]',
      'fresh: ${env:A}',
      'severity: ${env:A}',
      'when: { signal: "${env:A}" }',
      'labels: { require: ["${env:A}"], values: { a: ["${env:A}"], b: { only: ["${env:A}"] }, c: "${env:A}" } }',
      'match: { a: "${env:A}", b: { "!=": "${env:A}" } }',
    );
    expect(await built(text.replace('ws-1234', '${env:A}').replace('prod-eu', '${env:A}'))).toContain(
      '${env:A}',
    );
    expect(
      await built(text.replace('ws-1234', 'ws-${env:A}').replace('metric: up', 'metric: ${env:A}')),
    ).toContain('ws-');
  });

  test('what surrounds a reference is judged when building', async () => {
    const result = await builtConfig(withSignal('role: ${env:ROLE}', "by: ['${env:}']", 'fresh: often'), {
      file: 'p',
    });
    expect(toldBy(result)).toEqual([
      expect.stringContaining('malformed reference'),
      expect.stringContaining('"often" is not a duration'),
    ]);
  });

  test('in what a channel is limited to, and in mutes, are replaced when loaded', async () => {
    const mute =
      "{ signals: ['${env:SIGNAL}'], cron: '${env:CRON}', for: 8h, timeZone: '${env:ZONE}', reason: x }";
    const only = "{ slack: '${env:HOOK}', only: { clusters: ['prod-${env:REGION}'] } }";
    const text = withSignal().replace(
      'clusters:',
      `state: dynamodb:\${env:TABLE}\nalerts: { channels: [${only}], mutes: [${mute}] }\nclusters:`,
    );
    const json = await built(text);
    const good = {
      SIGNAL: 'canary',
      CRON: '0 22 * * fri',
      ZONE: 'Europe/Berlin',
      REGION: 'eu',
      TABLE: 'a-table',
    };
    expect(loadBuilt(json, { env: good })).toMatchObject({
      config: {
        state: 'dynamodb:a-table',
        alerts: {
          channels: [{ slack: '${env:HOOK}', only: { clusters: ['prod-eu'] } }],
          mutes: [{ signals: ['canary'], cron: '0 22 * * fri', for: 28_800_000, timeZone: 'Europe/Berlin' }],
        },
      },
    });
    const bad = { ...good, CRON: '0 22-6 * * *', ZONE: 'Berlin', TABLE: '/' };
    expect(toldBy(loadBuilt(json, { env: bad }))).toEqual([
      expect.stringContaining('state: "dynamodb:${env:TABLE}" names no table'),
      expect.stringContaining('alerts.mutes[0].cron: "${env:CRON}" has a range that ends before it begins'),
      expect.stringContaining('alerts.mutes[0].timeZone: "${env:ZONE}" is not a time zone'),
    ]);
  });

  test('a variable named like a part of every object is not set', async () => {
    expect(await told(withSignal('runbook: ${env:constructor}'))).toEqual([
      expect.stringContaining('needs the environment variable constructor, which is not set'),
    ]);
  });

  test('no message tells a value', async () => {
    const text = withSignal(
      'region: ${env:SET}',
      'fresh: ${env:SET}',
      'every: ${env:SET}',
      "match: { job: { '=~': '(?=${env:SET}' } }",
      'labels: { require: [${env:SET}], forbid: [${env:SET}] }',
      'when: { signal: ${env:SET} }',
      'severity: ${env:SET}',
      'off: ${env:SET}',
    );
    const messages = await told(text);
    expect(messages.length).toBeGreaterThan(6);
    expect(messages.join('\n')).not.toContain('top-secret');
  });
});

test.each(['', 'no json', '[]', 'null', '7', '{"version":2}', '{"clusters":{}}'])(
  'a built file that is none is refused: %s',
  (json) => {
    expect(loadBuilt(json, { env: {} })).toMatchObject({ problems: expect.arrayContaining([]) });
    expect(toldBy(loadBuilt(json, { env: {} }))).not.toEqual([]);
  },
);
