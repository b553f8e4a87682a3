import { expect, test } from 'vitest';
import { type Cell, live } from './life.ts';
import { problemsOf } from './lived.ts';
import { deployedStack } from './stack.ts';

const deployed = deployedStack();

/** The long form breaks every backend in every way. */
const lives: readonly (readonly Cell[])[] = [
  [{ backend: 'DYNAMODB', fault: 'empty object' }],
  [
    { backend: 'S3', fault: 'page' },
    { backend: 'SSM', fault: 'other JSON' },
    { backend: 'SNS', fault: 'denied' },
    { backend: 'PAGERDUTY', fault: 'empty object' },
    { backend: 'WEBHOOK', fault: 'reset' },
    { backend: 'HEARTBEAT', fault: 'internal error' },
  ],
];

test('what is owed is told later, once, whichever backend of the functions broke', async () => {
  const stack = await deployed.start();
  await stack.minute();
  for (const cells of lives) expect(problemsOf(await live(stack, cells), cells)).toEqual([]);
  await stack.close();
}, 120_000);
