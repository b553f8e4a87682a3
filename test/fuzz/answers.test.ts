import { expect, test } from 'vitest';
import { fuzzAnswers } from './answers.ts';

test('whatever APIs answer, every signal has a verdict and a reason', async () => {
  const { asked, verdicts } = await fuzzAnswers(300, 'short');
  expect(asked.size).toBeGreaterThanOrEqual(12);
  expect(verdicts['unknown']).toBeGreaterThan(20);
}, 120_000);
