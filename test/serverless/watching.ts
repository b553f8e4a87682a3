import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { published } from '../dashboards/published.ts';
import { ROOT } from '../support/process.ts';
import { ofType, propertiesOf, rolesOf, statementsOf, statementsOfRole, type Template } from './template.ts';

const CLOUDWATCH = { Service: 'cloudwatch.amazonaws.com' };
const OWN_ACCOUNT = { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } };

interface Alarm {
  readonly AlarmName: string;
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly TreatMissingData: string;
  readonly AlarmActions: unknown;
  readonly Metrics?: readonly unknown[];
}

export function watching(template: () => Template): void {
  const alarms = () =>
    ofType(template(), 'AWS::CloudWatch::Alarm').map(
      ([, { Properties }]) => Properties as Readonly<Record<string, unknown>> & Alarm,
    );

  describe('the alert topic', () => {
    test('takes what every publisher sends: roles by their policies, alarms by the topic’s', () => {
      const { Topics, PolicyDocument } = propertiesOf(template(), 'AlertTopicPolicy');
      expect(Topics).toEqual([{ Ref: 'AlertTopic' }]);
      expect(statementsOf(PolicyDocument)).toMatchObject([
        {
          Principal: CLOUDWATCH,
          Action: 'sns:Publish',
          Resource: { Ref: 'AlertTopic' },
          Condition: OWN_ACCOUNT,
        },
      ]);
      expect(publishers()).toEqual(['CompareRole', 'DispatchRole', 'VerifyRole']);
    });

    test('is encrypted with a key that every publisher may use, where the parameter says so', () => {
      expect(propertiesOf(template(), 'AlertTopic')['KmsMasterKeyId']).toEqual({
        'Fn::If': ['Encrypted', { Ref: 'TopicKey' }, { Ref: 'AWS::NoValue' }],
      });
      expect(template().Resources['TopicKey']).toMatchObject({ Condition: 'Encrypted' });
      const statements = statementsOf(propertiesOf(template(), 'TopicKey')['KeyPolicy']);
      expect(statements.find(({ Sid }) => Sid === 'Alarms')).toMatchObject({
        Principal: CLOUDWATCH,
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Condition: OWN_ACCOUNT,
      });
      const account = statements.find(({ Sid }) => Sid === 'Account');
      for (const action of ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:PutKeyPolicy'])
        expect(account?.Action).toContain(action);
      for (const role of publishers()) {
        const key = statementsOfRole(template(), role).find(({ Sid }) => Sid === 'TopicKey');
        expect([role, key?.Action, key?.Resource]).toEqual([
          role,
          ['kms:Decrypt', 'kms:GenerateDataKey'],
          { 'Fn::GetAtt': ['TopicKey', 'Arn'] },
        ]);
      }
    });
  });

  function publishers(): string[] {
    return rolesOf(template())
      .toSorted()
      .filter((role) => statementsOfRole(template(), role).some(({ Action }) => Action === 'sns:Publish'));
  }

  describe('alarms', () => {
    test('watch the heartbeat, errors, throttles, dead letters, sight, memory, alerts and metrics', () => {
      const watched = alarms().map(({ AlarmName, Namespace, MetricName, TreatMissingData }) => [
        AlarmName.replace('plumbline-live-', ''),
        `${Namespace ?? 'several'} ${MetricName ?? ''}`,
        TreatMissingData,
      ]);
      expect(watched).toEqual([
        ['silent', 'AWS/Lambda Invocations', 'breaching'],
        ['dispatch-errors', 'AWS/Lambda Errors', 'notBreaching'],
        ['dispatch-throttles', 'AWS/Lambda Throttles', 'notBreaching'],
        ['verify-errors', 'AWS/Lambda Errors', 'notBreaching'],
        ['verify-throttles', 'AWS/Lambda Throttles', 'notBreaching'],
        ['lost-runs', 'AWS/SQS ApproximateNumberOfMessagesVisible', 'notBreaching'],
        ['lost-ticks', 'AWS/SQS ApproximateNumberOfMessagesVisible', 'notBreaching'],
        ['blind', 'Plumbline BlindClusters', 'notBreaching'],
        ['overdue', 'Plumbline OverdueClusters', 'notBreaching'],
        ['forgetful', 'Plumbline MemoryErrors', 'notBreaching'],
        ['undelivered', 'Plumbline OwedClusters', 'notBreaching'],
        ['compare-failed', 'AWS/Lambda AsyncEventsDropped', 'notBreaching'],
        ['emf-errors', 'several ', 'notBreaching'],
      ]);
    });

    test('of metrics that cannot be read watch the functions that write some', () => {
      const text = JSON.stringify(
        alarms().find(({ AlarmName }) => AlarmName.endsWith('emf-errors'))?.Metrics,
      );
      const watched = ['DispatchLogGroup', 'VerifyLogGroup'].flatMap((group) =>
        ['EMFParsingErrors', 'EMFValidationErrors'].map((metric) => [metric, group]),
      );
      for (const [metric, group] of watched)
        expect(text).toContain(
          `"MetricName":"${metric}","Dimensions":[{"Name":"LogGroupName","Value":{"Ref":"${group}"}}]`,
        );
    });

    test('on Plumbline’s own metrics look at those of their stage', () => {
      const own = alarms().filter(({ Namespace }) => Namespace === 'Plumbline');
      expect(own).toHaveLength(4);
      for (const alarm of own)
        expect(alarm).toMatchObject({ Dimensions: [{ Name: 'Stage', Value: 'live' }] });
    });

    test('look at metrics that the code writes for a stage, and count no more than CloudWatch keeps', () => {
      const written = new Set(published());
      for (const { Namespace, MetricName } of alarms())
        if (Namespace === 'Plumbline') expect(written).toContain(`Plumbline ${MetricName} by Stage`);
      for (const alarm of alarms())
        expect(300 * Number(alarm['EvaluationPeriods'])).toBeLessThanOrEqual(86_400);
    });

    test('are all in docs/health.md, and in the costs of docs/deploying.md', async () => {
      const page = await readFile(`${ROOT}docs/health.md`, 'utf8');
      for (const { AlarmName } of alarms())
        expect(page).toMatch(new RegExp(`\\| .*\`(?:plumbline-live|…)${AlarmName.slice(14)}\``));
      const metrics = alarms().flatMap(({ Metrics = [{ MetricStat: {} }] }) =>
        Metrics.filter((one) => 'MetricStat' in (one as object)),
      );
      expect(await readFile(`${ROOT}docs/deploying.md`, 'utf8')).toContain(
        `${metrics.length} alarm metrics at $0.10 | $1.00; $${(metrics.length / 10).toFixed(2)} |`,
      );
    });

    test('go to the alert topic, or to another one by parameter', () => {
      for (const { AlarmActions } of alarms())
        expect(AlarmActions).toEqual([
          { 'Fn::If': ['AlarmsElsewhere', { Ref: 'AlarmTopic' }, { Ref: 'AlertTopic' }] },
        ]);
    });
  });
}
