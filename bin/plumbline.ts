#!/usr/bin/env node
import { styleText } from 'node:util';
import { Command, CommanderError, Option } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { channels } from '../lib/config/channels.ts';
import { formats } from '../lib/report/index.ts';
import { addBaseline } from './baseline-command.ts';
import { build } from './build.ts';
import { check } from './check.ts';
import { compare } from './compare.ts';
import { EXIT } from './exit.ts';
import { history } from './history.ts';
import { init } from './init.ts';
import { addMute } from './mute-command.ts';
import { notifyTest } from './notify.ts';
import { CONFIG, collect, collectCopy } from './options.ts';
import { profiles } from './profiles.ts';
import { schema } from './schema.ts';
import { isRunByNpm, refuseTakenByNpm } from './taken-by-npm.ts';
import { validate } from './validate.ts';

function addNotify(plumbline: Command): void {
  plumbline
    .command('notify')
    .description('see whether people would be told')
    .command('test')
    .description('send a sample message to the configured channels')
    .option(...CONFIG)
    .addOption(new Option('--channel <kind>', 'only channels of this kind').choices(channels))
    .action(async (options) => {
      process.exitCode = await notifyTest(options);
    });
}

function addInit(plumbline: Command): void {
  plumbline
    .command('init')
    .description('look into an AWS account and write a configuration for what is alive in it')
    .option('--region <region>', 'look into this region (repeatable); AWS_REGION without it', collect)
    .option('--prometheus <url>', 'also ask this Prometheus server (repeatable)', collect)
    .option('--output <file>', 'where to write it; never over a file', 'plumbline.yaml')
    .addOption(
      new Option(
        '--compare',
        'write nothing: tell what is not watched, and what is no longer there',
      ).conflicts(['region', 'prometheus']),
    )
    .option('--config <file>', 'with --compare, the configuration', 'plumbline.yaml')
    .addOption(
      new Option('--format <format>', 'with --compare, how to show it')
        .choices(['text', 'json'])
        .default('text'),
    )
    .addHelpText(
      'after',
      '\nExit codes: 0 written, 1 nothing was found, 2 the command is wrong or the file is there, 3 not everything could be seen.\nWith --compare: 0 nothing to tell, 1 differences, 2 the command or the configuration is wrong, 3 not everything could be seen.',
    )
    .action(async ({ compare: isComparison, ...options }) => {
      process.exitCode = isComparison
        ? await compare(options)
        : await init({ ...options, toolVersion: packageJson.version });
    });
}

function addHistory(plumbline: Command): void {
  plumbline
    .command('history')
    .description(
      'show what scheduled runs recorded: what broke, when, for how long, and how available signals were',
    )
    .option(...CONFIG)
    .option('--cluster <name>', 'only this cluster (repeatable)', collect)
    .option('--signal <name>', 'only signals of this name (repeatable), with more of their past', collect)
    .option('--last <duration>', 'how far back: 12h, 7d, at most 30d', '7d')
    .addOption(new Option('--format <format>', 'how to show it').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      '\nExit codes: 0 shown, 2 the configuration or the command is wrong, 4 it could not be read.',
    )
    .action(async (options) => {
      process.exitCode = await history(options);
    });
}

function addBuild(plumbline: Command): void {
  plumbline
    .command('build')
    .description('print the configuration as the functions read it, to be uploaded to S3 or Parameter Store')
    .option(...CONFIG)
    .option('--output <file>', 'write it there instead of to standard output')
    .action(async (options) => {
      process.exitCode = await build(options);
    });
}

function program(): Command {
  const plumbline = new Command('plumbline')
    .description(packageJson.description)
    .version(packageJson.version, '-V, --version')
    .showHelpAfterError('(plumbline --help shows the commands and options)')
    .exitOverride()
    .hook('preAction', (_, command) => refuseTakenByNpm(command, process.env));
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
    .option('--also <format=file>', 'write it there in another format too (repeatable)', collectCopy)
    .addOption(
      new Option('--cost', 'also count the requests and tell what a month of them costs').conflicts([
        'wait',
        'since',
      ]),
    )
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
    .action(async (of: string) => {
      process.exitCode = await schema(of);
    });
  plumbline
    .command('profiles')
    .description('list the well-known pipelines, or show one with its parameters')
    .argument('[name]', 'of a profile')
    .action(async (name?: string) => {
      process.exitCode = await profiles(name);
    });
  addBuild(plumbline);
  addInit(plumbline);
  addHistory(plumbline);
  addBaseline(plumbline);
  addMute(plumbline);
  addNotify(plumbline);
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
  if (error instanceof CommanderError) {
    if (error.code === 'commander.excessArguments')
      process.stderr.write('(a file is named with --config; behind npm run, options follow a --)\n');
    if (error.code === 'commander.missingMandatoryOptionValue' && isRunByNpm(process.env))
      process.stderr.write('(behind npm run, options follow a --: npm run -s plumbline -- …)\n');
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.wrong;
  } else broke(error);
}
// Connections that are kept alive, or credentials still being looked for, must not keep a finished command waiting.
process.stdout.write('', () => process.exit());
