import { readFile, writeFile } from 'node:fs/promises';
import { systemClock } from '../lib/clock.ts';
import { builtConfig } from '../lib/config/load.ts';
import { formatProblem } from '../lib/config/problems.ts';
import { EXIT } from './exit.ts';
import { shippedProfiles } from './profiles.ts';

/**
 * Writes what functions read: the configuration as JSON, profiles expanded, references left as they are. It is uploaded to
 * where `PLUMBLINE_CONFIG` of the functions says. Returns the exit code.
 */
export async function build({
  config: file,
  output,
}: {
  readonly config: string;
  readonly output?: string;
}): Promise<number> {
  let text;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    process.stderr.write(`plumbline: cannot read ${file}: ${String(error)}\n`);
    return EXIT.wrong;
  }
  const built = await builtConfig(text, { file, now: systemClock.now(), profiles: shippedProfiles });
  const problems = 'problems' in built ? built.problems : [];
  for (const problem of [...problems, ...built.warnings]) process.stderr.write(`${formatProblem(problem)}\n`);
  if (!('json' in built)) return EXIT.wrong;
  if (output === undefined) process.stdout.write(`${built.json}\n`);
  else await writeFile(output, built.json);
  return EXIT.ok;
}
