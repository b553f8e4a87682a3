import { Command } from 'commander';
import { expect, test } from 'vitest';
import { takenByNpm } from '../../bin/taken-by-npm.ts';
import { plumbline } from '../support/command-line.ts';

const byNpm = { npm_lifecycle_event: 'plumbline' };

function check(...args: readonly string[]): Command {
  const command = new Command('check')
    .option('--wait <duration>')
    .option('--cost')
    .option('--format <f>', '', 'text');
  return command.parse(args, { from: 'user' });
}

test.each([
  ['a value behind =', [], { ...byNpm, npm_config_wait: '20m' }, ['--wait']],
  ['a flag', [], { ...byNpm, npm_config_cost: 'true' }, ['--cost']],
  ['one with a default', [], { ...byNpm, npm_config_format: 'json' }, ['--format']],
  ['one that was given again', ['--wait', '5m'], { ...byNpm, npm_config_wait: '20m' }, []],
  ['what is of npm alone', [], { ...byNpm, npm_config_loglevel: 'silent' }, []],
  ['no npm at all', [], { npm_config_wait: '20m' }, []],
] as const)('%s', (_name, args, env, taken) => {
  expect(takenByNpm(check(...args), env)).toEqual(taken);
});

test('a gate whose wait npm took does not pass as a plain check', async () => {
  const run = await plumbline(['check'], { env: { ...byNpm, npm_config_wait: '20m' } });
  expect([run.code, run.stdout]).toEqual([2, '']);
  expect(run.stderr).toContain(
    'error: npm took --wait for itself; write -- before the command: npm run -s plumbline -- check --wait …',
  );
});
