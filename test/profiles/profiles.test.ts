import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { builtConfig, loadBuilt, loadConfig } from '../../lib/config/load.ts';
import { type Profile, profileSchema } from '../../lib/profiles/profile.ts';
import { readProfiles } from '../../lib/profiles/read.ts';
import { toldBy } from '../config/loading.ts';
import { plumbline } from '../support/command-line.ts';

const shipped = await readProfiles(new URL('../../profiles/', import.meta.url));

const demo = profileSchema.parse({
  name: 'demo',
  about: 'A profile for tests.',
  parameters: {
    workspace: { type: 'text', about: 'the id', example: 'ws-1' },
    jobs: { type: 'list', about: 'the jobs', default: ['a.b', 'c'] },
    labels: { type: 'labels', about: 'more matchers', optional: true },
    least: { type: 'number', about: 'how many', default: 1 },
    addon: { type: 'text', about: 'an add-on', optional: true },
  },
  signals: [
    {
      name: 'canary',
      amp: '${with:workspace}',
      metric: 'up',
      match: { job: { '=~': '${with:jobs}' }, '...': '${with:labels}' },
      series: { min: '${with:least}' },
      labels: { values: { job: '${with:jobs}' } },
    },
    { name: 'addon', needs: ['addon'], eksAddon: '${with:cluster}/${with:addon}' },
  ],
});
const profiles = async () => new Map([['demo', demo]]);

const cluster = (rest: string): string => `version: 1
clusters:
  - name: prod
    region: eu-west-1
    profile: demo
${rest}`;

const load = (text: string, env = {}) => loadConfig(text, { file: 'x.yaml', env, profiles });

async function signalsOf(text: string) {
  const loaded = await load(text);
  if (!('config' in loaded)) throw new Error(toldBy(loaded).join('\n'));
  return loaded.config.clusters[0]?.signals;
}

describe('a profile', () => {
  test('is its signals with the parameters filled in, as what they are', async () => {
    expect(await signalsOf(cluster('    with: { workspace: ws-1, least: 7, addon: adot }'))).toMatchObject([
      {
        name: 'canary',
        amp: 'ws-1',
        match: [{ label: 'job', operator: '=~', value: String.raw`a\.b|c` }],
        series: { min: 7 },
        labels: { values: [['job', ['a.b', 'c']]] },
      },
      { name: 'addon', eksAddon: 'prod/adot' },
    ]);
  });

  test('leaves out signals that need what is not given', async () => {
    expect((await signalsOf(cluster('    with: { workspace: ws-1 }')))?.map(({ name }) => name)).toEqual([
      'canary',
    ]);
  });

  test('spreads labels among the matchers', async () => {
    const [canary] =
      (await signalsOf(cluster('    with: { workspace: ws-1, labels: { cluster: prod } }'))) ?? [];
    expect(canary?.match?.map(({ label }) => label)).toEqual(['job', 'cluster']);
  });

  test('has signals of the same name merged over it, or switched off, and others added', async () => {
    const text = cluster(`    with: { workspace: ws-1, addon: adot }
    signals:
      - { name: own, amp: ws-2, metric: m }
      - { name: addon, off: true }
      - { name: canary, fresh: 5m, series: { max: 9 } }`);
    expect(await signalsOf(text)).toMatchObject([
      { name: 'canary', amp: 'ws-1', fresh: 300_000, series: { max: 9 } },
      { name: 'addon', off: true, eksAddon: 'prod/adot' },
      { name: 'own', amp: 'ws-2' },
    ]);
  });

  test('keeps what a merged signal does not say: mappings are merged key by key', async () => {
    const text = cluster(`    with: { workspace: ws-1 }
    signals: [{ name: canary, match: { team: a }, labels: { require: [x] }, series: { max: 9 } }]`);
    expect(await signalsOf(text)).toMatchObject([
      {
        match: [{ label: 'job' }, { label: 'team', value: 'a' }],
        labels: { require: ['x'], values: [['job', ['a.b', 'c']]] },
        series: { min: 1, max: 9 },
      },
    ]);
  });

  test('is written out in what is built, with references left symbolic', async () => {
    const built = await builtConfig(cluster('    with: { workspace: "${env:WORKSPACE}" }'), {
      file: 'x',
      profiles,
    });
    if (!('json' in built)) throw new Error('not built');
    expect(built.json).not.toMatch(/profile|with"/);
    expect(built.json).toContain('"amp":"${env:WORKSPACE}"');
    expect(loadBuilt(built.json, { env: { WORKSPACE: 'ws-9' } })).toMatchObject({
      config: { clusters: [{ signals: [{ amp: 'ws-9' }] }] },
    });
  });
});

test.each([
  ['    with: {}', ['5:14', 'needs workspace (the id); write with: { workspace: ws-1 }']],
  ['    with: { workspace: 7 }', ['6:24', 'with.workspace: 7 is not text; write one text (the id)']],
  ['    with: { workspace: ws-1, jobs: [] }', ['6:36', 'is not a list of texts; write [a, b]']],
  [
    '    with: { workspace: ws-1, job: x }',
    ['6:30', 'key "job" is no parameter of demo; did you mean "jobs"?'],
  ],
  ['    with: { workspace: nonsense }', ['5:14', 'signal "canary", amp: "nonsense" is not the id']],
  [
    '    with: { workspace: ws-1 }\n    signals: [{ name: canary, fresh: 4 min }]',
    ['7:38', 'signal "canary", fresh: "4 min" is not a duration'],
  ],
  [
    '    with: { worksapce: ws-1 }',
    ['6:13', 'key "worksapce" is no parameter of demo; did you mean "workspace"?'],
  ],
  [
    '    with: { workspace: ws-1 }\n    signals: [{ name: canray, fresh: 4m }]',
    ['7:23', '"canray" is no signal of demo and has no plane; did you mean "canary"?'],
  ],
  [
    '    with: { workspace: ws-1 }\n    signals: [{ name: addon, off: true }]',
    ['7:23', '"addon" is left out of demo without addon; write with: { addon: … }, or remove it here'],
  ],
  ['    with: { workspace: ws-1, __proto__: x }', ['6:30', 'is no parameter of demo']],
])('%s is told once, where it stands', async (rest, [place, words]) => {
  const told = toldBy(await load(cluster(rest)));
  expect(told).toHaveLength(1);
  expect(told[0]).toContain(`${place}: error: cluster "prod"`);
  expect(told[0]).toContain(words);
});

test('a profile that there is not', async () => {
  expect(toldBy(await load(cluster('').replace('profile: demo', 'profile: demos')))).toEqual([
    'x.yaml:5:14: error: cluster "prod", profile: "demos" is not a profile; did you mean "demo"?',
  ]);
});

describe.each([...shipped.values()].map((profile) => [profile.name, profile] as const))(
  '%s',
  (name, profile) => {
    const written = (over: Partial<Profile['parameters']> = {}) =>
      Object.entries({ ...profile.parameters, ...over })
        .filter(([, one]) => one?.default === undefined)
        .map(([key, one]) => `      ${key}: ${JSON.stringify(one?.example)}`)
        .join('\n');

    test('is valid with the examples of its parameters, and says what each is for', async () => {
      const text = `version: 1\nclusters:\n  - name: prod-eu\n    region: eu-west-1\n    profile: ${name}\n    with:\n      {}\n`;
      const withAll = text.replace('      {}', written() || '      {}');
      const loaded = await loadConfig(withAll, { file: 'x', env: {}, profiles: async () => shipped });
      expect(toldBy(loaded)).toEqual([]);
      for (const one of Object.values(profile.parameters)) expect(one.about.length).toBeGreaterThan(5);
      for (const one of Object.values(profile.parameters)) {
        if (one.default === undefined) expect(one.example).toBeDefined();
      }
    });

    test('is shown with what to write, which is valid', async () => {
      const { code, stdout } = await plumbline(['profiles', name]);
      expect(code).toBe(0);
      for (const key of Object.keys(profile.parameters)) expect(stdout).toContain(`\n  ${key}: `);
      const shown = [...stdout.matchAll(/^ {2}(\w+): (?!required|optional)(.+)$/gm)];
      for (const [, key = '', value = ''] of shown) {
        expect(parse(value)).toEqual(profile.parameters[key]?.default);
      }
      const example = stdout.slice(stdout.indexOf('version: 1'));
      const loaded = await loadConfig(example, { file: 'x', env: {}, profiles: async () => shipped });
      expect(toldBy(loaded)).toEqual([]);
    });
  },
);

test('profiles lists them all; one that there is not is told with what is meant', async () => {
  const { stdout } = await plumbline(['profiles']);
  for (const name of shipped.keys()) expect(stdout).toContain(`${name} `);
  const wrong = await plumbline(['profiles', 'eks-adot-apm']);
  expect([wrong.code, wrong.stderr]).toEqual([
    2,
    'plumbline: there is no profile "eks-adot-apm"; did you mean "eks-adot-amp"?\n',
  ]);
});
