import { expect, test } from 'vitest';
import { builtConfig, loadBuilt } from '../../lib/config/load.ts';
import { load, told, toldBy, withSignal } from './loading.ts';

const times = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => make(i));

test.each([
  ['lists in lists', '['.repeat(10_000)],
  ['closed lists in lists', `${'['.repeat(10_000)}${']'.repeat(10_000)}`],
  ['mappings in mappings', '{ a: '.repeat(10_000)],
  ['indented keys', times(3000, (i) => `${' '.repeat(i)}a:`).join('\n')],
  ['items in items', `${'- '.repeat(10_000)}x`],
  ['a known key', withSignal(`match: ${'{ a: '.repeat(200)}x${' }'.repeat(200)}`)],
])('too deep: %s', async (_, text) => {
  const problems = await told(text);
  expect(problems.some((problem) => /nested (too deeply|deeper than)/.test(problem))).toBe(true);
  expect(problems.length).toBeLessThanOrEqual(20);
});

test.each([
  ['50 million characters', 'x: '.repeat(17_000_000), 'million characters'],
  ['nothing but punctuation', '[],'.repeat(2_000_000), 'punctuation'],
])('too much: %s', async (_, text, why) => {
  expect(await told(text)).toEqual([expect.stringContaining(why)]);
});

test.each([
  ['nul and bell', '\0\u0007'],
  ['a lone surrogate', withSignal('runbook: "\\uD800"')],
  ['binary', String.fromCharCode(...times(2000, () => '').map((_, i) => (i * 7919) % 65_536))],
  ['a directive', '%YAML 1.1\n---\nversion: 1'],
  ['a key that is a mapping', '? { a: b }\n: c'],
  ['quotes', '"'.repeat(1000)],
  ['anchors', '&a &b &c x'],
  ['tags', '!!set { a, b }'],
])('nonsense: %s', async (_, text) => {
  expect(await told(text)).not.toEqual([]);
});

test('aliases of aliases of aliases do no harm', async () => {
  const levels = times(30, (i) => `l${i + 1}: &l${i + 1} [${times(10, () => `*l${i}`).join(', ')}]`);
  expect(await told(['l0: &l0 [x, x]', ...levels].join('\n'))).toEqual([
    expect.stringMatching(/^7:9: error: l6: unfolds to more than 2000000 values; /),
  ]);
});

test('nor do merged mappings in great numbers', async () => {
  const keys = times(3000, (i) => `k${i}: x`).join(', ');
  const text = [`base: &base { ${keys} }`, 'all:', ...times(3000, () => '  - <<: *base')].join('\n');
  expect(await told(text)).toEqual([expect.stringContaining('unfolds to more than 2000000 values')]);
});

test('thousands of honest aliases are welcome', async () => {
  const signals = times(2000, (i) => `      - { <<: *base, name: signal-${i} }`);
  const text = withSignal().replace('- name: canary', '- &base\n        name: canary');
  const result = await load([text.trimEnd(), ...signals].join('\n'));
  expect('config' in result ? result.config.clusters[0]?.signals.length : toldBy(result)).toBe(2001);
});

test('three hundred clusters of twenty signals', async () => {
  const signals = times(20, (i) => `      - { name: s${i}, amp: ws-1, metric: up, by: [job], fresh: 4m }`);
  const clusters = times(300, (i) =>
    [`  - name: c${i}`, '    region: eu-west-1', '    signals:', ...signals].join('\n'),
  );
  const built = await builtConfig(['version: 1', 'clusters:', ...clusters].join('\n'), {
    file: 'plumbline.yaml',
  });
  const loaded = 'json' in built ? loadBuilt(built.json, { env: {} }) : built;
  expect(
    'config' in loaded ? loaded.config.clusters.map(({ signals }) => signals.length) : toldBy(loaded),
  ).toEqual(times(300, () => '').map(() => 20));
}, 60_000);

test('two thousand faults are all told', async () => {
  const signals = times(2000, (i) => `      - { name: s${i}, amp: ws-1, metric: up, fresh: 5 }`);
  const text = [
    'version: 1',
    'clusters:',
    '  - name: c',
    '    region: eu-west-1',
    '    signals:',
    ...signals,
  ].join('\n');
  expect((await told(text)).length).toBe(2000);
});

test('more faults than can be told are told as one', async () => {
  const labels = times(200_000, (i) => `          l${i}: 1`);
  expect(await told([withSignal('match:').trimEnd(), ...labels].join('\n'))).toEqual([
    expect.stringContaining('more problems than can be told'),
  ]);
  const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
  expect(toldBy(loadBuilt(`{"version":1,"x":${deep},"y":"\${env:X}"}`, { env: {} }))).not.toEqual([]);
}, 60_000);

test('keys of every object are keys like any other', async () => {
  const keys = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
  const lines = await told(withSignal(...keys.map((key) => `${key}: { polluted: yes }`)));
  expect(lines.map((line) => /key "(\w+)" is not known/.exec(line)?.[1])).toEqual(keys);
  expect(await told(`__proto__: { version: 1 }\n`)).toEqual(
    expect.arrayContaining([expect.stringContaining('version is missing')]),
  );
  expect(Object.keys(Object.prototype)).toEqual([]);
});

test('a secret is not told, wherever it was pasted', async () => {
  const secret = 'https://hooks.slack.com/services/T000/B000/XXXX';
  const places = [
    `slack: ${secret}`,
    `sns: ${secret}`,
    `slack: '${secret} '`,
    `slack: [${secret}]`,
    `webhook: ${secret}`,
    `${secret}: x`,
    `slack: {url: '${secret}'}`,
  ];
  const channels = [...places.map((place) => `    - ${place}`), `    - ${secret}`].join('\n');
  const text = withSignal(
    `runbook: '${secret} '`,
    `amp2: ${secret}`,
    `endpoint: http://me:pass/word@x.example`,
  );
  const messages = await told(text.replace('clusters:', `alerts:\n  channels:\n${channels}\nclusters:`));
  expect(messages.length).toBeGreaterThan(9);
  expect(messages.join('\n')).not.toMatch(/XXXX|B000|pass|word/);
});

test('what is quoted is short and harmless', async () => {
  const message = (await told(withSignal(`severity: "\\e[31m\\u202e${'x'.repeat(500)}"`))).join('\n');
  // oxlint-disable-next-line no-control-regex -- control characters are the point
  expect(message).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]|x{61}/);
  expect(message.length).toBeLessThan(200);
});
