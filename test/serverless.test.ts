import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { functionNames } from '../tools/bundle.ts';
import { type Finished, ROOT, runProgram } from './support/process.ts';

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}
interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

const hasCfnLint = spawnSync('cfn-lint', ['--version']).status === 0;
const MOST_ZIP_BYTES = 480_000;
const ROLES = [
  'VerifyRole',
  'CheckRole',
  'MuteRole',
  'WidgetRole',
  'BaselineRole',
  'CompareRole',
  'TickRole',
  'WeeklyRole',
];

let clone = '';
let packed: Finished;
let resources: Readonly<Record<string, Resource>> = {};
let conditions: Readonly<Record<string, unknown>> = {};

/** The tracked and new files alone, as a clone has them; without environment variables, and offline. */
beforeAll(async () => {
  clone = await mkdtemp(join(tmpdir(), 'plumbline-clone-'));
  const listed = spawnSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const files = listed.stdout
    .split('\0')
    .filter((file) => /^(bin|dashboards|functions|lib|profiles|tools)\/|^[^/]+\.(json|ya?ml)$/.test(file));
  await Promise.all(files.map((file) => cp(join(ROOT, file), join(clone, file)).catch(() => {})));
  await symlink(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
  packed = await osls('package');
  const template = await readFile(
    join(clone, '.serverless/cloudformation-template-update-stack.json'),
    'utf8',
  );
  ({ Resources: resources, Conditions: conditions } = JSON.parse(template) as {
    Resources: typeof resources;
    Conditions: typeof conditions;
  });
}, 120_000);

afterAll(() => rm(clone, { recursive: true, force: true }));

function osls(command: string, env: Record<string, string> = {}): Promise<Finished> {
  const own = { PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}` };
  return runProgram('osls', [command], { cwd: clone, env: { ...own, ...env } });
}

const ofType = (type: string) => Object.values(resources).filter((resource) => resource.Type === type);
const namedResource = (name: string): Readonly<Record<string, unknown>> => resources[name]?.Properties ?? {};

function statementsOf(...documents: unknown[]): Statement[] {
  return documents.flatMap((document) => (document as { Statement: Statement[] }).Statement);
}
const policiesOf = (role: string): Statement[] =>
  statementsOf(
    ...(namedResource(role)['Policies'] as { PolicyDocument: unknown }[]).map((one) => one.PolicyDocument),
  );
const probeStatements = (): Statement[] => statementsOf(namedResource('ProbePolicy')['PolicyDocument']);
const readStatements = (): Statement[] => statementsOf(namedResource('ReadPolicy')['PolicyDocument']);
const actionsOf = (statements: readonly Statement[]): string[] =>
  statements.flatMap(({ Action }) => Action).sort();

test('packing takes the example, with a warning', () => {
  expect(packed.code, packed.stdout + packed.stderr).toBe(0);
  expect(packed.stdout + packed.stderr).toContain('no plumbline.yaml here, taking plumbline.example.yaml');
});

test('deploying the example is refused before anything is asked of AWS', async () => {
  const env = {
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'no-key',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
  };
  const refused = await osls('deploy', env);
  expect(refused.code).toBe(1);
  expect(refused.stdout + refused.stderr).toContain(
    'the example must not be deployed: cp plumbline.example.yaml',
  );
  await osls('package');
}, 180_000);

describe('each function', () => {
  test('runs on arm64 and Node 24, and logs JSON that is not kept for ever', () => {
    const functions = ofType('AWS::Lambda::Function');
    expect(functions).toHaveLength(functionNames.length);
    for (const { Properties } of functions) {
      expect(Properties).toMatchObject({
        Architectures: ['arm64'],
        Runtime: 'nodejs24.x',
        LoggingConfig: { LogFormat: 'JSON' },
      });
    }
    const groups = ofType('AWS::Logs::LogGroup').map(({ Properties }) => Properties['RetentionInDays']);
    expect(groups).toEqual(functionNames.map(() => 30));
  });

  test('has the time that it needs, a role of its own, and is not run again by Lambda', () => {
    expect(namedResource('VerifyLambdaFunction')).toMatchObject({
      Handler: 'dist/verify.handler',
      Timeout: 120,
    });
    expect(namedResource('CheckLambdaFunction')).toMatchObject({
      Handler: 'dist/check.handler',
      Timeout: 900,
    });
    expect(namedResource('VerifyLambdaFunction')['Role']).not.toEqual(
      namedResource('CheckLambdaFunction')['Role'],
    );
    const retries = ofType('AWS::Lambda::EventInvokeConfig').map(
      ({ Properties }) => Properties['MaximumRetryAttempts'],
    );
    expect(retries).toEqual(functionNames.map(() => 0));
  });

  test.each(functionNames)('%s is packed alone, with the configuration, in at most 480 KB', async (name) => {
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

describe('rights', () => {
  test('are exactly what is used', () => {
    expect(actionsOf(readStatements())).toEqual([
      'aps:DescribeAlertManagerDefinition',
      'aps:DescribeWorkspace',
      'aps:GetLabels',
      'aps:ListRuleGroupsNamespaces',
      'aps:ListRules',
      'aps:ListScrapers',
      'aps:QueryMetrics',
      'cloudwatch:DescribeAlarms',
      'cloudwatch:GetMetricData',
      'cloudwatch:ListMetrics',
      'ecs:DescribeServices',
      'ecs:DescribeTaskDefinition',
      'ecs:DescribeTasks',
      'ecs:ListTasks',
      'eks:DescribeAddon',
      'logs:DescribeLogGroups',
      'logs:DescribeLogStreams',
      'logs:FilterLogEvents',
      'servicequotas:GetAWSDefaultServiceQuota',
      'servicequotas:GetServiceQuota',
      'sts:AssumeRole',
      'xray:BatchGetTraces',
      'xray:GetTraceSegmentDestination',
      'xray:GetTraceSummaries',
    ]);
    expect(actionsOf(probeStatements())).toEqual(['aps:RemoteWrite', 'cloudwatch:PutMetricData']);
    expect(actionsOf(policiesOf('VerifyRole'))).toEqual([
      'dynamodb:DeleteItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'secretsmanager:GetSecretValue',
      'sns:Publish',
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
      'sqs:SendMessage',
      'ssm:GetParameter',
    ]);
    expect(actionsOf(policiesOf('MuteRole'))).toEqual([
      'dynamodb:DeleteItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
    ]);
    expect(actionsOf(policiesOf('WidgetRole'))).toEqual([
      'dynamodb:GetItem',
      'dynamodb:Query',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
    ]);
    expect(actionsOf(policiesOf('BaselineRole'))).toEqual(actionsOf(policiesOf('MuteRole')));
    expect(actionsOf(policiesOf('CheckRole'))).toEqual([
      'dynamodb:Query',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
    ]);
    expect(actionsOf(policiesOf('CompareRole'))).toEqual([
      'aps:DescribeWorkspace',
      'aps:GetLabels',
      'aps:ListWorkspaces',
      'aps:QueryMetrics',
      'cloudwatch:GetMetricData',
      'cloudwatch:ListMetrics',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'ecs:DescribeServices',
      'ecs:ListClusters',
      'ecs:ListServices',
      'eks:ListAddons',
      'eks:ListClusters',
      'logs:CreateLogStream',
      'logs:DescribeLogGroups',
      'logs:DescribeLogStreams',
      'logs:PutLogEvents',
      'secretsmanager:GetSecretValue',
      'sns:Publish',
      'ssm:GetParameter',
      'sts:AssumeRole',
      'xray:GetServiceGraph',
      'xray:GetTraceSegmentDestination',
    ]);
    expect(actionsOf(policiesOf('TickRole'))).toEqual(['lambda:InvokeFunction']);
    expect(actionsOf(policiesOf('WeeklyRole'))).toEqual(['lambda:InvokeFunction']);
  });

  test('reach every resource only where the API knows no other', () => {
    const all = [...readStatements(), ...probeStatements(), ...ROLES.flatMap(policiesOf)];
    const everywhere = actionsOf(all.filter(({ Resource }) => Resource === '*'));
    expect([...new Set(everywhere)]).toEqual([
      'aps:ListScrapers',
      'aps:ListWorkspaces',
      'cloudwatch:DescribeAlarms',
      'cloudwatch:GetMetricData',
      'cloudwatch:ListMetrics',
      'cloudwatch:PutMetricData',
      'ecs:DescribeTaskDefinition',
      'ecs:ListClusters',
      'ecs:ListServices',
      'ecs:ListTasks',
      'eks:ListClusters',
      'servicequotas:GetAWSDefaultServiceQuota',
      'servicequotas:GetServiceQuota',
      'xray:BatchGetTraces',
      'xray:GetServiceGraph',
      'xray:GetTraceSegmentDestination',
      'xray:GetTraceSummaries',
    ]);
  });

  test('to what is usual reach nothing else that is remembered', () => {
    const [check, baseline] = ['CheckRole', 'BaselineRole'].map((role) =>
      policiesOf(role).filter(({ Action }) =>
        [Action].flat().some((action) => action.startsWith('dynamodb:')),
      ),
    );
    for (const statements of [check, baseline]) {
      expect(statements).toMatchObject([
        { Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['baseline#*'] } } },
      ]);
    }
  });

  test('to write are given only where the parameter says so, and only for probes', () => {
    expect(resources['ProbePolicy']).toMatchObject({ Condition: 'Probes' });
    expect(conditions['Probes']).toEqual({ 'Fn::Equals': ['no', 'yes'] });
    const put = probeStatements().find(({ Action }) => Action === 'cloudwatch:PutMetricData');
    expect(put).toMatchObject({
      Condition: { StringEquals: { 'cloudwatch:namespace': 'Plumbline/Probe' } },
    });
  });

  test('to read are all that the code asks for', async () => {
    const files = await Promise.all(
      globSync('lib/**/*.ts', { cwd: ROOT }).map((file) => readFile(join(ROOT, file), 'utf8')),
    );
    const asked = files.flatMap((text) => text.match(/action: '[a-z]+:[A-Za-z]+'/g) ?? []);
    const given = new Set(
      actionsOf([...readStatements(), ...probeStatements(), ...policiesOf('CompareRole')]),
    );
    const missing = asked.map((one) => one.slice(9, -1)).filter((one) => !given.has(one));
    expect(missing.filter((one) => !one.startsWith('prometheus:'))).toEqual([]);
  });

  test('are all in the table of docs/deploying.md', async () => {
    const page = await readFile(join(ROOT, 'docs/deploying.md'), 'utf8');
    const all = [...readStatements(), ...probeStatements(), ...ROLES.flatMap(policiesOf)];
    expect(actionsOf(all).filter((action) => !page.includes(`\`${action}\``))).toEqual([]);
  });
});

test('schedules verify all clusters and give up soon, and compare once a week', () => {
  expect(ofType('AWS::Scheduler::Schedule')).toMatchObject([
    {
      Properties: {
        ScheduleExpression: 'rate(5 minutes)',
        Target: {
          Input: '{"scheduledAt":"<aws.scheduler.scheduled-time>"}',
          RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 120 },
        },
      },
    },
    { Properties: { ScheduleExpression: 'cron(0 9 ? * MON *)' } },
  ]);
});

test('what is remembered is encrypted, can be restored, and old runs go by themselves', () => {
  expect(ofType('AWS::DynamoDB::Table')).toMatchObject([
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
  ]);
});

test('the dashboard is the tracked file, filled in by CloudFormation with what the stack has', async () => {
  expect(ofType('AWS::CloudWatch::Dashboard')).toMatchObject([
    { Properties: { DashboardName: 'plumbline-live' } },
  ]);
  const { 'Fn::Sub': text } = namedResource('HealthDashboard')['DashboardBody'] as { 'Fn::Sub': string };
  const tracked = await readFile(join(ROOT, 'dashboards/cloudwatch.json'), 'utf8');
  expect(JSON.parse(text)).toEqual(JSON.parse(tracked));
  const named = new Set([...text.matchAll(/\$\{(\w+)(?:\.Arn)?\}/g)].map(([, name = '']) => name));
  expect(named).toEqual(new Set(['WidgetLambdaFunction', 'VerifyLogGroup']));
  for (const name of named) expect(resources).toHaveProperty(name);
});

test('second looks come one by one, and what cannot be run is kept', () => {
  expect(ofType('AWS::Lambda::EventSourceMapping')).toMatchObject([{ Properties: { BatchSize: 1 } }]);
  const visibility = namedResource('RunQueue')['VisibilityTimeout'];
  expect(visibility).toBeGreaterThanOrEqual(6 * Number(namedResource('VerifyLambdaFunction')['Timeout']));
  expect(namedResource('RunQueue')).toHaveProperty('RedrivePolicy.deadLetterTargetArn');
});

test.skipIf(!hasCfnLint)(
  'cfn-lint is content',
  async () => {
    const linted = await runProgram('cfn-lint', ['.serverless/cloudformation-template-update-stack.json'], {
      cwd: clone,
    });
    expect([linted.code, linted.stdout, linted.stderr]).toEqual([0, '', '']);
  },
  60_000,
);
