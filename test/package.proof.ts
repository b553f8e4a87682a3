import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { ROOT, runProgram } from './support/process.ts';

/** npm finds its registry, proxy and cache through the environment. */
function everything(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, value ?? '']));
}

test('the packed package installs as a command and leaves the consumer his Node', async () => {
  const consumer = await mkdtemp(join(tmpdir(), 'plumbline-consumer-'));
  onTestFinished(() => rm(consumer, { recursive: true, force: true }));
  const packed = await runProgram('npm', ['pack', '--json', '--pack-destination', consumer], {
    env: everything(),
  });
  expect(packed.code, packed.stderr).toBe(0);
  await writeFile(
    join(consumer, 'package.json'),
    '{ "name": "consumer", "version": "1.0.0", "private": true }',
  );
  const tarball = (await readdir(consumer)).find((name) => name.endsWith('.tgz')) ?? '';
  const installed = await runProgram('npm', ['install', '--no-audit', '--no-fund', `./${tarball}`], {
    cwd: consumer,
    env: everything(),
  });
  expect(installed.code, installed.stderr).toBe(0);

  const commands = await readdir(join(consumer, 'node_modules/.bin'));
  expect(commands).toContain('plumbline');
  expect(commands).not.toContain('node');
  const files = await readdir(join(consumer, 'node_modules/plumbline'));
  expect(files.sort()).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'dist',
    'package.json',
    'plumbline.example.yaml',
    'plumbline.schema.json',
    'profiles',
    'report.schema.json',
  ]);
  const command = join(consumer, 'node_modules/.bin/plumbline');
  const asked = await runProgram(command, ['--version'], { cwd: consumer });
  expect([asked.code, asked.stdout.trim(), asked.stderr]).toEqual([0, packageJson.version, '']);
  const listed = await runProgram(command, ['profiles'], { cwd: consumer });
  expect([listed.code, listed.stderr]).toEqual([0, '']);
  expect(listed.stdout).toContain('eks-adot-amp ');
  await writeFile(
    join(consumer, 'plumbline.yaml'),
    await readFile(join(consumer, 'node_modules/plumbline/plumbline.example.yaml'), 'utf8'),
  );
  const validated = await runProgram(command, ['validate'], { cwd: consumer });
  expect([validated.code, validated.stderr]).toEqual([0, '']);
}, 180_000);

test('the build ends with 2 on a wrong configuration and names the problem', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'plumbline-build-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const file = join(directory, 'plumbline.yaml');
  await writeFile(file, 'version: 1\nclusters: []\n');
  const built = await runProgram('npm', ['run', '-s', 'build'], {
    cwd: ROOT,
    env: { PLUMBLINE_CONFIG: file },
  });
  expect(built.code).toBe(2);
  expect(built.stderr).toContain(`${file}:2:`);
  const again = await runProgram('npm', ['run', '-s', 'build'], { cwd: ROOT });
  expect(again.code, again.stderr).toBe(0);
}, 60_000);
