import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FORMAT } from '../../lib/stores/wire.ts';
import { ROOT } from '../support/process.ts';

test('the changelog says in which format what is remembered is written', () => {
  const formats = [...readFileSync(`${ROOT}CHANGELOG.md`, 'utf8').matchAll(/written in format (\d+)/g)];
  expect(formats[0]?.[1]).toBe(String(FORMAT));
});
