import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** The repository's folder, with a slash at the end. */
export const ROOT = new URL('../../', import.meta.url).pathname;

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Compiled sources of one process serve the next: half of what a short process takes. */
export const COMPILED = join(ROOT, 'node_modules/.cache/compiled');

/** Where the command line is built for the tests, with the profiles beside it. */
export const BUILT = join(ROOT, 'node_modules/.cache/command');

/** Runs a program to its end with nothing inherited but PATH and HOME, and what `env` adds. */
export async function runProgram(
  program: string,
  args: readonly string[],
  { env = {}, cwd = ROOT }: { env?: Record<string, string>; cwd?: string } = {},
): Promise<Finished> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(program, args, {
    cwd,
    env: { PATH, HOME, NODE_COMPILE_CACHE: COMPILED, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  return { code, stdout, stderr };
}
