import { expect, test } from 'vitest';
import { fuzzAnswers } from './answers.ts';

test('a hundred thousand answers', async () => {
  const { bodies, asked } = await fuzzAnswers(100_000, 'long');
  expect(bodies).toBeGreaterThanOrEqual(100_000);
  const often = [...asked].filter(([, count]) => count > 100);
  expect(often.length).toBeGreaterThanOrEqual(16);
}, 1_800_000);
