import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { plumbline, temporaryFile } from './support/command-line.ts';
import { ROOT } from './support/process.ts';

const readme = await readFile(`${ROOT}README.md`, 'utf8');
const [, firstConfig = ''] = /```yaml\n([\s\S]*?)```/.exec(readme) ?? [];

test('the configuration of the 60-second start is right', async () => {
  const file = await temporaryFile('plumbline.yaml', firstConfig);
  expect((await plumbline(['validate', '--config', file])).stdout).toContain('ok, 1 cluster, 1 signal');
});

test('the mistake that the README shows is told as it shows it', async () => {
  const file = await temporaryFile('plumbline.yaml', firstConfig.replace('fresh:', 'frehs:'));
  const { stdout } = await plumbline(['validate', '--config', file]);
  expect(readme).toContain(stdout.replace(file, 'plumbline.yaml').trim());
});

test('every command of the README exists', async () => {
  const commands = [...readme.matchAll(/`(?:npm run -s plumbline -- |… )(\w+)[^`]*`/g)].map(
    ([, name]) => name ?? '',
  );
  expect(new Set(commands)).toEqual(
    new Set([
      'check',
      'validate',
      'build',
      'init',
      'profiles',
      'schema',
      'history',
      'baseline',
      'mute',
      'notify',
    ]),
  );
  const { stdout } = await plumbline(['--help']);
  for (const name of commands) expect(stdout).toContain(`  ${name}`);
});

test('the page of every expectation and plane is there, with its headings', async () => {
  const { checks } = await import('../lib/checks/index.ts');
  const { planes } = await import('../lib/signal.ts');
  for (const name of Object.keys(checks)) {
    const page = await readFile(`${ROOT}docs/checks/${name}.md`, 'utf8');
    for (const heading of [
      'What it asks',
      'Settings',
      'When it fires',
      'When it cannot tell',
      'How to silence',
    ]) {
      expect(page).toContain(`## ${heading}`);
    }
    expect(readme).toContain(`docs/checks/${name}.md`);
  }
  for (const plane of planes) {
    const page = await readFile(`${ROOT}docs/planes/${plane}.md`, 'utf8');
    for (const heading of ['How it is asked', 'Permissions', 'When it cannot tell']) {
      expect(page).toContain(`## ${heading}`);
    }
    expect(readme).toContain(`docs/planes/${plane}.md`);
  }
});
