import { expect, test } from 'vitest';
import type { Gap } from '../../lib/init/seen.ts';
import { toldGaps } from '../../lib/init/telling.ts';

const gap = (more: Partial<Gap>): Gap => ({
  action: 'eks:ListClusters',
  resource: 'eu-west-1',
  reason: 'denied',
  detail: 'no AWS credentials',
  missing: 'EKS clusters',
  ...more,
});

test('what has one cause is told in one line, other causes in lines of their own', () => {
  const gaps = [
    gap({}),
    gap({ action: 'ecs:ListClusters', missing: 'ECS clusters' }),
    gap({ action: 'logs:DescribeLogGroups', missing: 'log groups', reason: 'throttled' }),
  ];
  expect(toldGaps(gaps)).toEqual([
    'not seen: EKS clusters (eks:ListClusters on eu-west-1), ECS clusters (ecs:ListClusters on eu-west-1): denied: no AWS credentials',
    'not seen: log groups (logs:DescribeLogGroups on eu-west-1): throttled: no AWS credentials',
  ]);
});

test('the cause is told whatever the number of what it hides', () => {
  const regions = ['eu-west-1', 'eu-central-1', 'us-east-1', 'us-west-2'];
  const gaps = regions.flatMap((resource) =>
    Array.from({ length: 6 }, (_, index) => gap({ resource, missing: `what there is of kind ${index}` })),
  );
  const [line = '', ...more] = toldGaps(gaps);
  expect(more).toEqual([]);
  expect(line).toMatch(/^not seen: what there is of kind 0 .+: denied: no AWS credentials$/);
});

test('a line has an end, and no control characters', () => {
  const [line = ''] = toldGaps([gap({ missing: 'x'.repeat(5000), detail: '\u001b[2J' })]);
  expect(line.length).toBeLessThanOrEqual(901);
  expect(line).not.toContain('\u001b');
});
