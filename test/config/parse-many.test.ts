import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { builtConfig } from '../../lib/config/load.ts';
import { parseMany } from '../../lib/config/parse-many.ts';
import { configSchema } from '../../lib/config/schema.ts';
import { readProfiles } from '../../lib/profiles/read.ts';
import { randomOf } from '../../rehearsal/random.ts';
import { mutatedJson } from '../fuzz/mutate.ts';
import { ROOT } from '../support/process.ts';

const SOURCES = ['plumbline.example.yaml', 'rehearsal/p*.yaml', 'test/config/fixtures/good/*.yaml'];

async function documents(): Promise<readonly string[]> {
  const profiles = await readProfiles(new URL('../../profiles/', import.meta.url));
  const files = SOURCES.flatMap((pattern) => globSync(pattern, { cwd: ROOT })).sort();
  const built = await Promise.all(
    files.map((file) =>
      builtConfig(readFileSync(ROOT + file, 'utf8'), { file, profiles: async () => profiles }),
    ),
  );
  return built.flatMap((one) => ('json' in one ? [one.json] : []));
}

test('says of every document what the schema says', async () => {
  const texts = await documents();
  const random = randomOf('many');
  const seen = { parsed: 0, refused: 0 };
  for (let index = 0; index < 400; index += 1) {
    const text = texts[index] ?? mutatedJson(texts[random.whole(0, texts.length - 1)] ?? '', random);
    let document: unknown;
    try {
      document = JSON.parse(text);
    } catch {
      continue;
    }
    const expected = configSchema.safeParse(document);
    expect(parseMany(document), text).toEqual(expected.success ? expected.data : undefined);
    seen[expected.success ? 'parsed' : 'refused'] += 1;
  }
  expect(seen.parsed).toBeGreaterThan(texts.length);
  expect(seen.refused).toBeGreaterThan(50);
});

test('finds what is wrong with any signal, not with the first alone', () => {
  const document = (signal: object) => ({
    version: 1,
    clusters: [
      {
        name: 'prod-eu',
        region: 'eu-west-1',
        signals: [{ name: 'a', amp: 'ws-1', metric: 'up' }, { name: 'b', amp: 'ws-1', metric: 'up' }, signal],
      },
    ],
  });
  expect(parseMany(document({ name: 'c', amp: 'ws-1', metric: 'up' }))?.clusters[0]?.signals).toHaveLength(3);
  for (const wrong of [
    { name: 'c', amp: 'ws-1' },
    { name: 'c', amp: 'ws-1', metric: 'up', frehs: '4m' },
    { name: 'c', amp: 'ws-1', logs: '/group' },
    { name: 'c', amp: 'ws-1', metric: 'up', retention: '7d' },
    { amp: 'ws-1', metric: 'up' },
    JSON.parse('{ "name": "c", "amp": "ws-1", "metric": "up", "__proto__": {} }') as object,
  ])
    expect(parseMany(document(wrong)), JSON.stringify(wrong)).toBeUndefined();
});

test('of more kinds of signals than it keeps schemas for, each is judged all the same', () => {
  const keys = ['runbook', 'failAfter', 'region', 'off', 'fresh', 'severity', 'by', 'every', 'role'];
  const values = ['https://runbooks.example/a', 2, 'eu-west-1', false, '4m', 'warning', ['job'], '5m'];
  values.push('arn:aws:iam::111122223333:role/plumbline-reader');
  const signals = Array.from({ length: 2 ** keys.length }, (_, bits) => ({
    name: `signal-${bits}`,
    amp: 'ws-1',
    metric: 'up',
    ...Object.fromEntries(keys.flatMap((key, at) => (bits & (1 << at) ? [[key, values[at]]] : []))),
  }));
  const document = { version: 1, clusters: [{ name: 'prod-eu', region: 'eu-west-1', signals }] };
  expect(parseMany(document)).toEqual(configSchema.parse(document));
});
