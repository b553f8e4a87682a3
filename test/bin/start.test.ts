import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, afterAll, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { bundleCommandLine } from '../../tools/bundle.ts';
import { ROOT, runProgram } from '../support/process.ts';

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'plumbline-command-'));
  await symlink(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
  await bundleCommandLine(join(directory, 'dist'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const command = (...flags: readonly string[]) =>
  runProgram(process.execPath, [...flags, join(directory, 'dist/plumbline.mjs'), '--version']);

test('the built command runs', async () => {
  expect(await command()).toMatchObject({ code: 0, stdout: `${packageJson.version}\n`, stderr: '' });
});

test('on a Node that is too old it says which one it needs, before it loads anything', async () => {
  const older = `const versions = { ...process.versions, node: '20.20.2' };
    Object.defineProperty(process, 'versions', { value: versions });`;
  const imported = await command('--import', `data:text/javascript,${encodeURIComponent(older)}`);
  expect(imported).toMatchObject({
    code: 2,
    stdout: '',
    stderr: 'plumbline needs Node 24; this is v20.20.2\n',
  });
});
