import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { faultNames, seen } from '../faults/expected.ts';
import { ROOT } from '../support/process.ts';

const page = readFileSync(`${ROOT}docs/faults.md`, 'utf8');
const quotedIn = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);
const rows = (page.split('## By how it is ill')[1] ?? '')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split(' | '));

test('the page says of every way to be ill what the planes say', () => {
  const told = new Map<string, readonly string[]>(
    rows.flatMap(([ways = '', reasons = '']) => quotedIn(ways).map((way) => [way, quotedIn(reasons)])),
  );
  for (const fault of faultNames)
    expect([fault, ...(told.get(fault) ?? [])].toSorted(), fault).toEqual(
      expect.arrayContaining([fault, ...seen.AMP[fault]].toSorted()),
    );
  expect(told.size).toBe(faultNames.length);
});
