import { type Command, Option } from 'commander';
import { muteAdd, muteEnd, muteList } from './mute.ts';
import { CONFIG, collect } from './options.ts';

/** `plumbline mute …` */
export function addMute(plumbline: Command): void {
  const mute = plumbline.command('mute').description('hold messages back for a while, not verdicts');
  mute
    .command('add')
    .description('mute from now on; prints the id')
    .option(...CONFIG)
    .option('--cluster <name>', 'only this cluster (repeatable)', collect)
    .option('--signal <name>', 'only signals of this name (repeatable)', collect)
    .option('--all', 'everything')
    .requiredOption('--for <duration>', 'how long: 90s, 20m, 2h, at most 30d')
    .requiredOption('--reason <text>', 'why; told with what was held back')
    .action(async (options) => {
      process.exitCode = await muteAdd(options);
    });
  mute
    .command('list')
    .description('list the mutes that hold, or will')
    .option(...CONFIG)
    .addOption(new Option('--format <format>', 'how to show it').choices(['text', 'json']).default('text'))
    .action(async (options) => {
      process.exitCode = await muteList(options);
    });
  mute
    .command('end')
    .description('end a mute before its time')
    .argument('<id>', 'as mute add and mute list print it')
    .option(...CONFIG)
    .action(async (id: string, options) => {
      process.exitCode = await muteEnd(id, options);
    });
}
