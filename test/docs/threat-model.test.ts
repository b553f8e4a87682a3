import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ROOT } from '../support/process.ts';

const page = readFileSync(`${ROOT}docs/threat-model.md`, 'utf8');
const claims = page.split('\n').filter((line) => /^\| [A-Z]/.test(line) && !line.startsWith('| Who, how'));

test('every claim of the threat model names tests that are there', () => {
  expect(claims.length).toBeGreaterThanOrEqual(18);
  for (const claim of claims) {
    const held = [...(claim.split(' | ').at(-1) ?? '').matchAll(/`(test\/[^`]+)`/g)].map(
      ([, file = '']) => file,
    );
    expect(held, claim).not.toEqual([]);
    expect(held.filter((file) => !existsSync(ROOT + file))).toEqual([]);
  }
});
