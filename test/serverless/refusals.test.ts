import { cp, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ROOT } from '../support/process.ts';

/** What users may give, as it stands in serverless.yml. */
const GOOD = {
  every: '5m',
  concurrency: 5,
  config: 'plumbline.json',
  compare: 'cron(0 9 ? * MON *)',
  encryptTopic: 'no',
  alarmTopic: 'own',
  logDays: 30,
  table: 'plumbline-live-state',
  readerRoles: 'plumbline-*',
  secrets: 'plumbline',
  probes: 'no',
};

interface Place {
  readonly config?: string;
  /** Whether plumbline.yaml is the example as it was copied. */
  readonly example?: boolean;
  /** What was written behind each `--param`. */
  readonly given?: readonly string[];
}

interface Plugin {
  readonly hooks: Readonly<Record<string, () => void>>;
}

/** What the plugin says before anything is packed, in a place that has no plumbline.yaml; what osls makes of it is in refusals.proof.ts. */
async function refused(
  command: string,
  parameters: Readonly<Record<string, unknown>>,
  { config, example = false, given = [] }: Place = {},
): Promise<string[]> {
  vi.stubEnv('PLUMBLINE_CONFIG', config);
  const clone = await mkdtemp(join(tmpdir(), 'plumbline-plugin-'));
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await rm(clone, { recursive: true, force: true });
  });
  const files = (await readdir(join(ROOT, 'tools'))).filter((file) => file.endsWith('.mjs'));
  await Promise.all(files.map((file) => cp(join(ROOT, 'tools', file), join(clone, 'tools', file))));
  if (example)
    for (const name of ['plumbline.yaml', 'plumbline.example.yaml'])
      await cp(join(ROOT, 'plumbline.example.yaml'), join(clone, name));
  await symlink(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
  const { default: Build } = (await import(join(clone, 'tools/osls-plugin.mjs'))) as {
    readonly default: new (serverless: object) => Plugin;
  };
  const { hooks } = new Build({
    processedInput: { commands: [command], options: { param: given } },
    classes: { Error },
    service: { custom: { parameters: { ...GOOD, ...parameters } } },
    getProvider: () => ({ getRegion: () => 'eu-west-1' }),
  });
  return Object.values(hooks).map((hook) => {
    try {
      hook();
      return 'nothing';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  });
}

test('deploying the example is refused, by every way to pack', async () => {
  const said = await refused('deploy', {});
  expect(said).toHaveLength(2);
  for (const one of said)
    expect(one).toContain('the example must not be deployed: cp plumbline.example.yaml plumbline.yaml');
});

test('all parameters that cannot be used are told together, before the example', async () => {
  const said = await refused('deploy', { every: 'rate(5 minutes)', probes: 'maybe', concurrency: 1 });
  for (const one of said) {
    expect(one.split('\n')).toEqual([
      expect.stringContaining("--param='every=rate(5 minutes)' cannot be used: write a"),
      expect.stringContaining("--param='concurrency=1' cannot be used: write a"),
      "--param='probes=maybe' cannot be used: write yes or no",
    ]);
  }
});

test.each([
  ['the example as it was copied', { example: true }, 'plumbline.yaml is still the example'],
  [
    'a configuration that is not there',
    { config: 'nope.yaml' },
    'There is no nope.yaml, which PLUMBLINE_CONFIG names.',
  ],
  [
    'a parameter that is misspelt',
    { given: ['every=5m', 'evry=5m'] },
    "--param='evry=5m' is not known: there are every, concurrency,",
  ],
] as const)('%s is refused', async (_name, place, words) => {
  for (const said of await refused('deploy', {}, place)) expect(said).toContain(words);
});
