import { existsSync, globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { readProfiles } from '../../lib/profiles/read.ts';
import { loadConfig } from '../../lib/config/load.ts';
import { toldBy } from './loading.ts';

const root = new URL('../../', import.meta.url);
const pages = [...globSync('docs/**/*.md', { cwd: root }), 'README.md', 'plumbline.example.yaml'];

/** The YAML blocks of a page with the line at which each begins; a YAML file is one block. */
function blocksOf(page: string): { readonly place: string; readonly block: string }[] {
  if (!existsSync(new URL(page, root))) return [];
  const text = readFileSync(new URL(page, root), 'utf8');
  if (page.endsWith('.yaml')) return [{ place: page, block: text }];
  return [...text.matchAll(/^( *)```ya?ml\b.*\n([\s\S]*?)^ *```$/gm)].map(
    ({ index, 1: indent = '', 2: block = '' }) => ({
      place: `${page}:${text.slice(0, index).split('\n').length}`,
      block: block.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    }),
  );
}

const indented = (text: string, by: number) => text.replaceAll(/^(?=.)/gm, ' '.repeat(by));

/** The block as a whole configuration; undefined where it is something else. */
function configurationIn(block: string): string | undefined {
  const first = block.split('\n').find((line) => !/^\s*(#|$)/.test(line)) ?? '';
  const cluster = 'clusters:\n  - name: wrapped\n    region: eu-west-1\n    signals:\n';
  if (first.startsWith('version:')) return block;
  if (first.startsWith('clusters:')) return `version: 1\n${block}`;
  if (first.startsWith('alerts:'))
    return `version: 1\n${block}\n${cluster}      - { name: a, amp: ws-1234, metric: up }`;
  if (first.startsWith('- name:')) return `version: 1\n${cluster}${indented(block, 6)}`;
  if (first.startsWith('name:')) return `version: 1\n${cluster}      -\n${indented(block, 8)}`;
  return undefined;
}

const profiles = () => readProfiles(new URL('profiles/', root));
const env = {
  ALERT_TOPIC_ARN: 'arn:aws:sns:eu-west-1:111122223333:alerts',
  WORKSPACE: 'ws-1234',
  ACCOUNT: '111122223333',
};

test.each(pages.flatMap(blocksOf))('what $place shows is loaded by the real loader', async ({ block }) => {
  const text = configurationIn(block);
  const told =
    text === undefined
      ? parseAllDocuments(block).flatMap(({ errors }) => errors.map(({ message }) => message))
      : toldBy(await loadConfig(text, { file: 'block', env, profiles }));
  expect(told).toEqual([]);
});

test('every key has its place in the reference', () => {
  const reference = readFileSync(new URL('docs/configuration.md', root), 'utf8');
  const schema = readFileSync(new URL('plumbline.schema.json', root), 'utf8');
  const keys = new Set<string>();
  // The parameters of profiles are shown by plumbline profiles NAME.
  const document = JSON.parse(schema, (key, value: unknown) =>
    key === 'allOf' ? undefined : value,
  ) as object;
  JSON.parse(JSON.stringify(document), (key, value: unknown) => {
    if (key === 'properties') for (const name of Object.keys(value as object)) keys.add(name);
    return value;
  });
  expect([...keys].filter((key) => !reference.includes(`\`${key}\``))).toEqual([]);
});
