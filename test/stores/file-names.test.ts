import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fileNameOf, nameOfFile } from '../../lib/stores/file-names.ts';

test.each([
  ['prod-eu', 'prod-eu'],
  ['Prod', '%50rod'],
  ['../x', '%2e%2e%2fx'],
  ['a~b', 'a%7eb'],
  ['ü', '%c3%bc'],
])('%s is %s', (name, file) => {
  expect(fileNameOf(name)).toBe(file);
  expect(nameOfFile(file)).toBe(name);
});

test('what is too long, empty or no text ends in a digest', () => {
  for (const name of ['x'.repeat(201), 'ü'.repeat(40), '', '\ud800', '\udc00']) {
    expect(fileNameOf(name)).toMatch(/~[0-9a-f]{64}$/);
    expect(nameOfFile(fileNameOf(name))).toBeUndefined();
  }
  expect(nameOfFile('%zz')).toBeUndefined();
});

test('each name has its own, whatever the file system makes of case', () => {
  const names = fc.string({ unit: 'binary', maxLength: 300, size: 'max' });
  fc.assert(
    fc.property(names, names, (left, right) => {
      const [one, other] = [fileNameOf(left), fileNameOf(right)];
      expect(one).toMatch(/^[a-z0-9_%~-]{1,200}$/);
      expect(one.toLowerCase() === other.toLowerCase()).toBe(left === right);
      expect([undefined, left]).toContain(nameOfFile(one));
    }),
    { numRuns: 500 },
  );
});
