import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parameterProblems } from '../tools/parameters.mjs';
import { ROOT } from './support/process.ts';

const { params, custom } = parse(readFileSync(`${ROOT}serverless.yml`, 'utf8'), { logLevel: 'error' }) as {
  params: { default: Record<string, unknown> };
  custom: { parameters: Record<string, string> };
};
const DEFAULTS = { ...params.default, table: 'plumbline-live-state' };
const REGION = 'eu-west-1';
const problemsWith = (name: string, written: string) =>
  parameterProblems({ ...DEFAULTS, [name]: written }, REGION);

test('every parameter has a default that can be used, and is checked', () => {
  expect(parameterProblems(DEFAULTS, REGION)).toEqual([]);
  const names = Object.keys(params.default);
  expect(Object.keys(custom.parameters).toSorted()).toEqual(names.toSorted());
  expect(parameterProblems({}, REGION).map((one) => /'(\w+)=/.exec(one)?.[1])).toEqual(
    expect.arrayContaining(names),
  );
});

test('every parameter stands in docs/deploying.md', () => {
  const page = readFileSync(`${ROOT}docs/deploying.md`, 'utf8');
  for (const name of Object.keys(params.default)) expect(page).toContain(`--param='${name}=`);
});

const GOOD: Readonly<Record<string, readonly string[]>> = {
  every: ['1m', '7m', '90m', '24h', '30d', '43200m'],
  concurrency: ['2', '10', '999', '1000'],
  config: [
    'plumbline.json',
    '/opt/plumbline.json',
    's3://my-config/plumbline.json',
    's3://my.config/a/b c'.replace(' ', '_'),
    "s3://bucket/it's(1)!.json",
    'ssm:/plumbline/config',
  ],
  compare: [
    'rate(1 day)',
    'rate(7 days)',
    'cron(0 9 ? * MON *)',
    'cron(0/15 8-17 ? * MON-FRI *)',
    'cron(0 9 1,15 * ? *)',
    'cron(0 9 L * ? 2027)',
    'cron(30 6 ? JAN,JUL 2#1 *)',
    'cron(0 0 15W * ? *)',
  ],
  encryptTopic: ['yes', 'no'],
  alarmTopic: ['own', `arn:aws:sns:${REGION}:111122223333:operations`],
  logDays: ['1', '14', '3653'],
  table: ['abc', 'plumbline.live_state-2'],
  readerRoles: ['plumbline-*', 'plumbline-reader', 'team@ops+x=y,z*'],
  secrets: ['plumbline', 'plumbline-blue', 'ops.alerts'],
  probes: ['yes', 'no'],
};

const BAD: Readonly<Record<string, readonly string[]>> = {
  every: ['', '0m', '30s', '5', '1.5h', '31d', '721h', 'rate(5 minutes)', '5m '],
  concurrency: ['0', '1', '1001', '2.5', 'all', '-2'],
  config: [
    's3://bucket/*',
    's3://bucket/plumbline*.json',
    's3://bucket/a?.json',
    's3://*/plumbline.json',
    's3://bucket',
    's3://bucket/',
    's3://bucket/${aws:username}',
    's3://Bucket/key',
    'ssm:*',
    'ssm:/*',
    'ssm:/plumbline/*',
    'ssm:/plumbline/?',
    'ssm:/plumbline/',
    'ssm:plumbline',
    'ssm:/${AWS::StackName}',
    'plumbline.yaml',
    '/opt/../*.json',
  ],
  compare: [
    'weekly',
    'rate()',
    'rate(1 days)',
    'rate(2 day)',
    'rate(0 days)',
    'rate(1 week)',
    'rate(7d)',
    'at(2027-01-01T00:00:00)',
    'cron(0 9 * * MON)',
    'cron(0 9 * * MON *)',
    'cron(0 9 ? * ? *)',
    'cron(60 9 ? * MON *)',
    'cron(0 24 ? * MON *)',
    'cron(0 9 32 * ? *)',
    'cron(0 9 99W * ? *)',
    'cron(0 9 L-32 * ? *)',
    'cron(0 9 ? 13 MON *)',
    'cron(0 9 ? * 8 *)',
    'cron(0 9 ? * MO *)',
    'cron(0 9 ? * MON 1969)',
    'cron(0 9  ? * MON *)',
    'cron(0/0 9 ? * MON *)',
    'cron(1-2-3 9 ? * MON *)',
  ],
  encryptTopic: ['true', 'Yes', ''],
  alarmTopic: [
    'operations',
    'arn:aws:sns:us-east-1:111122223333:operations',
    `arn:aws:sns:${REGION}:1111:operations`,
    `arn:aws:sns:${REGION}:111122223333:*`,
    `arn:aws:sns:${REGION}:111122223333:operations.fifo`,
    `arn:aws:sqs:${REGION}:111122223333:operations`,
  ],
  logDays: ['0', '2', '31', '30d', '3654'],
  table: ['ab', 'plumbline/*', '*', `x${'y'.repeat(255)}`, 'arn:aws:dynamodb:eu-west-1:111122223333:table/x'],
  readerRoles: ['*', 'a*', '*-reader', 'plumb*line', 'plumbline-?', 'plumbline-**', '${aws:username}', ''],
  secrets: ['*', 'p', 'plumb*', 'plumb?', 'plumbline/*', '${AWS::StackName}', ''],
  probes: ['maybe'],
};

describe.each(Object.keys(DEFAULTS))('%s', (name) => {
  test.each(GOOD[name] ?? expect.unreachable())('may be %s', (written) => {
    expect(problemsWith(name, written)).toEqual([]);
  });

  test.each(BAD[name] ?? expect.unreachable())('may not be %j', (written) => {
    expect(problemsWith(name, written)).toEqual([
      expect.stringMatching(/^--param='\w+=[^]*' cannot be used: write \w/),
    ]);
  });
});
