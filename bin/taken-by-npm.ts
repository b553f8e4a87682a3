import type { Command } from 'commander';

/** Whether the command line is the script of that name, so that npm reads the options first. */
export function isRunByNpm(env: NodeJS.ProcessEnv): boolean {
  return env['npm_lifecycle_event'] === 'plumbline';
}

/**
 * The options of a command that `npm run` took for its own, since no `--` stood before them: it hands `--cost` and
 * `--wait=20m` on as variables, and the command would run without them. Empty where it was started otherwise.
 */
export function takenByNpm(command: Command, env: NodeJS.ProcessEnv): readonly string[] {
  if (!isRunByNpm(env)) return [];
  return command.options.flatMap((option) => {
    const isGiven = command.getOptionValueSource(option.attributeName()) === 'cli';
    const name = option.long?.slice(2).replaceAll('-', '_') ?? '';
    return isGiven || env[`npm_config_${name}`] === undefined ? [] : [option.long ?? ''];
  });
}

/** Ends the command where npm took some of its options. */
export function refuseTakenByNpm(command: Command, env: NodeJS.ProcessEnv): void {
  const taken = takenByNpm(command, env);
  if (taken.length === 0) return;
  const names = command.parent?.parent ? `${command.parent.name()} ${command.name()}` : command.name();
  command.error(
    `error: npm took ${taken.join(', ')} for itself; write -- before the command: npm run -s plumbline -- ${names} ${taken.join(' ')} …`,
  );
}
