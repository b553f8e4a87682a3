import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { builtConfig, loadBuilt, loadConfig } from '../../lib/config/load.ts';
import type { Path } from '../../lib/config/problems.ts';
import { readYaml } from '../../lib/config/yaml-text.ts';
import { env, fixtures } from './loading.ts';

const name = fc.oneof(
  fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'a: b',
    '{x}',
    '200',
    'true',
    'null',
    '- a',
    '&a',
    '*a',
    '!t',
    '#c',
    'é ü',
  ),
);
const label = fc.oneof(
  fc.stringMatching(/^[a-z_]{1,8}$/),
  fc.constantFrom('__proto__', 'service.name', 'toString'),
);
const value = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom('200', '', 'x${y}', 'null', '0x1f', '1e3', '~'),
);
const duration = fc.constantFrom('30s', '5m', '4h', '2d');
const unique = <T>(arbitrary: fc.Arbitrary<T>, by: (item: T) => unknown = (item) => item) =>
  fc.uniqueArray(arbitrary, { minLength: 1, maxLength: 4, selector: by });

const record = <T>(key: fc.Arbitrary<string>, item: fc.Arbitrary<T>) =>
  fc.array(fc.tuple(key, item), { maxLength: 3 }).map((pairs) => Object.fromEntries(pairs));

/** `job: ''` selects what has no such label, which may contradict `labels`. */
const some = value.filter((text) => text !== '');
const match = record(label, fc.oneof(some, fc.record({ '=~': fc.constantFrom('a|b', '.*'), '!=': value })));

const signal = fc.record(
  {
    name,
    amp: fc.constantFrom('ws-1234', 'ws-a-b'),
    metric: fc.constantFrom('up', 'http.server.duration', 'a b'),
    match,
    by: unique(label),
    fresh: duration,
    severity: fc.constantFrom('critical', 'warning'),
    labels: fc.record({ require: unique(label) }),
    series: fc.record({ min: fc.nat(5), max: fc.integer({ min: 5, max: 9 }) }),
    every: fc.constantFrom('5m', '10m', '1h'),
  },
  { requiredKeys: ['name', 'amp', 'metric'] },
);
const cluster = fc.record({
  name,
  region: fc.constantFrom('eu-west-1', 'us-gov-west-1'),
  signals: unique(signal, (one) => one.name),
});
const times = fc.oneof(
  fc.record({ cron: fc.constantFrom('0 22 * * fri', '*/5 * * * *'), for: duration }),
  fc.record({
    from: fc.constant('2026-11-20T22:00'),
    until: fc.constantFrom('2026-11-21T06:00', '2027-01-01T00:00Z'),
  }),
);
const mutes = fc.array(fc.tuple(times, fc.boolean()), { maxLength: 2 });
const clusters = unique(cluster, (one) => one.name);
const config = fc.tuple(clusters, mutes).map(([clusters, mutes]) => {
  const names = { clusters: [clusters[0]?.name], signals: [clusters[0]?.signals[0]?.name] };
  return {
    version: 1,
    alerts: {
      channels: mutes.map(() => ({ sns: 'ssm:/topic', only: names })),
      mutes: mutes.map(([time, isLimited]) => ({
        ...time,
        ...(isLimited ? names : {}),
        reason: 'a: reason',
      })),
    },
    clusters,
  };
});

test('a good configuration is the same from YAML and from the built file', async () => {
  await fc.assert(
    fc.asyncProperty(config, async (document) => {
      const text = stringify(document);
      const loaded = await loadConfig(text, { file: 'p', env });
      const built = await builtConfig(text, { file: 'p' });
      const json = 'json' in built ? built.json : '';
      const again = loadBuilt(json, { env });
      expect('config' in loaded ? loaded.config : loaded.problems).toEqual(
        'config' in again ? again.config : again.problems,
      );
    }),
    { numRuns: 100 },
  );
});

const keys =
  'version alerts channels sns clusters signals name region amp prometheus metric match by fresh series each min exactly ' +
  'labels values only when signal =~ << __proto__ x state mutes cron for from until timeZone reason';
const key = fc.constantFrom(...keys.split(' '));
const scalar = fc.constantFrom<unknown>(
  1,
  0,
  -1,
  2.5,
  true,
  null,
  '',
  '5m',
  'up',
  '(',
  '${env:SET}',
  '${env:X}',
  '${env:',
  'ws-1',
  'eu-west-1',
  '\u0007',
  '0 22 * * fri',
  '2026-11-20T22:00',
  'Europe/Berlin',
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, depthSize: 'medium' },
    scalar,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.array(fc.tuple(key, tie('tree')), { maxLength: 5 }).map((pairs) => Object.fromEntries(pairs)),
  ),
}));
/** Good configurations in which some values are replaced by anything. */
const damaged = fc
  .tuple(config, fc.array(fc.tuple(fc.nat(20), key, tree), { maxLength: 4 }))
  .map(([document, damages]) => {
    const places = mappingsOf(document);
    for (const [index, name, inner] of damages)
      Object.assign(places[index % places.length] ?? {}, { [name]: inner });
    return document;
  });

function mappingsOf(inner: unknown): object[] {
  if (typeof inner !== 'object' || inner === null) return [];
  return [...(Array.isArray(inner) ? [] : [inner]), ...Object.values(inner).flatMap(mappingsOf)];
}

const syntax = fc
  .array(
    fc.constantFrom(
      'version: 1',
      'clusters:',
      '- ',
      'name: x',
      '  ',
      '\n',
      '\r\n',
      '\t',
      '[',
      ']',
      '{',
      '}',
      ':',
      ',',
      '"',
      "'",
      '&a ',
      '*a',
      '<<: ',
      '!t ',
      '|',
      '>',
      '#',
      '%',
      '---',
      '...',
      '?',
      '\0',
      '\uFEFF',
      '\uD800',
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''));

test.each([
  ['damaged configurations', damaged.map((document) => stringify(document)), 150],
  ['random trees', tree.map((document) => stringify(document)), 50],
  ['random syntax', syntax, 200],
])('%s never break the loader, and every problem is inside of the file', async (_, texts, numRuns) => {
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      const loaded = await loadConfig(text, { file: 'p', env });
      const problems = 'problems' in loaded ? loaded.problems : [];
      expect('config' in loaded || problems.length > 0).toBe(true);
      const lines = text.split('\n');
      for (const { line, column, message } of [...problems, ...loaded.warnings]) {
        expect(line).toBeGreaterThanOrEqual(1);
        expect(column).toBeGreaterThanOrEqual(1);
        expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? -1) + 1);
        expect(message).not.toContain('top-secret');
        expect(message).toContain('; ');
      }
    }),
    { numRuns },
  );
});

test('a built file never breaks its loader', () => {
  fc.assert(
    fc.property(fc.oneof(tree, damaged), (document) => {
      const loaded = loadBuilt(JSON.stringify(document), { env });
      expect('config' in loaded || loaded.problems.length > 0).toBe(true);
    }),
    { numRuns: 250 },
  );
});

function pathsOf(inner: unknown, path: Path): Path[] {
  if (typeof inner !== 'object' || inner === null) return [path];
  const list = Array.isArray(inner);
  return [
    path,
    ...Object.entries(inner).flatMap(([name, item]) => pathsOf(item, [...path, list ? Number(name) : name])),
  ];
}

/** Everything that a text was read as. */
async function reading(text: string, sectionsFrom: number) {
  const { value, faults, positionOf, numeralAt } = await readYaml(text, sectionsFrom);
  const paths = pathsOf(value, []).flatMap((path) => [path, [...path, 'missing']]);
  return {
    value,
    faults: faults.toSorted((a, b) => a.line - b.line || a.column - b.column),
    places: paths.map((path) => [path, positionOf(path, 'key'), positionOf(path, 'value'), numeralAt(path)]),
  };
}

const lineTexts =
  'clusters:|  - name: a|    b: c|    b: c|  # d|#||- x|  - >|      - text|    "open|  - close"|' +
  'alerts: {}|clusters: # e|   f: g|  - [|  - ]|  - - h|  -|   - i|\u2028  - j|  - k: 012|...|  - &l|\t';
const line = fc.constantFrom(...lineTexts.split('|'));
const lines = fc
  .tuple(
    fc.constantFrom('version: 1\n', '', '"a\n', 'a: |\n'),
    fc.array(line, { maxLength: 12 }),
    fc.constantFrom('\n', '\r\n', '\r'),
  )
  .map(([head, body, end]) => `${head}clusters:${end}  - name: x${end}${body.join(end)}`);

test.each([
  ['configurations', fc.oneof(config, damaged).map((document) => stringify(document)), 40],
  ['fixtures', fc.constantFrom(...fixtures('good'), ...fixtures('bad')).map(({ text }) => text), 200],
  ['random lines', lines, 1000],
])('a text read in sections means the same: %s', async (_, texts, numRuns) => {
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      expect(await reading(text, 0)).toEqual(await reading(text, Infinity));
    }),
    { numRuns },
  );
});
