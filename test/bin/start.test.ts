import { join } from 'node:path';
import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { BUILT, runProgram } from '../support/process.ts';

const command = (...flags: readonly string[]) =>
  runProgram(process.execPath, [...flags, join(BUILT, 'dist/plumbline.mjs'), '--version']);

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
