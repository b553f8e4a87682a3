import { expect, test } from 'vitest';
import { fuzzAnswers } from './answers.ts';

test('whatever APIs answer, every signal has a verdict and a reason', async () => {
  const { asked, verdicts } = await fuzzAnswers(800, 'short');
  expect(asked.size).toBeGreaterThanOrEqual(15);
  expect(verdicts['unknown']).toBeGreaterThan(50);
}, 60_000);
