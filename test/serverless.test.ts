import { spawnSync } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { functionNames } from '../tools/bundle.ts';
import { alarming } from './serverless/alarms.ts';
import { rights } from './serverless/rights.ts';
import {
  cloneOfFiles,
  ofType,
  osls,
  propertiesOf,
  removeClone,
  type Template,
  templateOf,
} from './serverless/template.ts';
import { watching } from './serverless/watching.ts';
import { type Finished, ROOT, runProgram } from './support/process.ts';

const hasCfnLint = spawnSync('cfn-lint', ['--version']).status === 0;
const MOST_ZIP_BYTES = 520_000;

let clone = '';
let packed: Finished;
let template: Template = { Resources: {}, Conditions: {}, Parameters: {}, Outputs: {} };

/** Without environment variables, and offline. */
beforeAll(async () => {
  clone = await cloneOfFiles();
  packed = await osls(clone, ['package']);
  template = await templateOf(clone);
}, 240_000);

afterAll(() => removeClone(clone));

const properties = (name: string) => propertiesOf(template, name);

test('packing takes the example, with a warning', () => {
  expect(packed.code, packed.stdout + packed.stderr).toBe(0);
  expect(packed.stdout + packed.stderr).toContain('no plumbline.yaml here, taking plumbline.example.yaml');
});

describe('each function', () => {
  test('runs on arm64 and Node 24, and logs JSON that is not kept for ever', () => {
    const functions = ofType(template, 'AWS::Lambda::Function');
    expect(functions).toHaveLength(functionNames.length);
    for (const [, { Properties }] of functions) {
      expect(Properties).toMatchObject({
        Architectures: ['arm64'],
        Runtime: 'nodejs24.x',
        LoggingConfig: { LogFormat: 'JSON' },
        Environment: { Variables: { EVERY: '5m', PLUMBLINE_CONFIG: 'plumbline.json', STAGE: 'live' } },
      });
    }
    const groups = ofType(template, 'AWS::Logs::LogGroup').map(
      ([, { Properties }]) => Properties['RetentionInDays'],
    );
    expect(groups).toEqual(functionNames.map(() => 30));
  });

  test('has the time that it needs, a role of its own, and is not run again by Lambda, but compare', () => {
    const timeouts = { Dispatch: 60, Verify: 120, Check: 900, Mute: 30, Widget: 30 };
    for (const [name, Timeout] of Object.entries(timeouts)) {
      expect(properties(`${name}LambdaFunction`)).toMatchObject({
        Handler: `dist/${name.toLowerCase()}.handler`,
        Timeout,
        Role: { 'Fn::Sub': `\${${name}Role.Arn}` },
      });
    }
    const retries = ofType(template, 'AWS::Lambda::EventInvokeConfig').map(([name, { Properties }]) => [
      name.replace('LambdaEvConf', ''),
      Properties['MaximumRetryAttempts'],
    ]);
    // Only a comparison has no next time soon.
    expect(retries).toEqual(
      functionNames.map((name) => [`${name[0]?.toUpperCase()}${name.slice(1)}`, name === 'compare' ? 2 : 0]),
    );
  });

  test.each(functionNames)('%s is packed alone, with the configuration, in at most 520 KB', async (name) => {
    const zip = join(clone, '.serverless', `${name}.zip`);
    expect((await stat(zip)).size).toBeLessThanOrEqual(MOST_ZIP_BYTES);
    const bytes = (await readFile(zip)).toString('latin1');
    const files = new Set(bytes.match(/dist\/[\w.-]+?\.(?:mjs|json)/g));
    expect([...files].filter((file) => !file.startsWith(`dist/${name}`))).toEqual(['dist/plumbline.json']);
    expect(files).toContain(`dist/${name}.mjs`);
    const built = (await readdir(join(clone, 'dist'))).filter((file) => file.startsWith(name));
    expect(files.size).toBe(built.length + 1);
  });
});

rights(() => template);
watching(() => template);
alarming(() => template);

test('the schedule looks once a minute what is due, gives up soon, and keeps what it could not say', () => {
  const schedules = ofType(template, 'AWS::Scheduler::Schedule');
  expect(schedules.map(([name]) => name).toSorted()).toEqual(['Tick', 'Weekly']);
  expect(schedules.filter(([name]) => name === 'Tick')).toMatchObject([
    [
      'Tick',
      {
        Properties: {
          ScheduleExpression: 'rate(1 minute)',
          Target: {
            Arn: { 'Fn::GetAtt': ['DispatchLambdaFunction', 'Arn'] },
            Input: '{"scheduledAt":"<aws.scheduler.scheduled-time>"}',
            RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 120 },
            DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['LostTicks', 'Arn'] } },
          },
        },
      },
    ],
  ]);
});

test('what is remembered is encrypted, can be restored, and old runs go by themselves', () => {
  expect(ofType(template, 'AWS::DynamoDB::Table')).toMatchObject([
    [
      'StateTable',
      {
        Properties: {
          TableName: 'plumbline-live-state',
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: [
            { AttributeName: 'pk', KeyType: 'HASH' },
            { AttributeName: 'sk', KeyType: 'RANGE' },
          ],
          TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          SSESpecification: { SSEEnabled: true },
        },
      },
    ],
  ]);
});

test('what has a name is the stage’s own: two of them stand side by side in one account and region', () => {
  const KEYS =
    /^(AlarmName|DashboardName|FunctionName|LogGroupName|Name|QueueName|RoleName|TableName|TopicName)$/;
  const named = Object.entries(template.Resources).flatMap(([resource, { Properties }]) =>
    Object.entries(Properties).flatMap(([key, name]) => (KEYS.test(key) ? [[resource, name] as const] : [])),
  );
  const exported = Object.entries(template.Outputs).flatMap(([output, { Export }]) =>
    Export ? [[output, Export.Name] as const] : [],
  );
  expect(named.length).toBeGreaterThan(30);
  // Or it is another resource's.
  for (const [what, name] of [...named, ...exported])
    expect(JSON.stringify(name), what).toMatch(/plumbline-live|^\{"(?:Ref|Fn::GetAtt)":/);
});

test('the dashboard is the tracked file, filled in by CloudFormation with what the stack has', async () => {
  expect(ofType(template, 'AWS::CloudWatch::Dashboard')).toMatchObject([
    ['HealthDashboard', { Properties: { DashboardName: 'plumbline-live' } }],
  ]);
  const { 'Fn::Sub': filled } = properties('HealthDashboard')['DashboardBody'] as {
    'Fn::Sub': [string, unknown];
  };
  const [text, values] = filled;
  expect(values).toEqual({ Stage: 'live' });
  const tracked = await readFile(join(ROOT, 'dashboards/cloudwatch.json'), 'utf8');
  expect(JSON.parse(text)).toEqual(JSON.parse(tracked));
  const named = new Set([...text.matchAll(/\$\{(\w+)(?:\.Arn)?\}/g)].map(([, name = '']) => name));
  expect(named).toEqual(new Set(['Stage', 'WidgetLambdaFunction', 'VerifyLogGroup']));
  named.delete('Stage');
  for (const name of named) expect(template.Resources).toHaveProperty(name);
});

test('runs come one by one, so many at a time, and what cannot be run is kept', () => {
  expect(ofType(template, 'AWS::Lambda::EventSourceMapping')).toMatchObject([
    [expect.anything(), { Properties: { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 20 } } }],
  ]);
  const visibility = properties('RunQueue')['VisibilityTimeout'];
  expect(visibility).toBeGreaterThanOrEqual(6 * Number(properties('VerifyLambdaFunction')['Timeout']));
  expect(properties('RunQueue')).toHaveProperty('RedrivePolicy.deadLetterTargetArn');
});

describe('the configuration', () => {
  test('in S3 or Parameter Store may be read by all functions, and nothing beside it', () => {
    const readers = [
      'BaselineRole',
      'CheckRole',
      'CompareRole',
      'DispatchRole',
      'MuteRole',
      'VerifyRole',
      'WidgetRole',
    ].map((role) => ({
      Ref: role,
    }));
    for (const [policy, Condition] of [
      ['ConfigObjectPolicy', 'ConfigInS3'],
      ['ConfigParameterPolicy', 'ConfigInSsm'],
    ] as const) {
      expect(template.Resources[policy]).toMatchObject({ Condition, Properties: { Roles: readers } });
    }
  });
});

test
  .skipIf(!hasCfnLint)
  .each(['.serverless/cloudformation-template-update-stack.json', 'templates/reader-role.yaml'])(
  'cfn-lint is content with %s',
  async (file) => {
    const cwd = file.startsWith('templates') ? ROOT : clone;
    const linted = await runProgram('cfn-lint', [file], { cwd });
    expect([linted.code, linted.stdout, linted.stderr]).toEqual([0, '', '']);
  },
  120_000,
);
