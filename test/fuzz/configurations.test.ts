import { expect, test } from 'vitest';
import { fuzzConfigurations } from './configurations.ts';

test('configurations with anything in them load, or are refused with places', async () => {
  const { loaded, refused, problems } = await fuzzConfigurations(300, 'short');
  expect(loaded).toBeGreaterThan(20);
  expect(refused).toBeGreaterThan(100);
  expect(problems).toBeGreaterThanOrEqual(refused);
}, 60_000);
