import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { configJsonSchema } from '../../lib/config/json-schema.ts';
import { readProfiles } from '../../lib/profiles/read.ts';
import { fixtures } from './loading.ts';

const profiles = await readProfiles(new URL('../../profiles/', import.meta.url));

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const validate = new Ajv2020({ allErrors: true, strict: true, strictRequired: false }).compile(
  configJsonSchema(profiles),
);

function passes(text: string): boolean {
  return validate(parse(text, { merge: true, logLevel: 'error', uniqueKeys: false }));
}

test('plumbline.schema.json is current: npm run -s plumbline -- schema > plumbline.schema.json', () => {
  expect(read('plumbline.schema.json')).toBe(`${JSON.stringify(configJsonSchema(profiles), undefined, 2)}\n`);
});

test('every key has a text for editors', () => {
  const nameless: string[] = [];
  const visit = (schema: unknown, path: string) => {
    if (typeof schema !== 'object' || schema === null) return;
    for (const [key, inner] of Object.entries(schema)) {
      if (
        path.endsWith('.properties') &&
        !/[=~]|only/.test(key) &&
        !/\.(?:if|then|\d)\.properties$/.test(path) &&
        !Object.hasOwn(inner as object, 'description')
      ) {
        nameless.push(`${path}.${key}`);
      }
      visit(inner, `${path}.${key}`);
    }
  };
  visit(configJsonSchema(profiles), '');
  expect(nameless).toEqual([]);
});

test('the example and what is good pass', () => {
  expect(passes(read('plumbline.example.yaml'))).toBe(true);
  for (const { name, text } of fixtures('good'))
    expect([name, passes(text), validate.errors]).toEqual([name, true, null]);
});

/** What is wrong between the parts, with the environment, with the text itself, or fine except for a warning. */
const beyondSchemas = new Set([
  'all-off',
  'by-turns-over',
  'discarded',
  'duplicate-keys',
  'duplicate-names',
  'every',
  'fresh-too-short',
  'gates-that-stay-shut',
  'labels-against-match',
  'likely-slips',
  'labels-contradict',
  'mute-names',
  'regexes',
  'series-bounds',
  'series-each-without-by',
  'series-none-but',
  'state',
  'statistic-bounds',
  'when-circle',
  'when-metric-late',
]);

test.each(fixtures('bad'))('a schema sees what it can: $name', ({ name, text }) => {
  let seen: boolean;
  try {
    seen = !passes(text);
  } catch {
    seen = true;
  }
  expect(seen).toBe(!beyondSchemas.has(name.replace('.yaml', '')));
});
