/**
 * Builds `dist/`: the command line as JavaScript (Node does not run TypeScript below node_modules), and the
 * configuration as JSON, which is all that a Lambda reads. A user's plumbline.yaml wins; without one the example is
 * taken, with a warning.
 */
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { builtConfig } from '../lib/config/load.ts';
import { formatProblem } from '../lib/config/problems.ts';

const EXAMPLE = 'plumbline.example.yaml';

async function buildCommandLine(): Promise<void> {
  await build({
    entryPoints: { plumbline: 'bin/plumbline.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node24',
    logLevel: 'warning',
  });
  await chmod('dist/plumbline.mjs', 0o755);
}

async function buildConfiguration(): Promise<boolean> {
  const file = process.env['PLUMBLINE_CONFIG'] ?? (existsSync('plumbline.yaml') ? 'plumbline.yaml' : EXAMPLE);
  if (file === EXAMPLE) process.stderr.write(`build: no plumbline.yaml here, taking ${EXAMPLE}\n`);
  const built = await builtConfig(await readFile(file, 'utf8'), { file });
  const problems = 'problems' in built ? built.problems : [];
  for (const problem of [...problems, ...built.warnings]) process.stderr.write(`${formatProblem(problem)}\n`);
  if (!('json' in built)) return false;
  await writeFile('dist/plumbline.json', built.json);
  return true;
}

await rm('dist', { recursive: true, force: true });
await mkdir('dist', { recursive: true });
await buildCommandLine();
if (!(await buildConfiguration())) process.exitCode = 2;
