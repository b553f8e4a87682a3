#!/usr/bin/env node
import { styleText } from 'node:util';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { formats } from '../lib/report/index.ts';
import { check } from './check.ts';
import { EXIT } from './exit.ts';
import { schema } from './schema.ts';
import { validate } from './validate.ts';

const CONFIG = ['--config <file>', 'the configuration', 'plumbline.yaml'] as const;

function collect(value: string, earlier: readonly string[] = []): string[] {
  if (value === '') throw new InvalidArgumentError('is empty');
  return [...earlier, value];
}

function program(): Command {
  const plumbline = new Command('plumbline')
    .description(packageJson.description)
    .version(packageJson.version, '-V, --version')
    .showHelpAfterError('(plumbline --help shows the commands and options)')
    .exitOverride();
  plumbline
    .command('check')
    .description('verify every signal once and report')
    .option(...CONFIG)
    .option('--cluster <name>', 'only this cluster (repeatable)', collect)
    .option('--signal <name>', 'only signals of this name (repeatable)', collect)
    .option('--wait <duration>', 'repeat until all is ok, at most this long: 20m (implies --since now)')
    .option('--since <time>', 'count only samples newer than this: now, 5m (ago) or 2026-11-20T12:00:00Z')
    .addOption(new Option('--format <format>', 'how to report').choices(Object.keys(formats)).default('text'))
    .option('--output <file>', 'write the report there instead of to standard output')
    .addHelpText(
      'after',
      '\nExit codes: 0 all ok, 1 something failing, 2 the configuration or the command is wrong,\n3 nothing failing but something unknown, 4 plumbline itself broke.',
    )
    .action(async (options) => {
      process.exitCode = await check({ ...options, toolVersion: packageJson.version });
    });
  plumbline
    .command('validate')
    .description('check the configuration and list every problem')
    .option(...CONFIG)
    .action(async (options) => {
      process.exitCode = await validate(options);
    });
  plumbline
    .command('schema')
    .description('print the JSON Schema of the configuration (for editors) or of the JSON report')
    .argument('[of]', 'config or report', 'config')
    .action((of: string) => {
      process.exitCode = schema(of);
    });
  return plumbline;
}

function broke(error: unknown): void {
  const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${styleText('red', 'plumbline broke')}: ${told}\n`);
  process.exitCode = EXIT.broken;
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever reads no further has seen enough; a report that cannot be written is no verdict.
  if (error.code !== 'EPIPE') broke(`cannot write the result: ${error.message}`);
  process.exit();
});
process.on('uncaughtException', (error) => {
  broke(error);
  process.exit();
});

try {
  await program().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.wrong;
  else broke(error);
}
// Connections that are kept alive, or credentials still being looked for, must not keep a finished command waiting.
process.stdout.write('', () => process.exit());
