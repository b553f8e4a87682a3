import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Backend } from '../faults/backends.ts';
import type { Service } from '../faults/estates.ts';
import { faultNames, seen } from '../faults/expected.ts';
import { ROOT } from '../support/process.ts';

const page = readFileSync(`${ROOT}docs/faults.md`, 'utf8');
const quotedIn = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);
const rows = (page.split('## By how it is ill')[1] ?? '')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split(' | '));

test('the page says of every way to be ill what the planes say', () => {
  const told = new Map<string, readonly string[]>(
    rows.flatMap(([ways = '', reasons = '']) => quotedIn(ways).map((way) => [way, quotedIn(reasons)])),
  );
  for (const fault of faultNames)
    expect([fault, ...(told.get(fault) ?? [])].toSorted(), fault).toEqual(
      expect.arrayContaining([fault, ...seen.AMP[fault]].toSorted()),
    );
  expect(told.size).toBe(faultNames.length);
});

const called = {
  AMP: 'Amazon Managed Prometheus',
  PROMETHEUS: 'any Prometheus',
  CLOUDWATCH: 'CloudWatch',
  CLOUDWATCH_LOGS: 'CloudWatch Logs',
  XRAY: 'X-Ray',
  EKS: 'EKS',
  ECS: 'ECS',
  SERVICE_QUOTAS: 'Service Quotas',
  STS: 'STS',
  DYNAMODB: 'DynamoDB',
  SQS: 'SQS',
  S3: 'S3',
  SSM: 'SSM',
  SECRETS_MANAGER: 'Secrets Manager',
  SNS: 'SNS',
  SLACK: 'Slack',
  PAGERDUTY: 'PagerDuty',
  WEBHOOK: 'a webhook',
  HEARTBEAT: 'heartbeat',
} as const satisfies Readonly<Record<Service | Backend, string>>;

test('the page says of everything that may be ill what happens then', () => {
  const ill = (page.split('## By what is ill')[1] ?? '')
    .split('## ')[0]
    ?.split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split(' | ')[0])
    .join();
  for (const name of Object.values(called)) expect(ill).toContain(name);
});
