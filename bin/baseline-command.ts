import { type Command, Option } from 'commander';
import { baselineAccept, baselineReset, baselineShow } from './baseline.ts';
import { baselinePin } from './baseline-pin.ts';
import { CONFIG, collect } from './options.ts';

const DECISIONS = [
  ['accept', 'look now, and make what is there usual', baselineAccept],
  ['reset', 'begin anew to learn what is usual', baselineReset],
] as const;

/** `plumbline baseline …` */
export function addBaseline(plumbline: Command): void {
  const baseline = plumbline.command('baseline').description('what is usual of signals that must not drift');
  const named = (command: Command): Command =>
    command
      .option(...CONFIG)
      .option('--cluster <name>', 'only this cluster (repeatable)', collect)
      .option('--signal <name>', 'only signals of this name (repeatable)', collect);
  named(baseline.command('show').description('show what was learned'))
    .addOption(new Option('--format <format>', 'how to show it').choices(['text', 'json']).default('text'))
    .action(async (options) => {
      process.exitCode = await baselineShow(options);
    });
  for (const [name, about, decide] of DECISIONS) {
    named(baseline.command(name).description(about))
      .option('--all', 'everything')
      .option('--by <name>', 'who decides (default: the user of this machine)')
      .requiredOption('--reason <text>', 'why; kept with the baseline')
      .action(async (options) => {
        process.exitCode = await decide(options);
      });
  }
  named(
    baseline.command('pin').description('write what is usual into the configuration, as expectations'),
  ).action(async (options) => {
    process.exitCode = await baselinePin(options);
  });
}
