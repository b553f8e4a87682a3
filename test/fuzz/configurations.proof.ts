import { expect, test } from 'vitest';
import { fuzzConfigurations } from './configurations.ts';

test('a hundred thousand configurations', async () => {
  const { loaded, refused } = await fuzzConfigurations(100_000, 'long');
  expect(loaded + refused).toBe(100_000);
  expect(loaded).toBeGreaterThan(5000);
}, 1_800_000);
