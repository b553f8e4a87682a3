import { counted } from '../lib/counted.ts';
import { formatProblem } from '../lib/config/problems.ts';
import { loadFile } from './config.ts';
import { EXIT } from './exit.ts';

/** Lists every problem and warning of a configuration, or says what it holds. Returns the exit code. */
export async function validate({ config: file }: { config: string }): Promise<number> {
  const read = await loadFile(file);
  if ('missing' in read) {
    process.stderr.write(`plumbline: ${read.missing}\n`);
    return EXIT.wrong;
  }
  for (const problem of [...read.problems, ...read.warnings])
    process.stdout.write(`${formatProblem(problem)}\n`);
  if (!read.config) {
    const { length } = read.problems;
    process.stderr.write(`plumbline: ${counted(length, 'problem')} in ${file}\n`);
    return EXIT.wrong;
  }
  const { clusters } = read.config;
  const signals = clusters.reduce((sum, cluster) => sum + cluster.signals.length, 0);
  process.stdout.write(
    `${file}: ok, ${counted(clusters.length, 'cluster')}, ${counted(signals, 'signal')}\n`,
  );
  return EXIT.ok;
}
