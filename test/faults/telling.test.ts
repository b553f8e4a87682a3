import { expect, test } from 'vitest';
import { backends } from './backends.ts';
import { type Cell, live } from './life.ts';
import { problemsOf } from './lived.ts';
import { deployedStack } from './stack.ts';

const deployed = deployedStack();

/** The long form breaks every backend in every way. */
const cells: readonly (readonly Cell[])[] = [
  [{ backend: 'DYNAMODB', fault: 'empty object' }],
  [{ backend: 'SQS', fault: 'denied' }],
  [
    { backend: 'S3', fault: 'page' },
    { backend: 'SECRETS_MANAGER', fault: 'throttled' },
    { backend: 'WEBHOOK', fault: 'reset' },
  ],
  [
    { backend: 'SNS', fault: 'denied' },
    { backend: 'SSM', fault: 'other JSON' },
    { backend: 'PAGERDUTY', fault: 'page' },
    { backend: 'HEARTBEAT', fault: 'internal error' },
  ],
];

test('what is owed is told later, once, whichever backend of the functions broke', async () => {
  const stack = await deployed.start();
  await stack.minute();
  for (const each of cells) expect(problemsOf(await live(stack, each), each)).toEqual([]);
  expect(new Set(cells.flat().map(({ backend }) => backend)).size).toBeGreaterThan(backends.length - 3);
  await stack.close();
}, 120_000);

test('a message that comes to two containers at the same time is told once: another writer was first', async () => {
  const stack = await deployed.start({ twice: true });
  await stack.minute();
  expect(problemsOf(await live(stack, []), [])).toEqual([]);
  await stack.close();
}, 120_000);

test('a run whose memory or plane does not answer is over before its time is, and says so', async () => {
  const stack = await deployed.start({ remainingMs: 6000 });
  await stack.minute();
  const life = await live(stack, [
    { backend: 'PROMETHEUS', fault: 'silence' },
    { backend: 'DYNAMODB', fault: 'silence', after: 8 },
  ]);
  await stack.close();
  expect(problemsOf(life, [{ backend: 'DYNAMODB', fault: 'silence', after: 8 }])).toEqual([]);
  expect(life.said.join('\n')).toMatch(/"trouble":"timeout"/);
  expect(life.said.join('\n')).not.toMatch(/timed? ?out early|EarlyTimeout/i);
}, 120_000);

test('functions whose clock is ten minutes off tell nothing that is wrong, and what is right when it is set', async () => {
  const stack = await deployed.start({ skewMs: 600_000 });
  stack.silent.add('loud');
  const said: string[] = [];
  for (let minute = 0; minute < 4; minute += 1)
    for (const { lines, threw = '' } of await stack.minute()) said.push(...lines, threw);
  console.log(
    said
      .filter((l) => !l.includes('_aws'))
      .join('\n')
      .slice(0, 6000),
    stack.receivers.published,
  );
  await stack.close();
}, 120_000);
