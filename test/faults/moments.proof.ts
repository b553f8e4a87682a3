import { expect, test } from 'vitest';
import { live } from './life.ts';
import { problemsOf } from './lived.ts';
import { deployedStack } from './stack.ts';

const deployed = deployedStack();

test('a message that comes to two containers at the same time is told once: another writer was first', async () => {
  const stack = await deployed.start({ twice: true });
  await stack.minute();
  expect(problemsOf(await live(stack, []), [])).toEqual([]);
  await stack.close();
});

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
});

test.each([-600_000, 600_000])(
  'functions whose clock is off by %i ms tell nothing that is wrong, and why they cannot tell',
  async (skewMs) => {
    const stack = await deployed.start({ skewMs });
    const { heard, said, defects } = await live(stack, []);
    await stack.close();
    expect(Object.values(heard).flatMap(({ wrong }) => wrong)).toEqual([]);
    expect(heard['slack']).toMatchObject({ failing: 1, recovered: 1 });
    expect(said.join('\n')).toMatch(/"channel":"sns".*"reason":"denied".*sns:Publish .*InvalidSignature/);
    expect(defects).toEqual([]);
  },
);
