import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { functionNames } from '../../tools/bundle.ts';
import { ROOT } from '../support/process.ts';
import { sdkActions } from './sdk-calls.ts';
import {
  actionsOf,
  propertiesOf,
  rolesOf,
  type Statement,
  statementsOf,
  statementsOfRole,
  type Template,
} from './template.ts';

/** What is allowed and no call of an SDK in the code: who uses it, and how. */
const OTHER_USES = new Set([
  'aps:GetLabels', // signed requests
  'aps:ListRules',
  'aps:QueryMetrics',
  'aps:RemoteWrite',
  'kms:Decrypt', // SNS, in the name of who publishes
  'kms:GenerateDataKey',
  'logs:CreateLogStream', // Lambda itself
  'logs:PutLogEvents',
  'sqs:ChangeMessageVisibility', // Lambda takes messages in verify's name
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:ReceiveMessage',
]);

/** Calls that stand in what a function imports, and that it never makes. */
const NEVER_MADE: Readonly<Record<string, readonly string[]>> = {
  // Its clusters' roles are assumed by who verifies.
  dispatch: ['sts:AssumeRole'],
  // Of what is remembered these use mutes, or baselines, alone.
  baseline: ['cloudwatch:PutMetricData', 'dynamodb:GetItem'],
  check: ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem'],
  mute: ['dynamodb:GetItem', 'sts:AssumeRole'],
  // It asks what there is, of the same clients as verify.
  compare: ['cloudwatch:DescribeAlarms', 'cloudwatch:PutMetricData', 'dynamodb:DeleteItem', 'dynamodb:Query'],
  // It only reads.
  widget: ['dynamodb:DeleteItem', 'dynamodb:PutItem', 'sts:AssumeRole'],
};

const EVERYWHERE = [
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
];

const roleOf = (name: string) => `${name[0]?.toUpperCase()}${name.slice(1)}Role`;

export function rights(template: () => Template): void {
  const readStatements = () => statementsOf(propertiesOf(template(), 'ReadPolicy')['PolicyDocument']);
  const everything = () => rolesOf(template()).flatMap((role) => statementsOfRole(template(), role));

  describe('rights', () => {
    test.each(functionNames)('of %s are exactly the SDK calls in its code', async (name) => {
      const called = await sdkActions(`functions/${name}.ts`);
      const given = new Set(actionsOf(statementsOfRole(template(), roleOf(name))));
      const unused = NEVER_MADE[name] ?? [];
      expect([...called].filter((action) => !given.has(action) && !unused.includes(action))).toEqual([]);
      expect([...given].filter((action) => !called.has(action) && !OTHER_USES.has(action))).toEqual([]);
      expect(unused.filter((action) => given.has(action) || !called.has(action))).toEqual([]);
    });

    test.each([
      ['TickRole', 'DispatchLambdaFunction'],
      ['WeeklyRole', 'CompareLambdaFunction'],
    ])('of the schedule with %s are to invoke %s, and to keep what it could not', (role, invoked) => {
      expect(statementsOfRole(template(), role)).toMatchObject([
        { Action: 'lambda:InvokeFunction', Resource: { 'Fn::GetAtt': [invoked, 'Arn'] } },
        { Action: 'sqs:SendMessage', Resource: { 'Fn::GetAtt': ['LostTicks', 'Arn'] } },
      ]);
    });

    test('name every action, and reach every resource only where the API knows no other', () => {
      expect(actionsOf(everything()).filter((action) => action.includes('*'))).toEqual([]);
      const everywhere = everything().filter(({ Resource }) => Resource === '*');
      expect([...new Set(actionsOf(everywhere))]).toEqual(EVERYWHERE);
    });

    test('to every resource say why', async () => {
      const lines = (await readFile(join(ROOT, 'serverless.yml'), 'utf8')).split('\n');
      const everywhere = lines.flatMap((line, at) => (line.endsWith("Resource: '*'") ? [at] : []));
      expect(everywhere.length).toBeGreaterThan(0);
      for (const at of everywhere) {
        const start = lines.slice(0, at).findLastIndex((line) => /- Sid:/.test(line));
        const statement = lines.slice(start - 1, at).join('\n');
        const before = lines.slice(0, start - 1).findLastIndex((line) => /- Sid:/.test(line));
        // The statements of a key policy speak of the key.
        expect(statement + lines.slice(before, start).join('\n')).toMatch(/# /);
      }
    });

    test('to write are given only where the parameter says so, and only for probes', () => {
      expect(template().Resources['ProbePolicy']).toMatchObject({ Condition: 'Probes' });
      expect(template().Conditions['Probes']).toEqual({ 'Fn::Equals': [{ Ref: 'Probes' }, 'yes'] });
      expect(template().Parameters['Probes']).toMatchObject({ Default: 'no' });
      const statements = statementsOf(propertiesOf(template(), 'ProbePolicy')['PolicyDocument']);
      expect(statements.find(({ Action }) => Action === 'cloudwatch:PutMetricData')).toMatchObject({
        Condition: { StringEquals: { 'cloudwatch:namespace': 'Plumbline/Probe' } },
      });
    });

    test('to what is usual reach nothing else that is remembered', () => {
      for (const role of ['CheckRole', 'BaselineRole']) {
        const remembered = statementsOfRole(template(), role).filter(({ Action }) =>
          [Action].flat().some((action) => action.startsWith('dynamodb:')),
        );
        expect(remembered).toMatchObject([
          { Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['baseline#*'] } } },
        ]);
      }
    });

    test('to mute are held to mutes', () => {
      const mutes = statementsOfRole(template(), 'MuteRole').find(({ Sid }) => Sid === 'Mutes');
      expect(mutes?.Condition).toEqual({ 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['mute'] } });
    });

    test('to read are all that denials name', async () => {
      const files = await Promise.all(
        globSync('lib/**/*.ts', { cwd: ROOT }).map((file) => readFile(join(ROOT, file), 'utf8')),
      );
      const asked = files.flatMap((text) => text.match(/action: '[a-z]+:[A-Za-z]+'/g) ?? []);
      const given = new Set(actionsOf(everything()));
      const missing = asked.map((one) => one.slice(9, -1)).filter((one) => !given.has(one));
      expect(missing.filter((one) => !one.startsWith('prometheus:'))).toEqual([]);
    });

    test('are all in the table of docs/deploying.md', async () => {
      const page = await readFile(join(ROOT, 'docs/deploying.md'), 'utf8');
      expect(actionsOf(everything()).filter((action) => !page.includes(`\`${action}\``))).toEqual([]);
    });
  });

  test('the reader role for other accounts reads what the functions read, and may nothing else', async () => {
    const text = await readFile(join(ROOT, 'templates/reader-role.yaml'), 'utf8');
    const [policy] = propertiesOf(parse(text) as Template, 'ReaderRole')['Policies'] as {
      PolicyDocument: { Statement: Statement[] };
    }[];
    const read = readStatements().filter(({ Sid }) => Sid !== 'OtherAccounts');
    expect(policy?.PolicyDocument.Statement).toEqual(read);
    expect(actionsOf(readStatements().filter(({ Sid }) => Sid === 'OtherAccounts'))).toEqual([
      'sts:AssumeRole',
    ]);
  });
}
