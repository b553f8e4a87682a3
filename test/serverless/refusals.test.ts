import { cp, mkdtemp, rm } from 'node:fs/promises';
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

interface Plugin {
  readonly hooks: Readonly<Record<string, () => void>>;
}

/** What the plugin says before anything is packed, in a place that has no plumbline.yaml; what osls makes of it is in refusals.proof.ts. */
async function refused(command: string, parameters: Readonly<Record<string, unknown>>): Promise<string[]> {
  vi.stubEnv('PLUMBLINE_CONFIG', undefined);
  const clone = await mkdtemp(join(tmpdir(), 'plumbline-plugin-'));
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await rm(clone, { recursive: true, force: true });
  });
  const [plugin = '', forms = ''] = ['osls-plugin.mjs', 'parameters.mjs'].map((name) => `tools/${name}`);
  await Promise.all([plugin, forms].map((file) => cp(join(ROOT, file), join(clone, file))));
  const { default: Build } = (await import(join(clone, plugin))) as {
    readonly default: new (serverless: object) => Plugin;
  };
  const { hooks } = new Build({
    processedInput: { commands: [command] },
    classes: { Error },
    service: { custom: { parameters: { ...GOOD, ...parameters } } },
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

test('all parameters that cannot be used are told together, each with what to write', async () => {
  const said = await refused('package', { every: 'rate(5 minutes)', probes: 'maybe', concurrency: 1 });
  for (const one of said) {
    expect(one.split('\n')).toEqual([
      "--param='every=rate(5 minutes)' cannot be used: write a duration of whole minutes, hours or days, such as 5m",
      "--param='concurrency=1' cannot be used: write a number from 2 to 1000",
      "--param='probes=maybe' cannot be used: write yes or no",
    ]);
  }
});
